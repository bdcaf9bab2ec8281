/** What `crit search` takes. @module */

import { memoryOptions } from "../../files/memory_options.ts";
import { fleetOptions } from "../../fleet/fleet_options.ts";
import type { Command } from "../../line/command.ts";

export const declaration = {
  name: "search",
  group: "dump",
  summary: "find bytes in the memory of dumped tasks",
  description: `
    Searches memory for patterns and prints a line for each match: process id, address, memory area,
    and the match with the bytes around it. A pattern is text; with --regex, an expression over
    bytes as in Perl; or with --hex, hexadecimal bytes, where ? matches any digit. A match may
    continue across adjacent pages and areas.

    Memory that several tasks share is searched once and printed for each of them. crit
    searches neither zeros that were never written nor pages that the dump does not have; a line on
    standard error gives the size of the missing pages.

    In an expression, ^ and $ match the beginning and end of lines, which end at a newline or a zero
    byte. A match has at most 1 MiB.

    As with grep, all arguments are dumps if the patterns are given with -e or -f. If there are
    several dumps, each line begins with the name of its dump. With --from and without -e and -f,
    the only argument is the pattern. If a dump cannot be read, the others are still searched.`,
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
      doc: "a pattern; with several, a match of any is printed. With -e or -f, further dumps",
    },
  },
  options: {
    pattern: {
      kind: "text",
      short: "e",
      value: "PATTERN",
      list: "repeat",
      doc: "search for PATTERN; all arguments are then dumps",
    },
    regex: { kind: "flag", doc: "patterns are expressions over bytes" },
    hex: { kind: "flag", doc: "patterns are hexadecimal: `de ad ?? e?`" },
    utf16: { kind: "flag", doc: "search for text in UTF-16, little-endian" },
    ignoreCase: { kind: "flag", short: "i", doc: "ignore differences in case" },
    file: {
      kind: "path",
      short: "f",
      value: "FILE",
      list: "repeat",
      doc: "read patterns from FILE, one per line; `-` is standard input; all arguments are then " +
        "dumps",
    },
    context: {
      kind: "number",
      short: "C",
      value: "BYTES",
      min: 0,
      max: 4096,
      doc: "print BYTES bytes before and after a match; by default, 16",
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
    json: { kind: "flag", doc: "print JSON, one object per match on a line" },
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
