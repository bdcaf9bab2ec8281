/** BINFMT_MISC_OLD: registered binary formats (before CRIU 2.7, one image a mount). @module */

import { type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "BINFMT_MISC_OLD",
  magic: 0x67343323,
  files: ["binfmt-misc-%u.img"],
  summary: "registered binary formats (before CRIU 2.7, one image a mount)",
  since: "2.7",
  sameMagicAs: "BINFMT_MISC",
  entry: "binfmt_misc_entry",
});

export default type;
