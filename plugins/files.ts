/** FILES: every opened file of every kind. @module */

import { flags, type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "FILES",
  magic: 0x56303138,
  files: ["files.img"],
  summary: "every opened file of every kind",
  since: "3.4",
  entry: "file_entry",
  identities: { file_entry: ["type", "id"] },
  hints: {
    memfd_file_entry: { flags: flags("rfile.flags") },
  },
});

export default type;
