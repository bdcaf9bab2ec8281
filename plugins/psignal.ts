/** PSIGNAL: signals pending for a thread (before CRIU 1.3; then in core-%u.img). @module */

import { type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "PSIGNAL",
  magic: 0x59255647,
  files: ["signal-p-%u.img"],
  number: "tid",
  summary: "signals pending for a thread (before CRIU 1.3; then in core-%u.img)",
  since: "0.5",
  sameMagicAs: "SIGNAL",
  entry: "siginfo_entry",
});

export default type;
