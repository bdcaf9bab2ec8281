/** RLIMIT: a task's resource limits (before CRIU 1.3; then in core-%u.img). @module */

import { type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "RLIMIT",
  magic: 0x57113925,
  files: ["rlimit-%u.img"],
  number: "pid",
  summary: "a task's resource limits (before CRIU 1.3; then in core-%u.img)",
  since: "0.4",
  entry: "rlimit_entry",
});

export default type;
