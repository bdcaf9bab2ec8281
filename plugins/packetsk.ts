/** PACKETSK: packet sockets. @module */

import { hex, type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "PACKETSK",
  magic: 0x60454618,
  files: ["packetsk.img"],
  summary: "packet sockets",
  entry: "packet_sock_entry",
  identities: { packet_sock_entry: ["id"] },
  hints: {
    packet_sock_entry: { flags: hex },
  },
});

export default type;
