/** Turns errors into a line and an exit code. @module */

import { systemReason } from "../../images/bytes/io.ts";
import { printable } from "../../images/bytes/printable.ts";
import { CritError, type ErrorKind } from "../../images/errors.ts";

/** Exit code of each kind of error; 0 is success and 1 a negative answer of a command. */
const EXIT_CODES: Readonly<Record<ErrorKind, number>> = {
  usage: 2,
  data: 3,
  file: 4,
  unsupported: 5,
};

/** Exit code of a bug in crit. */
export const BUG = 70;

/** The end of the program after an error. */
export interface Failure {
  /** 0 if the reader of the output closed it. */
  readonly exitCode: number;
  /** The line to print; none if the reader of the output closed it. */
  readonly line?: string;
}

/** The line and exit code for an error. */
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
  // Deno reports a module that crit may not load as a TypeError.
  const missing = /^Requires (.*?) access(?: to (.*?))?, run again with the (\S+) flag/
    .exec(error.message);
  if (error instanceof Deno.errors.NotCapable || missing !== null) {
    if (missing === null) return `Deno does not allow it: ${error.message}`;
    const [, access, path, flag] = missing;
    // Deno treats files below /dev, /proc and /sys as devices.
    if (access === "all") return `Deno does not allow access to ${path}: run it with ${flag}`;
    const what = path === undefined ? access : `${path} (${access})`;
    return `Deno does not allow access to ${what}: run it with ${flag}`;
  }
  const reason = systemReason(error);
  if (reason === undefined) return undefined;
  const details = /\(os error \d+\)(.*)$/s.exec(error.message)?.[1] ?? error.message;
  // Of the two paths of a rename, the second is the one that the user named.
  const path = /'(.*)'$/s.exec(details)?.[1]?.split("' -> '").at(-1) ??
    /path "(.*)" is not valid UTF-8$/s.exec(details)?.[1];
  return path === undefined ? reason : `${path}: ${reason}`;
}
