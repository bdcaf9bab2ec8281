/** SECCOMP: seccomp filters. @module */

import { type ImageType, register } from "../images/types/plugin.ts";

/** The image type. */
const type: ImageType = register({
  name: "SECCOMP",
  magic: 0x64413049,
  files: ["seccomp.img"],
  summary: "seccomp filters",
  entry: "seccomp_entry",
});

export default type;
