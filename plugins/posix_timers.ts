/** POSIX_TIMERS: a task's POSIX timers (before CRIU 1.3; then in core-%u.img). @module */

import { type ImageType, register } from "../images/types/plugin.ts";

/** The image type. */
const type: ImageType = register({
  name: "POSIX_TIMERS",
  magic: 0x52603957,
  files: ["posix-timers-%u.img"],
  summary: "a task's POSIX timers (before CRIU 1.3; then in core-%u.img)",
  entry: "posix_timer_entry",
});

export default type;
