/** TTY_DATA: bytes that were queued in terminals. @module */

import { type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "TTY_DATA",
  magic: 0x59413026,
  files: ["tty-data.img"],
  summary: "bytes that were queued in terminals",
  since: "2.3",
  entry: "tty_data_entry",
  identities: { tty_data_entry: ["tty_id"] },
});

export default type;
