/** PAGEMAP: which page ranges of a task's memory the dump has. @module */

import { flags, hex, type ImageType, register } from "../images/types/plugin.ts";

/** The image type. */
const type: ImageType = register({
  name: "PAGEMAP",
  magic: 0x56084025,
  files: ["pagemap-%u.img"],
  summary: "which page ranges of a task's memory the dump has",
  head: { entry: "pagemap_head" },
  entry: "pagemap_entry",
  hints: {
    pagemap_entry: { vaddr: hex, flags: flags("pmap.flags") },
  },
});

export default type;
