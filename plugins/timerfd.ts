/** TIMERFD: timerfd files. @module */

import { hex, type ImageType, register } from "../images/types/plugin.ts";

/** The image type. */
const type: ImageType = register({
  name: "TIMERFD",
  magic: 0x50493712,
  files: ["timerfd.img"],
  summary: "timerfd files",
  entry: "timerfd_entry",
  hints: {
    timerfd_entry: { flags: hex, settime_flags: hex },
  },
});

export default type;
