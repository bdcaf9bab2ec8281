/** AUTOFS: an autofs mount. @module */

import { type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "AUTOFS",
  magic: 0x49353943,
  files: ["autofs-%u.img"],
  summary: "an autofs mount",
  since: "2.4",
  entry: "autofs_entry",
});

export default type;
