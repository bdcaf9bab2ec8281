/** NETLINK_SK: netlink sockets. @module */

import { dict, hex, type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "NETLINK_SK",
  magic: 0x58005614,
  files: ["netlinksk.img"],
  summary: "netlink sockets",
  since: "0.7",
  entry: "netlink_sk_entry",
  identities: { netlink_sk_entry: ["id"] },
  hints: {
    netlink_sk_entry: { flags: hex, protocol: dict("nl.proto") },
  },
});

export default type;
