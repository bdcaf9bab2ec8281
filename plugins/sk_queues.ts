/** SK_QUEUES: packets that were queued on sockets. @module */

import { bytes, type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "SK_QUEUES",
  magic: 0x56264026,
  files: ["sk-queues.img"],
  summary: "packets that were queued on sockets",
  entry: "sk_packet_entry",
  extra: bytes("length"),
});

export default type;
