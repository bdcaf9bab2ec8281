/**
 * What the command line makes of an error: a line and an exit code.
 *
 * @module
 */

import { CritError, type ErrorKind } from "../../images/errors.ts";

/** Exit code of each kind of error; 0 is success and 1 a command's own negative answer. */
const EXIT_CODES: Readonly<Record<ErrorKind, number>> = {
  usage: 2,
  data: 3,
  file: 4,
  unsupported: 5,
};

/** Exit code of an error that is crit's own fault. */
const BUG = 70;

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
    return { exitCode: EXIT_CODES[error.kind], line: `crit: ${oneLine(error.message)}` };
  }
  if (error instanceof Deno.errors.BrokenPipe) return { exitCode: 0 };
  const reason = systemReason(error);
  if (reason !== undefined) return { exitCode: EXIT_CODES.file, line: `crit: ${oneLine(reason)}` };
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return {
    exitCode: BUG,
    line: `crit: internal error: ${oneLine(text)} (set CRIT_DEBUG=1 for the stack)`,
  };
}

/** What the operating system's commoner errors mean, in words. */
const SYSTEM_ERRORS: ReadonlyArray<readonly [new (message: string) => Error, string]> = [
  [Deno.errors.NotFound, "no such file or directory"],
  [Deno.errors.PermissionDenied, "permission denied"],
  [Deno.errors.AlreadyExists, "it exists already"],
  [Deno.errors.IsADirectory, "it is a directory"],
  [Deno.errors.NotADirectory, "not a directory"],
  [Deno.errors.FilesystemLoop, "too many symbolic links"],
];

/** `foo.img: no such file or directory` for an error of the operating system or of Deno's door. */
function systemReason(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  // A module of its own that crit may not load is a TypeError to Deno.
  const missing = /^Requires (.*?) access(?: to (.*?))?, run again with the (\S+) flag/
    .exec(error.message);
  if (error instanceof Deno.errors.NotCapable || missing !== null) {
    if (missing === null) return `Deno does not allow it: ${error.message}`;
    const what = missing[2] === undefined ? missing[1] : `${missing[2]} (${missing[1]})`;
    return `Deno does not allow access to ${what}: run it with ${missing[3]}`;
  }
  // Deno's own form: `No such file or directory (os error 2): open 'foo.img'`.
  const [, words, details] = /^(.*?) \(os error \d+\)(.*)$/s.exec(error.message) ?? [];
  const known = SYSTEM_ERRORS.find(([type]) => error instanceof type);
  if (words === undefined && known === undefined) return undefined;
  // Of two paths, as a renaming has them, the second is the one that the user named.
  const path = /'(.*)'$/s.exec(details ?? error.message)?.[1]?.split("' -> '").at(-1);
  const reason = known?.[1] ?? lowerFirst(words ?? error.message);
  return path === undefined ? reason : `${path}: ${reason}`;
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}

/** The text without line breaks and other control characters, which a file name may hold. */
export function oneLine(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/[\x00-\x1f\x7f-\x9f]/g, (c) => {
    const known: Record<string, string> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };
    return known[c] ?? `\\x${c.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
}
