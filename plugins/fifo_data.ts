/** FIFO_DATA: named pipes with the bytes that were in them. @module */

import { bytes, type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "FIFO_DATA",
  magic: 0x59333054,
  files: ["fifo-data.img"],
  summary: "named pipes with the bytes that were in them",
  entry: "pipe_data_entry",
  extra: bytes("bytes"),
});

export default type;
