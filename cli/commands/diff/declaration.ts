/** What `crit diff` takes. @module */

import { archiveOptions } from "../../files/dump_options.ts";
import type { Command } from "../../line/command.ts";

export const declaration = {
  name: "diff",
  group: "dump",
  summary: "compare two dumps, or two images",
  description: `
    Compares two dumps (directories, or archives as container engines export checkpoints): counts
    what was added, removed and changed among tasks, threads, descriptors, files, sockets and memory
    areas, then lists the pages of memory whose contents differ, then every field that differs, with
    values as \`crit show\` prints them. Pages in a parent dump are read from there.

    It also compares two images of the same type.

    Entries are matched by their identity, such as the number of a descriptor or the start of a
    memory area, or by their position if they have none. docs/DIFF.md explains the keys of --json.
    If there are no differences, crit prints nothing.`,
  positionals: {
    a: { kind: "path", value: "A", count: "one", doc: "a dump or an image" },
    b: { kind: "path", value: "B", count: "one", doc: "what to compare it with" },
  },
  options: {
    json: { kind: "flag", doc: "as JSON, for programs" },
    ...archiveOptions,
  },
  examples: [
    { line: "crit diff before after", doc: "what a program did between two dumps" },
    { line: "crit diff dump edited --json", doc: "what an edit changed, for a program" },
    { line: "crit diff one/mm-1.img two/mm-7.img", doc: "two images, field by field" },
  ],
  exitCodes: { 1: "they differ" },
} as const satisfies Command;
