/** GHOST_FILE: a deleted file with its contents. @module */

import { bytes, dev, type ImageType, odev, register, rest } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "GHOST_FILE",
  magic: 0x52583605,
  files: ["ghost-file-%x.img"],
  number: "ghost_id",
  summary: "a deleted file with its contents",
  head: { entry: "ghost_file_entry", extra: rest({ unless: "chunks" }) },
  entry: "ghost_chunk_entry",
  extra: bytes("len"),
  hints: {
    ghost_file_entry: { dev: dev, rdev: odev },
  },
});

export default type;
