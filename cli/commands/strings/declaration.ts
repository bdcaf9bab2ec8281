/** What `crit strings` takes. @module */

import { dumpPositional } from "../../files/dump_options.ts";
import { memoryOptions } from "../../files/memory_options.ts";
import type { Command } from "../../line/command.ts";

export const declaration = {
  name: "strings",
  group: "dump",
  summary: "print the text in the memory of dumped tasks",
  description: `
    Prints runs of printable characters in memory, as strings of the GNU binutils finds them: a line
    for each with process id, address and memory area before it, or with --plain as it is.

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
      doc: "fewest characters",
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
      doc: "what a character is",
    },
    plain: { kind: "flag", doc: "the text alone" },
    ...memoryOptions,
    json: { kind: "flag", doc: "a JSON object a line, for programs" },
  },
  examples: [
    { line: "crit strings dump -n 8", doc: "all text of at least 8 characters" },
    { line: "crit strings dump -p 12 --area heap --plain | sort -u", doc: "of one heap" },
    { line: "crit strings dump -e l", doc: "UTF-16" },
  ],
} as const satisfies Command;
