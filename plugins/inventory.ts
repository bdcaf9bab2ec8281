/** INVENTORY: what the dump is: image version, root task, how ids are used. @module */

import { type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "INVENTORY",
  magic: 0x58313116,
  framing: "bare",
  files: ["inventory.img"],
  summary: "what the dump is: image version, root task, how ids are used",
  entry: "inventory_entry",
});

export default type;
