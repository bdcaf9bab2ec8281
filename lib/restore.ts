/**
 * The `criu restore` command for a dump, the losses of a restore, and explanations of CRIU's
 * errors, as `crit preflight --offline` and `crit explain` print them.
 *
 * ```ts
 * import { openDump } from "@crit/crit/dump";
 * import { explainLog, restoreCommand } from "@crit/crit/restore";
 *
 * using dump = await openDump("fixtures/dumps/pyapp");
 * const { command, options } = restoreCommand(dump);
 * console.log(command, options.map(({ reason }) => reason));
 *
 * const { error, means, fix } = explainLog("Error (criu/x.c:1): Can't fork for 12: File exists\n");
 * if (error !== undefined) console.log(error, means, fix);
 * ```
 *
 * @module
 */

import type { Dump } from "../images/dump/dump.ts";
import { explain } from "../images/logs/explain.ts";
import { parseLog } from "../images/logs/log.ts";
import { LOSSES } from "../images/restore/losses.ts";
import { OPTIONS } from "../images/restore/options.ts";
import { commandLine } from "../images/restore/preflight.ts";
import { RestoreSubject } from "../images/restore/subject.ts";
import "../plugins/mod.ts";

/** An option that a dump needs. */
export interface CommandOption {
  /** Words of the command line; words in capitals stand for values that only the user knows. */
  readonly words: readonly string[];
  /** Why the dump needs it. */
  readonly reason: string;
  /** What CRIU does without it. */
  readonly without: string;
  /** Whether CRIU restores without it; it is then not in the command. */
  readonly isOptional: boolean;
}

/** The command that restores a dump. */
export interface RestoreCommand {
  /** The command line, quoted for a shell. */
  readonly command: string;
  /** The options that the dump needs, in order. */
  readonly options: readonly CommandOption[];
  /** What a restore loses silently. */
  readonly losses: readonly string[];
}

/** The command that restores a dump. */
export function restoreCommand(dump: Dump): RestoreCommand {
  const subject = new RestoreSubject(dump);
  const all = OPTIONS.flatMap((option) =>
    [...option.find(subject)].map((needed) => ({ ...needed, option }))
  );
  return {
    command: commandLine(dump.path, all),
    options: all.map(({ words, reason, option: { without, isOptional = false } }) => ({
      words,
      reason,
      without,
      isOptional,
    })),
    losses: LOSSES.flatMap((rule) => [...rule.find(subject)].map(({ what }) => what)),
  };
}

/** An explained log. */
export interface ExplainedLog {
  /** Whether CRIU succeeded; undefined if the log does not show it. */
  readonly succeeded: boolean | undefined;
  /** The error that stopped CRIU, as it wrote it; undefined if there is none. */
  readonly error: string | undefined;
  /** Its meaning; undefined if the error is not known. */
  readonly means: string | undefined;
  /** The fix. */
  readonly fix: string | undefined;
  /** The entry that the error is about, if the dump is given and the entry is found. */
  readonly place:
    | { readonly image: string; readonly entry?: number; readonly field?: string }
    | undefined;
}

/** Explains a log of `criu dump` or `criu restore`; with the dump, errors are traced to entries. */
export function explainLog(text: string, dump?: Dump): ExplainedLog {
  const { log, cause, known } = explain(parseLog(text), dump);
  return {
    succeeded: log.succeeded,
    error: cause?.message,
    means: known?.means,
    fix: known?.fix,
    place: known?.place,
  };
}
