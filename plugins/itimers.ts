/** ITIMERS: a task's interval timers (before CRIU 1.3; then in core-%u.img). @module */

import { type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "ITIMERS",
  magic: 0x57464056,
  files: ["itimers-%u.img"],
  number: "pid",
  summary: "a task's interval timers (before CRIU 1.3; then in core-%u.img)",
  entry: "itimer_entry",
});

export default type;
