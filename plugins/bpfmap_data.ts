/** BPFMAP_DATA: keys and values of BPF maps. @module */

import { bytes, type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "BPFMAP_DATA",
  magic: 0x64324033,
  files: ["bpfmap-data.img"],
  summary: "keys and values of BPF maps",
  since: "3.15",
  entry: "bpfmap_data_entry",
  extra: bytes(["keys_bytes", "values_bytes"]),
  identities: { bpfmap_data_entry: ["map_id"] },
});

export default type;
