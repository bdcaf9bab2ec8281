/** RULE: routing rules. @module */

import { type ImageType, register } from "../images/plugin.ts";

/** The image type. */
const type: ImageType = register({
  name: "RULE",
  framing: "none",
  files: ["rule-%u.img"],
  summary: "routing rules",
  raw: "rtnetlink dump",
});

export default type;
