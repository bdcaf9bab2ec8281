/** BINFMT_MISC: registered binary formats. @module */

import { type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "BINFMT_MISC",
  magic: 0x67343323,
  files: ["binfmt-misc.img"],
  summary: "registered binary formats",
  since: "2.0",
  entry: "binfmt_misc_entry",
  identities: { binfmt_misc_entry: ["name"] },
});

export default type;
