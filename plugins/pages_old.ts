/** PAGES_OLD: memory pages of a task, each with its address (before CRIU 1.0). @module */

import { type ImageType, register } from "../images/plugin.ts";

/** The image type. */
const type: ImageType = register({
  name: "PAGES_OLD",
  magic: 0x56084025,
  files: ["pages-%d.img"],
  summary: "memory pages of a task, each with its address (before CRIU 1.0)",
  sameMagicAs: "PAGEMAP",
  raw: "pre-1.0 pages with inline addresses",
});

export default type;
