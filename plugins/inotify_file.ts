/** INOTIFY_FILE: inotify instances. @module */

import { hex, type ImageType, register } from "../images/types/plugin.ts";

/** The image type. */
const type: ImageType = register({
  name: "INOTIFY_FILE",
  magic: 0x48424431,
  files: ["inotify.img"],
  summary: "inotify instances",
  entry: "inotify_file_entry",
  hints: {
    inotify_file_entry: { flags: hex },
  },
});

export default type;
