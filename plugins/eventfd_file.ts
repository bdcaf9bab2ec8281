/** EVENTFD_FILE: eventfd counters. @module */

import { type ImageType, register } from "../images/types/plugin.ts";

/** The image type. */
const type: ImageType = register({
  name: "EVENTFD_FILE",
  magic: 0x44523722,
  files: ["eventfd.img"],
  summary: "eventfd counters",
  entry: "eventfd_file_entry",
});

export default type;
