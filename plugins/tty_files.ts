/** TTY_FILES: opened terminals. @module */

import { hex, type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "TTY_FILES",
  magic: 0x59433025,
  files: ["tty.img"],
  summary: "opened terminals",
  since: "0.7",
  entry: "tty_file_entry",
  identities: { tty_file_entry: ["id"] },
  hints: {
    tty_file_entry: { flags: hex },
  },
});

export default type;
