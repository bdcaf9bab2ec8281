/** BPFMAP_FILE: opened BPF maps. @module */

import { flags, type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "BPFMAP_FILE",
  magic: 0x57506142,
  files: ["bpfmap-file.img"],
  summary: "opened BPF maps",
  since: "3.15",
  entry: "bpfmap_file_entry",
  identities: { bpfmap_file_entry: ["id"] },
  hints: {
    bpfmap_file_entry: { flags: flags("rfile.flags") },
  },
});

export default type;
