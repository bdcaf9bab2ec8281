/** ROUTE6: IPv6 routes. @module */

import { type ImageType, register } from "../images/plugin.ts";

/** The image type. */
const type: ImageType = register({
  name: "ROUTE6",
  framing: "none",
  files: ["route6-%u.img"],
  summary: "IPv6 routes",
  raw: "rtnetlink dump",
});

export default type;
