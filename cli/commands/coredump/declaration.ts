/** What `crit coredump` takes. @module */

import { dumpOptions, dumpPositional, pidOption, sysrootOption } from "../../files/dump_options.ts";
import type { Command } from "../../line/command.ts";

export const declaration = {
  name: "coredump",
  group: "dump",
  summary: "make core files of dumped processes",
  description: `
    Writes an ELF core file of each process of a dump, for gdb and other debuggers: registers,
    signals, command line and memory of all its threads, as the kernel of the dump's machine would
    have written it.

    A dump does not hold the pages of mapped files that the process had not changed. crit reads them
    from the files if their size and build id match the dump. Otherwise, the core file does not
    contain them, and a line on standard error names the file.

    A dead process has no memory; crit reports it and skips it.`,
  positionals: { dump: dumpPositional },
  options: {
    pid: { ...pidOption, doc: "only this process" },
    out: {
      kind: "path",
      short: "o",
      value: "OUT",
      doc:
        "the directory for `core.PID` files, created if necessary; with one `-p`, also a file, " +
        "or `-` for standard output",
      default: ".",
    },
    ...dumpOptions,
    sysroot: { ...sysrootOption, default: "/" },
    noFiles: {
      kind: "flag",
      doc: "do not read mapped files",
    },
    filter: {
      kind: "number",
      value: "BITS",
      min: 0,
      max: 0x1ff,
      doc: "leave out what a kernel with this `coredump_filter` would; see core(5)",
    },
    json: {
      kind: "flag",
      doc: "report the core file of each process, and what it lacks, as JSON",
    },
  },
  examples: [
    { line: "crit coredump dump/ -o cores/", doc: "all processes" },
    { line: "crit coredump dump/ -p 5970 -o core", doc: "one process" },
    { line: "crit coredump dump/ -p 5970 --sysroot rootfs/", doc: "with a container's own files" },
    { line: "crit coredump dump/ -p 5970 --filter 0x33 -o core", doc: "what kernels write" },
  ],
} as const satisfies Command;
