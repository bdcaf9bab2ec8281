/** FILE_LOCKS: locks on files. @module */

import { dict, type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "FILE_LOCKS",
  magic: 0x54323616,
  files: ["filelocks.img"],
  summary: "locks on files",
  since: "0.4",
  entry: "file_lock_entry",
  identities: { file_lock_entry: ["pid", "fd", "start"] },
  hints: { file_lock_entry: { flag: dict("lock.kind"), type: dict("lock.type") } },
});

export default type;
