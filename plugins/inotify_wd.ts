/** INOTIFY_WD: the watches of inotify instances. @module */

import { dev, hex, type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "INOTIFY_WD",
  magic: 0x54562009,
  files: ["inotify-wd.img"],
  summary: "the watches of inotify instances",
  entry: "inotify_wd_entry",
  identities: { inotify_wd_entry: ["id", "wd"] },
  hints: {
    inotify_wd_entry: { mask: hex, ignored_mask: hex, s_dev: dev },
  },
});

export default type;
