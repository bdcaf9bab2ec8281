/** PIPES_DATA: pipes with the bytes that were in them. @module */

import { bytes, type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "PIPES_DATA",
  magic: 0x56453709,
  files: ["pipes-data.img"],
  summary: "pipes with the bytes that were in them",
  entry: "pipe_data_entry",
  extra: bytes("bytes"),
  identities: { pipe_data_entry: ["pipe_id"] },
});

export default type;
