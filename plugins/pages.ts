/** PAGES: memory pages, back to back, as the pagemaps say. @module */

import { type ImageType, register } from "../images/plugin.ts";

/** The image type. */
const type: ImageType = register({
  name: "PAGES",
  framing: "none",
  files: ["pages-%u.img"],
  summary: "memory pages, back to back, as the pagemaps say",
  raw: "memory pages",
});

export default type;
