/** UTSNS: host and domain name of a UTS namespace. @module */

import { type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "UTSNS",
  magic: 0x54473203,
  files: ["utsns-%u.img"],
  summary: "host and domain name of a UTS namespace",
  entry: "utsns_entry",
});

export default type;
