/** MEMFD_INODE: memfd files: name, owner, seals and where their pages are. @module */

import { flags, type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "MEMFD_INODE",
  magic: 0x48453499,
  files: ["memfd.img"],
  summary: "memfd files: name, owner, seals and where their pages are",
  since: "3.14",
  entry: "memfd_inode_entry",
  identities: { memfd_inode_entry: ["inode_id"] },
  hints: {
    memfd_inode_entry: { seals: flags("seals.flags") },
  },
});

export default type;
