/** CPUINFO: features of the CPU that the dump was made on. @module */

import { type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "CPUINFO",
  magic: 0x61404013,
  files: ["cpuinfo.img"],
  summary: "features of the CPU that the dump was made on",
  since: "1.4",
  entry: "cpuinfo_entry",
});

export default type;
