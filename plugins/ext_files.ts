/** EXT_FILES: files that a CRIU plug-in dumped. @module */

import { type ImageType, register } from "../images/types/plugin.ts";

/** The image type. */
const type: ImageType = register({
  name: "EXT_FILES",
  magic: 0x59255641,
  files: ["ext-files.img"],
  summary: "files that a CRIU plug-in dumped",
  entry: "ext_file_entry",
});

export default type;
