/** What `crit strings` takes. @module */

import { dumpPositional } from "../../files/dump_options.ts";
import { memoryOptions } from "../../files/memory_options.ts";
import type { Command } from "../../line/command.ts";

export const declaration = {
  name: "strings",
  group: "dump",
  summary: "print the text in the memory of dumped tasks",
  description: `
    Prints runs of printable characters in memory, as strings of the GNU binutils finds them. Each
    line has the process id, address, memory area and text; with --plain, only the text.

    Memory that several tasks share is read once and printed for each of them. Pages that the dump
    does not have are not read; a line on standard error gives their size. Text of more than 1 MiB
    is printed in parts.`,
  positionals: { dump: dumpPositional },
  options: {
    bytes: {
      kind: "number",
      short: "n",
      value: "MIN",
      min: 1,
      max: 65536,
      default: 4,
      doc: "minimum number of characters",
    },
    encoding: {
      kind: "choice",
      short: "e",
      value: "ENCODING",
      choices: {
        s: "7-bit characters",
        S: "8-bit characters",
        b: "16-bit, big-endian",
        l: "16-bit, little-endian",
        B: "32-bit, big-endian",
        L: "32-bit, little-endian",
      },
      default: "s",
      doc: "encoding of characters",
    },
    plain: { kind: "flag", doc: "print only the text" },
    ...memoryOptions,
    json: { kind: "flag", doc: "print JSON, one object per line" },
  },
  examples: [
    { line: "crit strings dump -n 8", doc: "all text of at least 8 characters" },
    { line: "crit strings dump -p 12 --area heap --plain | sort -u", doc: "of one heap" },
    { line: "crit strings dump -e l", doc: "UTF-16" },
  ],
} as const satisfies Command;
