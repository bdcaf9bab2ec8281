/** The options that `crit serve` and `crit capture` share. @module */

import { editOptions } from "../editing/edit_options.ts";
import type { Options } from "../line/command.ts";

/** Longest timeout in seconds: `poll` counts milliseconds in 31 bits. */
const LONGEST = 2_000_000;

/** Options of both commands. */
export const streamOptions = {
  socketDir: {
    kind: "path",
    only: "directory",
    value: "DIR",
    doc: "make the socket in this directory, which CRIU gets with `--images-dir`",
  },
  timeout: {
    kind: "number",
    value: "SECONDS",
    max: LONGEST,
    default: 300,
    doc:
      "give up if CRIU stops in the middle of a request or image, or a filter or transform runs, for SECONDS; 0 means never",
  },
  connectTimeout: {
    kind: "number",
    value: "SECONDS",
    max: LONGEST,
    doc: "give up if CRIU does not connect for SECONDS; 0 means never",
  },
  criuPid: {
    kind: "number",
    value: "PID",
    min: 1,
    max: 2 ** 31 - 1,
    doc: "stop waiting if this process, which is CRIU, ends; `--hook` finds it",
  },
  log: {
    kind: "path",
    value: "FILE",
    doc: "when CRIU can connect, detach from the terminal and append messages to FILE",
  },
  hook: {
    kind: "flag",
    doc: "work as CRIU's `--action-script`: start in the background before CRIU connects",
  },
  ...editOptions,
  json: { kind: "flag", doc: "report the result as JSON on standard output" },
} as const satisfies Options;
