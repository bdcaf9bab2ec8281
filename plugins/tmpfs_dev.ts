/** TMPFS_DEV: the /dev tmpfs mount's files. @module */

import { type ImageType, register } from "../images/plugin.ts";

/** The image type. */
const type: ImageType = register({
  name: "TMPFS_DEV",
  framing: "none",
  files: ["tmpfs-dev-%u.tar.gz.img"],
  summary: "the /dev tmpfs mount's files",
  raw: "gzip tar",
});

export default type;
