/** IP6TABLES: IPv6 netfilter rules. @module */

import { type ImageType, register } from "../images/plugin.ts";

/** The image type. */
const type: ImageType = register({
  name: "IP6TABLES",
  framing: "none",
  files: ["ip6tables-%u.img"],
  summary: "IPv6 netfilter rules",
  raw: "ip6tables-save text",
});

export default type;
