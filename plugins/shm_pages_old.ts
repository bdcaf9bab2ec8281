/** SHM_PAGES_OLD: memory pages of shared memory, each with its address (before CRIU 1.0). @module */

import { type ImageType, register } from "../images/plugin.ts";

/** The image type. */
const type: ImageType = register({
  name: "SHM_PAGES_OLD",
  magic: 0x56084025,
  files: ["pages-shmem-%d.img"],
  summary: "memory pages of shared memory, each with its address (before CRIU 1.0)",
  sameMagicAs: "PAGEMAP",
  raw: "pre-1.0 pages with inline addresses",
});

export default type;
