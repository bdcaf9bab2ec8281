/** NS_FILES: opened namespace files of /proc/PID/ns. @module */

import { type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "NS_FILES",
  magic: 0x61394011,
  files: ["ns-files.img"],
  summary: "opened namespace files of /proc/PID/ns",
  since: "0.6",
  entry: "ns_file_entry",
  identities: { ns_file_entry: ["id"] },
});

export default type;
