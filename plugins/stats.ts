/** STATS: timings and counters of a dump or restore. @module */

import { type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "STATS",
  magic: 0x57093306,
  framing: "service",
  files: ["stats-%s", "stats-%s.img"],
  summary: "timings and counters of a dump or restore",
  since: "0.6",
  entry: "stats_entry",
});

export default type;
