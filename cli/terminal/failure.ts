/**
 * What the command line makes of an error: a line and an exit code.
 *
 * @module
 */

import { systemReason } from "../../images/bytes/io.ts";
import { printable } from "../../images/bytes/printable.ts";
import { CritError, type ErrorKind } from "../../images/errors.ts";

/** Exit code of each kind of error; 0 is success and 1 a command's own negative answer. */
const EXIT_CODES: Readonly<Record<ErrorKind, number>> = {
  usage: 2,
  data: 3,
  file: 4,
  unsupported: 5,
};

/** Exit code of an error that is crit's own fault. */
export const BUG = 70;

/** How an error ends the program. */
export interface Failure {
  /** 0 when only the reader of the output had enough. */
  readonly exitCode: number;
  /** The line to print; nothing when the reader of the output had enough. */
  readonly line?: string;
}

/** What to print for an error, and the exit code. */
export function failureOf(error: unknown): Failure {
  if (error instanceof CritError) {
    return { exitCode: EXIT_CODES[error.kind], line: `crit: ${printable(error.message)}` };
  }
  if (error instanceof Deno.errors.BrokenPipe) return { exitCode: 0 };
  const reason = refusal(error);
  if (reason !== undefined) {
    return { exitCode: EXIT_CODES.file, line: `crit: ${printable(reason)}` };
  }
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return {
    exitCode: BUG,
    line: `crit: internal error: ${printable(text)} (set CRIT_DEBUG=1 for the stack)`,
  };
}

/**
 * `foo.img: no such file or directory` for an error of the operating system or of Deno's
 * permissions.
 */
function refusal(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  // A module of its own that crit may not load is a TypeError to Deno.
  const missing = /^Requires (.*?) access(?: to (.*?))?, run again with the (\S+) flag/
    .exec(error.message);
  if (error instanceof Deno.errors.NotCapable || missing !== null) {
    if (missing === null) return `Deno does not allow it: ${error.message}`;
    const [, access, path, flag] = missing;
    // To Deno, files below /dev, /proc and /sys are devices.
    if (access === "all") return `Deno does not allow access to ${path}: run it with ${flag}`;
    const what = path === undefined ? access : `${path} (${access})`;
    return `Deno does not allow access to ${what}: run it with ${flag}`;
  }
  const reason = systemReason(error);
  if (reason === undefined) return undefined;
  const details = /\(os error \d+\)(.*)$/s.exec(error.message)?.[1] ?? error.message;
  // Of two paths, as a renaming has them, the second is the one that the user named.
  const path = /'(.*)'$/s.exec(details)?.[1]?.split("' -> '").at(-1) ??
    /path "(.*)" is not valid UTF-8$/s.exec(details)?.[1];
  return path === undefined ? reason : `${path}: ${reason}`;
}
