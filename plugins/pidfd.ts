/** PIDFD: pidfd files. @module */

import { type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "PIDFD",
  magic: 0x54435556,
  files: ["pidfd.img"],
  summary: "pidfd files",
  since: "4.1",
  entry: "pidfd_entry",
  identities: { pidfd_entry: ["id"] },
});

export default type;
