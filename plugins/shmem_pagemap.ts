/** SHMEM_PAGEMAP: which page ranges of a shared memory segment the dump has. @module */

import { type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "SHMEM_PAGEMAP",
  magic: 0x56084025,
  files: ["pagemap-shmem-%u.img"],
  number: "shmid",
  summary: "which page ranges of a shared memory segment the dump has",
  since: "0.5",
  sameMagicAs: "PAGEMAP",
  head: { entry: "pagemap_head" },
  entry: "pagemap_entry",
});

export default type;
