/** REMAP_FPATH: where the contents of deleted opened files are. @module */

import { type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "REMAP_FPATH",
  magic: 0x59133954,
  files: ["remap-fpath.img"],
  summary: "where the contents of deleted opened files are",
  entry: "remap_file_path_entry",
  identities: { remap_file_path_entry: ["orig_id"] },
});

export default type;
