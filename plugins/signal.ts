/** SIGNAL: signals pending for a whole task (before CRIU 1.3; then in core-%u.img). @module */

import { type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "SIGNAL",
  magic: 0x59255647,
  files: ["signal-s-%u.img"],
  number: "pid",
  summary: "signals pending for a whole task (before CRIU 1.3; then in core-%u.img)",
  since: "0.5",
  entry: "siginfo_entry",
});

export default type;
