/** VMAS: a task's memory areas (before CRIU 1.2; then in mm-%u.img). @module */

import { flags, hex, type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "VMAS",
  magic: 0x54123737,
  files: ["vmas-%u.img"],
  number: "pid",
  summary: "a task's memory areas (before CRIU 1.2; then in mm-%u.img)",
  entry: "vma_entry",
  identities: { vma_entry: ["start"] },
  hints: {
    vma_entry: {
      start: hex,
      end: hex,
      prot: flags("mmap.prot"),
      flags: flags("mmap.flags"),
      status: flags("mmap.status"),
      madv: flags("mmap.madv"),
      fdflags: hex,
    },
  },
});

export default type;
