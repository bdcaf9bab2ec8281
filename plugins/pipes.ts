/** PIPES: opened ends of pipes. @module */

import { hex, type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "PIPES",
  magic: 0x56513555,
  files: ["pipes.img"],
  summary: "opened ends of pipes",
  entry: "pipe_entry",
  identities: { pipe_entry: ["id"] },
  hints: {
    pipe_entry: { flags: hex },
  },
});

export default type;
