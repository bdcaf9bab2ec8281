/** FANOTIFY_FILE: fanotify groups. @module */

import { hex, type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "FANOTIFY_FILE",
  magic: 0x55096122,
  files: ["fanotify.img"],
  summary: "fanotify groups",
  since: "0.7",
  entry: "fanotify_file_entry",
  identities: { fanotify_file_entry: ["id"] },
  hints: {
    fanotify_file_entry: { flags: hex, faflags: hex, evflags: hex },
  },
});

export default type;
