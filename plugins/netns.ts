/** NETNS: settings of a network namespace. @module */

import { type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "NETNS",
  magic: 0x55933752,
  files: ["netns-%u.img"],
  summary: "settings of a network namespace",
  since: "1.6",
  entry: "netns_entry",
  identities: { netns_id: ["target_ns_id"] },
});

export default type;
