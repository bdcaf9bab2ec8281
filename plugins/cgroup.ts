/** CGROUP: cgroup sets and hierarchies. @module */

import { type ImageType, register } from "../images/types/plugin.ts";

/** The image type. */
const type: ImageType = register({
  name: "CGROUP",
  magic: 0x59383330,
  files: ["cgroup.img"],
  summary: "cgroup sets and hierarchies",
  entry: "cgroup_entry",
});

export default type;
