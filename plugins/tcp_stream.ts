/** TCP_STREAM: a TCP connection with its receive and send queues. @module */

import { bytes, hex, type ImageType, record, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "TCP_STREAM",
  magic: 0x51465506,
  files: ["tcp-stream-%x.img"],
  number: "tcp_inode",
  summary: "a TCP connection with its receive and send queues",
  entry: "tcp_stream_entry",
  extra: record({ inq: bytes("inq_len"), outq: bytes("outq_len") }),
  hints: {
    tcp_stream_entry: { opt_mask: hex },
  },
});

export default type;
