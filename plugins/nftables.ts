/** NFTABLES: nftables rules. @module */

import { type ImageType, register } from "../images/plugin.ts";

/** The image type. */
const type: ImageType = register({
  name: "NFTABLES",
  framing: "none",
  files: ["nftables-%u.img"],
  summary: "nftables rules",
  raw: "nft ruleset text",
});

export default type;
