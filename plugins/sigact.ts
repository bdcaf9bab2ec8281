/** SIGACT: a task's signal actions (before CRIU 3.1; then in core-%u.img). @module */

import { hex, type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "SIGACT",
  magic: 0x55344201,
  files: ["sigacts-%u.img"],
  number: "pid",
  summary: "a task's signal actions (before CRIU 3.1; then in core-%u.img)",
  entry: "sa_entry",
  hints: {
    sa_entry: { sigaction: hex, flags: hex, restorer: hex, mask: hex, mask_extended: hex },
  },
});

export default type;
