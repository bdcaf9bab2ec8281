/** INETSK: IPv4 and IPv6 sockets. @module */

import { dict, hex, type ImageType, ip, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "INETSK",
  magic: 0x56443851,
  files: ["inetsk.img"],
  summary: "IPv4 and IPv6 sockets",
  entry: "inet_sk_entry",
  identities: { inet_sk_entry: ["id"] },
  hints: {
    inet_sk_entry: {
      family: dict("sk.family"),
      type: dict("sk.type"),
      proto: dict("sk.proto"),
      state: dict("sk.state"),
      flags: hex,
      src_addr: ip,
      dst_addr: ip,
    },
  },
});

export default type;
