/** ROUTE: IPv4 routes. @module */

import { type ImageType, register } from "../images/plugin.ts";

/** The image type. */
const type: ImageType = register({
  name: "ROUTE",
  framing: "none",
  files: ["route-%u.img"],
  summary: "IPv4 routes",
  raw: "rtnetlink dump",
});

export default type;
