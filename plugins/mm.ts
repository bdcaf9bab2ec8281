/** MM: a task's memory layout: VMAs, heap, arguments, auxiliary vector. @module */

import { hex, type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "MM",
  magic: 0x57492820,
  files: ["mm-%u.img"],
  number: "pid",
  summary: "a task's memory layout: VMAs, heap, arguments, auxiliary vector",
  entry: "mm_entry",
  identities: { aio_ring_entry: ["id"] },
  hints: {
    mm_entry: {
      mm_start_code: hex,
      mm_end_code: hex,
      mm_start_data: hex,
      mm_end_data: hex,
      mm_start_stack: hex,
      mm_start_brk: hex,
      mm_brk: hex,
      mm_arg_start: hex,
      mm_arg_end: hex,
      mm_env_start: hex,
      mm_env_end: hex,
    },
  },
});

export default type;
