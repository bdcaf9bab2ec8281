/** TIMERFD: timerfd files. @module */

import { hex, type ImageType, register } from "../images/types/plugin.ts";

/** The image type. */
const type: ImageType = register({
  name: "TIMERFD",
  magic: 0x50493712,
  files: ["timerfd.img"],
  summary: "timerfd files",
  since: "1.3",
  entry: "timerfd_entry",
  identities: { timerfd_entry: ["id"] },
  hints: {
    timerfd_entry: { flags: hex, settime_flags: hex },
  },
});

export default type;
