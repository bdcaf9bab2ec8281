/** EXT_FILES: files that a CRIU plug-in dumped. @module */

import { type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "EXT_FILES",
  magic: 0x59255641,
  files: ["ext-files.img"],
  summary: "files that a CRIU plug-in dumped",
  since: "1.1",
  entry: "ext_file_entry",
  identities: { ext_file_entry: ["id"] },
});

export default type;
