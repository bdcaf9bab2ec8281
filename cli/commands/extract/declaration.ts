/** What `crit extract` takes. @module */

import { KINDS } from "../../../images/extract/kinds.ts";
import { dumpOptions, dumpPositional, pidOption } from "../../files/dump_options.ts";
import type { Command } from "../../line/command.ts";

/** Declaration of `crit extract`. */
export const declaration = {
  name: "extract",
  group: "dump",
  summary: "write what is in a dump as files",
  description: `
    Writes all that is the contents of a file into a new directory: deleted files, memfds, shared
    memory, files of tmpfs mounts, what was in pipes, FIFOs, sockets, TCP connections and terminals,
    mapped programs and libraries as far as the dump has pages of them, and memory areas; or only
    the kinds that are named.

    index.json in the directory tells of each file where it comes from, what it is called in the
    dump, its size and SHA-256, and what of it the dump does not have. Names are made safe, nobody
    else may read the files, and holes stay holes.`,
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
      doc: "the directory to make",
    },
    list: { kind: "flag", doc: "only say what there is" },
    pid: { ...pidOption, doc: "only what this task had" },
    noSha256: {
      kind: "flag",
      doc: "leave the SHA-256 of the files out of index.json, which is faster",
    },
    ...dumpOptions,
    sysroot: {
      kind: "path",
      only: "directory",
      value: "DIR",
      doc: "take the pages of mapped files that the tasks had not changed from files below DIR",
    },
    json: { kind: "flag", doc: "say what there is as JSON, for programs" },
  },
  examples: [
    { line: "crit extract dump --list", doc: "what there is" },
    { line: "crit extract dump -o files ghost memfd", doc: "deleted files and memfds" },
    { line: "crit extract checkpoint.tar -o all", doc: "everything" },
  ],
} as const satisfies Command;
