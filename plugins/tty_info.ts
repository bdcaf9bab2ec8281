/** TTY_INFO: settings of terminals. @module */

import { type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "TTY_INFO",
  magic: 0x59453036,
  files: ["tty-info.img"],
  summary: "settings of terminals",
  entry: "tty_info_entry",
  identities: { tty_info_entry: ["id"] },
});

export default type;
