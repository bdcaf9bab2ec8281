/** What `crit search` takes. @module */

import { memoryOptions } from "../../files/memory_options.ts";
import { fleetOptions } from "../../fleet/fleet_options.ts";
import type { Command } from "../../line/command.ts";

export const declaration = {
  name: "search",
  group: "dump",
  summary: "find bytes in the memory of dumped tasks",
  description: `
    Looks for patterns in memory and prints a line a match: process id, address, memory area, and
    the match with the bytes around it. A pattern is text, or with --regex an expression over bytes
    as in Perl, or with --hex the digits of bytes, in which a ? is any half of a byte. A match may
    go over the borders of pages and of areas that are neighbours.

    Memory that several tasks share is searched once and printed for each of them. Zeros that were
    never written are not searched; nor are pages that the dump does not have, and a line on
    standard error gives their size.

    In an expression, ^ and $ are the borders of lines, which end at a newline or a zero byte. A
    match is 1 MiB long at most.

    As with grep, all arguments are dumps if the patterns are given with -e or -f. Each line begins
    with the name of its dump then, if there are several. With --from and without -e and -f, the one
    argument is the pattern. A dump that cannot be read does not stop the others.`,
  positionals: {
    dump: {
      kind: "path",
      value: "DUMP",
      count: "optional",
      doc: "the dump: a directory, or an archive as container engines export checkpoints",
    },
    patterns: {
      kind: "text",
      value: "PATTERN",
      count: "any",
      doc: "what to look for; one of them is enough. With -e or -f, further dumps",
    },
  },
  options: {
    pattern: {
      kind: "text",
      short: "e",
      value: "PATTERN",
      list: "repeat",
      doc: "what to look for; all arguments are dumps then",
    },
    regex: { kind: "flag", doc: "patterns are expressions over bytes" },
    hex: { kind: "flag", doc: "patterns are hexadecimal: `de ad ?? e?`" },
    utf16: { kind: "flag", doc: "look for text in UTF-16, little-endian" },
    ignoreCase: { kind: "flag", short: "i", doc: "upper and lower case are the same" },
    file: {
      kind: "path",
      short: "f",
      value: "FILE",
      list: "repeat",
      doc:
        "read patterns from FILE, one a line; `-` is standard input; all arguments are dumps then",
    },
    context: {
      kind: "number",
      short: "C",
      value: "BYTES",
      min: 0,
      max: 4096,
      doc: "print so many bytes before and after a match; 16 when left out",
    },
    count: { kind: "flag", short: "c", doc: "print only the number of matches of each task" },
    list: { kind: "flag", short: "l", doc: "print only the ids of tasks with a match" },
    max: {
      kind: "number",
      short: "m",
      value: "N",
      min: 1,
      doc: "at most N matches of each task",
    },
    ...memoryOptions,
    json: { kind: "flag", doc: "a JSON object a line and match, for programs" },
    ...fleetOptions,
  },
  examples: [
    { line: "crit search dump 'BEGIN RSA PRIVATE KEY'", doc: "which process holds it, and where" },
    { line: "crit search dump --regex -i 'passw(or)?d=\\S+'", doc: "with an expression" },
    { line: "crit search dump --hex 'de ad ?? ef' --area heap -p 12", doc: "bytes in one heap" },
    { line: "crit search dump -c token --sysroot rootfs/", doc: "counts, mapped files included" },
    { line: "crit search -l -e token *.tar", doc: "which tasks of which dumps hold it" },
    {
      line: "find . -name '*.tar' | crit search --jsonl -j 4 --from - token",
      doc: "in all dumps that find lists",
    },
  ],
  exitCodes: { 0: "a match was found", 1: "none was found in any dump" },
} as const satisfies Command;
