/** CGROUP: cgroup sets and hierarchies. @module */

import { type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "CGROUP",
  magic: 0x59383330,
  files: ["cgroup.img"],
  summary: "cgroup sets and hierarchies",
  since: "1.3",
  entry: "cgroup_entry",
  identities: {
    cg_member_entry: ["name"],
    cg_set_entry: ["id"],
    cgroup_dir_entry: ["dir_name"],
    cgroup_prop_entry: ["name"],
  },
});

export default type;
