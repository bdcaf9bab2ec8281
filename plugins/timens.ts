/** TIMENS: clock offsets of a time namespace. @module */

import { type ImageType, register } from "../images/plugin.ts";

/** The image type. */
const type: ImageType = register({
  name: "TIMENS",
  magic: 0x43114433,
  files: ["timens-%u.img"],
  summary: "clock offsets of a time namespace",
  entry: "timens_entry",
});

export default type;
