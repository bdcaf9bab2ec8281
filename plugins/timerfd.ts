/** TIMERFD: timerfd files. @module */

import { dict, hex, type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "TIMERFD",
  magic: 0x50493712,
  files: ["timerfd.img"],
  summary: "timerfd files",
  since: "1.3",
  entry: "timerfd_entry",
  identities: { timerfd_entry: ["id"] },
  hints: {
    timerfd_entry: { clockid: dict("timer.clock"), flags: hex, settime_flags: hex },
  },
});

export default type;
