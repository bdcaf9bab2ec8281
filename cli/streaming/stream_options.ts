/** The options that `crit serve` and `crit capture` share. @module */

import { editOptions } from "../editing/edit_options.ts";
import type { Options } from "../line/command.ts";

/** Longest time that can be waited for, in seconds: `poll` counts milliseconds in 31 bits. */
const LONGEST = 2_000_000;

/** Options of both directions. */
export const streamOptions = {
  socketDir: {
    kind: "path",
    only: "directory",
    value: "DIR",
    doc: "make the socket in this directory, the one that CRIU is given with `--images-dir`",
  },
  timeout: {
    kind: "number",
    value: "SECONDS",
    max: LONGEST,
    default: 300,
    doc: "give up when CRIU, or a filter, leaves something half done for so long; 0 is never",
  },
  connectTimeout: {
    kind: "number",
    value: "SECONDS",
    max: LONGEST,
    doc: "give up when CRIU does not connect for so long; 0 is never",
  },
  criuPid: {
    kind: "number",
    value: "PID",
    min: 1,
    max: 2 ** 31 - 1,
    doc: "wait for nobody once this process, CRIU's, has ended; `--hook` knows it",
  },
  log: {
    kind: "path",
    value: "FILE",
    doc: "once CRIU can connect, leave the terminal and write messages to the end of FILE",
  },
  hook: {
    kind: "flag",
    doc: "work as CRIU's `--action-script`: start in the background before CRIU connects",
  },
  ...editOptions,
  json: { kind: "flag", doc: "say what was done as JSON on standard output, for programs" },
} as const satisfies Options;
