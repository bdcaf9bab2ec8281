/** FIFO: opened ends of named pipes. @module */

import { type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "FIFO",
  magic: 0x58364939,
  files: ["fifo.img"],
  summary: "opened ends of named pipes",
  entry: "fifo_entry",
  identities: { fifo_entry: ["id"] },
});

export default type;
