/** What `crit extract` takes. @module */

import { KINDS } from "../../../images/extract/kinds.ts";
import { dumpOptions, dumpPositional, pidOption, sysrootOption } from "../../files/dump_options.ts";
import type { Command } from "../../line/command.ts";

export const declaration = {
  name: "extract",
  group: "dump",
  summary: "write the contents of a dump as files",
  description: `
    Writes the contents of a dump as files into a new directory: deleted files, memfds, shared
    memory, files of tmpfs mounts, the data queued in pipes, FIFOs, sockets, TCP connections and
    terminals, the pages of mapped programs and libraries that the dump has, and memory areas. With
    KIND, it writes only these kinds.

    index.json in the directory lists the files with their origin, name in the dump, size, SHA-256,
    and missing parts. Names are made safe, only the owner can read the files, and holes stay holes.`,
  positionals: {
    dump: dumpPositional,
    kinds: {
      kind: "choice",
      value: "KIND",
      count: "any",
      choices: KINDS,
      doc: "only this kind",
    },
  },
  options: {
    out: {
      kind: "path",
      short: "o",
      value: "DIR",
      doc: "the new directory",
    },
    list: { kind: "flag", doc: "only list the files" },
    pid: { ...pidOption, doc: "only files of this task" },
    noSha256: {
      kind: "flag",
      doc: "leave the SHA-256 of the files out of index.json, which is faster",
    },
    ...dumpOptions,
    sysroot: sysrootOption,
    json: { kind: "flag", doc: "the list as JSON, for programs" },
  },
  examples: [
    { line: "crit extract dump --list", doc: "list the files" },
    { line: "crit extract dump -o files ghost memfd", doc: "deleted files and memfds" },
    { line: "crit extract checkpoint.tar -o all", doc: "everything" },
  ],
} as const satisfies Command;
