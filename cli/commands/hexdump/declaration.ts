/** What `crit hexdump` takes. @module */

import { dumpPositional } from "../../files/dump_options.ts";
import { memoryOptions } from "../../files/memory_options.ts";
import type { Command } from "../../line/command.ts";

export const declaration = {
  name: "hexdump",
  group: "dump",
  summary: "print the memory of a dumped task in hexadecimal",
  description: `
    Prints memory as hexdump -C does: address, 16 bytes in hexadecimal, the same bytes as
    characters; a * stands for repeated lines. Addresses are hexadecimal; without an end or a
    length, 256 bytes are printed. The range may begin in any area and span several.

    Memory that the dump does not have is printed with the reason: zeros that were never written,
    pages of mapped files that the task had not changed, pages in a parent dump that is missing,
    lazy pages, memory that the kernel makes, and addresses without memory.`,
  positionals: {
    dump: dumpPositional,
    where: {
      kind: "text",
      value: "ADDRESS",
      count: "optional",
      doc: "ADDRESS, ADDRESS+LENGTH or ADDRESS-END; without it, all memory that the options select",
    },
  },
  options: {
    ...memoryOptions,
    out: {
      kind: "path",
      short: "o",
      value: "FILE",
      doc: "write the bytes to FILE; unknown bytes become holes, and a line reports them",
    },
    json: { kind: "flag", doc: "as JSON, for programs, with addresses and bytes" },
  },
  examples: [
    { line: "crit hexdump dump -p 12 7ffc12345678+64", doc: "64 bytes" },
    { line: "crit hexdump dump -p 12 --area heap", doc: "a whole heap" },
    { line: "crit hexdump dump -p 12 --area heap -o heap.bin", doc: "into a file" },
  ],
} as const satisfies Command;
