/** NETNF_CT: connection tracking entries. @module */

import { type ImageType, register } from "../images/plugin.ts";

/** The image type. */
const type: ImageType = register({
  name: "NETNF_CT",
  framing: "none",
  files: ["netns-ct-%u.img"],
  summary: "connection tracking entries",
  raw: "nfnetlink conntrack dump",
});

export default type;
