/** FDINFO: the open file descriptors of a task. @module */

import { type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "FDINFO",
  magic: 0x56213732,
  files: ["fdinfo-%u.img"],
  number: "files_id",
  summary: "the open file descriptors of a task",
  entry: "fdinfo_entry",
  identities: { fdinfo_entry: ["fd"] },
});

export default type;
