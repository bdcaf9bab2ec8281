/** IPTABLES: IPv4 netfilter rules. @module */

import { type ImageType, register } from "../images/plugin.ts";

/** The image type. */
const type: ImageType = register({
  name: "IPTABLES",
  framing: "none",
  files: ["iptables-%u.img"],
  summary: "IPv4 netfilter rules",
  raw: "iptables-save text",
});

export default type;
