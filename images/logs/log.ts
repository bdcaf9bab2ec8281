/**
 * Reads logs of CRIU 3 and 4: restore.log, dump.log and standard error.
 *
 * @module
 */

/** An error or a warning in a log. */
export interface LogLine {
  /** Number of the line, from 1. */
  readonly number: number;
  readonly level: "error" | "warning";
  /** Source file and line of CRIU: `criu/files-reg.c:2175`. */
  readonly source: string;
  /** Process or thread that logged it, if the line has one. */
  readonly pid: number | undefined;
  readonly message: string;
}

/** The contents of a log. */
export interface Log {
  /** The action of CRIU, if the log shows it. */
  readonly action: "dump" | "restore" | undefined;
  /** Whether CRIU succeeded; `undefined` if the log does not show it. */
  readonly succeeded: boolean | undefined;
  /** Errors and warnings, in their order. */
  readonly lines: readonly LogLine[];
  /** Whether the text has any line of CRIU. */
  readonly isLog: boolean;
}

/** `100: Error (criu/files.c:1221): Unable to open fd=3`: a line without its time. */
const LINE = /^(?:pie: +)?(?:(\d+): +)?(Error|Warn) *\(([^()]*)\):(.*)$/;
/** The time at the beginning of a line. */
const TIME = /^\(\d+\.\d+\)/;

/** As much of a line as is looked at: CRIU writes no longer ones. */
const LONGEST_LINE = 4096;
/** What every line of a log file begins with. */
const TIMED = /^\(\d+\.\d+\)/m;

const FINISHED =
  /Restore finished successfully|Dumping finished successfully|Pre-dumping finished successfully/;
const FAILED = /\b(Restoring|Dumping|Pre-dumping) FAILED/;
const RESTORE =
  /Restore finished|Restoring FAILED|Forking task|pie: |Restoring |criu\/cr-restore\.c/;
const DUMP = /Dumping finished|Dumping FAILED|Dumping processes|criu\/cr-dump\.c|Dumping /;

/** Reads a log. */
export function parseLog(text: string): Log {
  const lines: LogLine[] = [];
  for (const [i, line] of text.split("\n").entries()) {
    const match = LINE.exec(line.slice(0, LONGEST_LINE).replace(TIME, "").trim());
    if (match === null) continue;
    const [, pid, level, source, message] = match;
    lines.push({
      number: i + 1,
      level: level === "Error" ? "error" : "warning",
      source: source!,
      pid: pid === undefined ? undefined : Number(pid),
      message: message!.trim(),
    });
  }
  return {
    action: RESTORE.test(text) ? "restore" : DUMP.test(text) ? "dump" : undefined,
    succeeded: FINISHED.test(text) ? true : FAILED.test(text) ? false : undefined,
    lines,
    isLog: TIMED.test(text) || lines.length > 0,
  };
}

/** What harms nothing, and what only says that something before it went wrong. */
const CONSEQUENCES: readonly RegExp[] = [
  /^rlimit: Can't setup RLIMIT_NOFILE for self/,
  /^(Restoring|Dumping|Pre-dumping) FAILED/,
  /^(\d+ )?(exited, status=|killed by signal 9\b)/,
  /^Restorer fail/,
  /^Killing processes because of failure/,
  /^Unable to open fd=/,
  /^Dump files \(pid/,
  /^Can't fixup VMA's fd/,
  /^Task \d+ is in unexpected state/,
  /^BUG at criu\/pie\/restorer\.c/,
  /^Can't read core data for thread/,
  /^prctl failed @\d+ with/,
];

/** The errors of a log that are causes, in order. */
export function causesIn({ lines }: Log): LogLine[] {
  return lines.filter(({ level, message }) =>
    level === "error" && !CONSEQUENCES.some((pattern) => pattern.test(message))
  );
}
