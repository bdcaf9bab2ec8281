/** TMPFS_IMG: a tmpfs mount's files. @module */

import { type ImageType, register } from "../images/plugin.ts";

/** The image type. */
const type: ImageType = register({
  name: "TMPFS_IMG",
  framing: "none",
  files: ["tmpfs-%u.tar.gz.img"],
  summary: "a tmpfs mount's files",
  raw: "gzip tar",
});

export default type;
