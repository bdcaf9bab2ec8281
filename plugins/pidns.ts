/** PIDNS: an external PID namespace. @module */

import { type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "PIDNS",
  magic: 0x61157326,
  files: ["pidns-%u.img"],
  summary: "an external PID namespace",
  since: "3.15",
  entry: "pidns_entry",
});

export default type;
