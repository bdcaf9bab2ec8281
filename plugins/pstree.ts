/** PSTREE: the process tree: tasks, their parents, groups, sessions and threads. @module */

import { type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "PSTREE",
  magic: 0x50273030,
  files: ["pstree.img"],
  summary: "the process tree: tasks, their parents, groups, sessions and threads",
  entry: "pstree_entry",
  identities: { pstree_entry: ["pid"] },
});

export default type;
