/** EVENTFD_FILE: eventfd counters. @module */

import { type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "EVENTFD_FILE",
  magic: 0x44523722,
  files: ["eventfd.img"],
  summary: "eventfd counters",
  since: "0.7",
  entry: "eventfd_file_entry",
  identities: { eventfd_file_entry: ["id"] },
});

export default type;
