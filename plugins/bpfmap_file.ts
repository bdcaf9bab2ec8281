/** BPFMAP_FILE: opened BPF maps. @module */

import { flags, type ImageType, register } from "../images/types/plugin.ts";

/** The image type. */
const type: ImageType = register({
  name: "BPFMAP_FILE",
  magic: 0x57506142,
  files: ["bpfmap-file.img"],
  summary: "opened BPF maps",
  entry: "bpfmap_file_entry",
  hints: {
    bpfmap_file_entry: { flags: flags("rfile.flags") },
  },
});

export default type;
