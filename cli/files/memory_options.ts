/** How commands are told which memory of a dump is meant. @module */

import type { Options } from "../line/command.ts";
import { dumpOptions, pidOption, sysrootOption } from "./dump_options.ts";

/** Options of every command that looks into memory. */
export const memoryOptions = {
  pid: { ...pidOption, doc: "only the memory of this task" },
  area: {
    kind: "text",
    value: "AREA",
    list: "commas",
    doc:
      "only these memory areas: `heap`, `stack`, `anon`, `file`, `shared`, `vdso`, or a pattern " +
      "of a path such as `libc.so*`",
  },
  perm: {
    kind: "text",
    value: "PERM",
    doc: "only memory with these permissions, such as `w` or `rw`; `r-x` excludes `w`",
  },
  range: {
    kind: "text",
    value: "RANGE",
    doc: "only these addresses, `A-B` or `A+LENGTH`",
  },
  ...dumpOptions,
  sysroot: sysrootOption,
} as const satisfies Options;
