/** FS: a task's working directory, root and umask. @module */

import { type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "FS",
  magic: 0x51403912,
  files: ["fs-%u.img"],
  number: "pid",
  summary: "a task's working directory, root and umask",
  entry: "fs_entry",
});

export default type;
