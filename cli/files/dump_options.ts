/** How commands on whole dumps are told which. @module */

import type { Options, Positional } from "../line/command.ts";

/** The dump that a command works on. */
export const dumpPositional = {
  kind: "path",
  value: "DUMP",
  count: "one",
  doc: "the dump: a directory, or an archive as container engines export checkpoints",
} as const satisfies Positional;

/** The dumps that a command works on, one after another. */
export const dumpsPositional = {
  ...dumpPositional,
  count: "any",
  doc: "the dumps: directories, or archives as container engines export checkpoints",
} as const satisfies Positional;

/** Options of every command that reads archives. */
export const archiveOptions = {
  maxSize: {
    kind: "text",
    value: "SIZE",
    doc:
      "limit of the decompressed size of an archive, such as `20G`; by default, 1 GiB plus 128 " +
      "times its compressed size",
  },
} as const satisfies Options;

/** Options of every command that reads memory or looks at parent dumps. */
export const dumpOptions = {
  parent: {
    kind: "path",
    value: "DIR",
    doc: "use the parent dump in DIR instead of the target of the link `parent`",
  },
  ...archiveOptions,
} as const satisfies Options;

/** The option that names tasks by number, without its doc. */
export const pidOption = {
  kind: "number",
  words: "pids",
  short: "p",
  value: "PID",
  min: 1,
  list: "commas",
} as const;

/** The option that names the directory of mapped files. */
export const sysrootOption = {
  kind: "path",
  only: "directory",
  value: "DIR",
  doc: "take the pages of mapped files that the tasks had not changed from files below DIR",
} as const;
