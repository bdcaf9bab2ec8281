/** FANOTIFY_MARK: the marks of fanotify groups. @module */

import { dev, hex, type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "FANOTIFY_MARK",
  magic: 0x56506035,
  files: ["fanotify-mark.img"],
  summary: "the marks of fanotify groups",
  since: "0.4",
  entry: "fanotify_mark_entry",
  hints: {
    fanotify_mark_entry: { mflags: hex, mask: hex, ignored_mask: hex, s_dev: dev },
  },
});

export default type;
