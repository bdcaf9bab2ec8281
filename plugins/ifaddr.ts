/** IFADDR: interface addresses. @module */

import { type ImageType, register } from "../images/plugin.ts";

/** The image type. */
const type: ImageType = register({
  name: "IFADDR",
  framing: "none",
  files: ["ifaddr-%u.img"],
  summary: "interface addresses",
  raw: "rtnetlink dump",
});

export default type;
