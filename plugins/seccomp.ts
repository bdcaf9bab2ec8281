/** SECCOMP: seccomp filters. @module */

import { type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "SECCOMP",
  magic: 0x64413049,
  files: ["seccomp.img"],
  summary: "seccomp filters",
  since: "1.8",
  entry: "seccomp_entry",
});

export default type;
