/** REG_FILES: opened regular files and directories (before CRIU 3.4; then in files.img). @module */

import { flags, type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "REG_FILES",
  magic: 0x50363636,
  files: ["reg-files.img"],
  summary: "opened regular files and directories (before CRIU 3.4; then in files.img)",
  entry: "reg_file_entry",
  identities: { reg_file_entry: ["id"] },
  hints: {
    reg_file_entry: { flags: flags("rfile.flags") },
  },
});

export default type;
