/** POSIX_TIMERS: a task's POSIX timers (before CRIU 1.3; then in core-%u.img). @module */

import { dict, type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "POSIX_TIMERS",
  magic: 0x52603957,
  files: ["posix-timers-%u.img"],
  number: "pid",
  summary: "a task's POSIX timers (before CRIU 1.3; then in core-%u.img)",
  since: "0.6",
  entry: "posix_timer_entry",
  identities: { posix_timer_entry: ["it_id"] },
  hints: { posix_timer_entry: { clock_id: dict("timer.clock") } },
});

export default type;
