/** PAGEMAP: which page ranges of a task's memory the dump has. @module */

import { flags, hex, type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "PAGEMAP",
  magic: 0x56084025,
  files: ["pagemap-%u.img"],
  number: "pid",
  summary: "which page ranges of a task's memory the dump has",
  since: "0.5",
  head: { entry: "pagemap_head" },
  entry: "pagemap_entry",
  identities: { pagemap_entry: ["vaddr"] },
  hints: {
    pagemap_entry: { vaddr: hex, flags: flags("pmap.flags") },
  },
});

export default type;
