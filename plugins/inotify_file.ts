/** INOTIFY_FILE: inotify instances. @module */

import { hex, type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "INOTIFY_FILE",
  magic: 0x48424431,
  files: ["inotify.img"],
  summary: "inotify instances",
  since: "0.7",
  entry: "inotify_file_entry",
  identities: { inotify_file_entry: ["id"] },
  hints: {
    inotify_file_entry: { flags: hex },
  },
});

export default type;
