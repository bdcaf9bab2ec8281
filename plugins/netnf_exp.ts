/** NETNF_EXP: connection tracking expectations. @module */

import { type ImageType, register } from "../images/plugin.ts";

/** The image type. */
const type: ImageType = register({
  name: "NETNF_EXP",
  framing: "none",
  files: ["netns-exp-%u.img"],
  summary: "connection tracking expectations",
  raw: "nfnetlink expectation dump",
});

export default type;
