/**
 * Options that every command takes, exit codes, topics of help, and environment variables.
 *
 * @module
 */

import type { Options } from "./command.ts";

/** A summary of crit, as a phrase. */
export const SUMMARY = "read, edit and write the image files of CRIU";

/** Options that are accepted anywhere on the command line. */
export const globalOptions = {
  plugin: {
    kind: "path",
    value: "FILE.js",
    list: "repeat",
    doc: "load image types from a JavaScript module, after those in `$CRIT_PLUGINS`",
  },
  color: {
    kind: "choice",
    value: "WHEN",
    choices: {
      auto: "on a terminal, unless `$NO_COLOR` is set",
      always: "even into a pipe",
      never: "not at all",
    },
    default: "auto",
    doc: "when to colour what is printed",
  },
  help: { kind: "flag", short: "h", doc: "explain crit or one of its commands" },
  version: { kind: "flag", short: "V", doc: "print the version" },
} as const satisfies Options;

/** Meanings of the exit codes that all commands share. */
export const exitCodes: Readonly<Record<number, string>> = {
  0: "success, also if the reader closed the pipe",
  1: "the command reported a problem (differences, findings, refused losses)",
  2: "usage error",
  3: "invalid or damaged input",
  4: "I/O error",
  5: "not supported",
  70: "a bug in crit",
};

/** Topics of `crit help` beside commands. */
export const TOPICS = {
  options: "options of every command",
  "exit-codes": "what the exit codes mean",
  environment: "environment variables",
} as const;

/** A topic of `crit help`. */
export type Topic = keyof typeof TOPICS;

/** Environment variables that crit reads. */
export const environmentVariables: Readonly<Record<string, string>> = {
  CRIT_PLUGINS: "files that `--plugin` would name, separated by colons",
  NO_COLOR: "no colour unless `--color=always`, if set to anything",
  CRIT_DEBUG: "print a stack trace with errors, except those of damaged input, if set to 1",
};
