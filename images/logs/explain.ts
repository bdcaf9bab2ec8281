/**
 * Finds out why CRIU failed, from its log.
 *
 * @module
 */

import type { Dump } from "../dump/dump.ts";
import type { DumpPlace } from "../dump/dump_place.ts";
import { openLeftFile } from "../dump/left_files.ts";
import { type Explanation, EXPLANATIONS } from "./explanations.ts";
import { causesIn, type Log, type LogLine, parseLog } from "./log.ts";

/** An explained log. */
export interface Explained {
  readonly log: Log;
  /** The error that stopped CRIU; undefined if CRIU succeeded or the log has no error. */
  readonly cause: LogLine | undefined;
  /** The explanation of that error; undefined if it is not known. */
  readonly known: KnownCause | undefined;
  /** The other errors that are causes, not consequences. */
  readonly others: readonly LogLine[];
}

/** A known error. */
export interface KnownCause {
  readonly explanation: Explanation;
  /** Its meaning, with values filled in. */
  readonly means: string;
  /** The fix, with values filled in. */
  readonly fix: string;
  /** The image and entry that it is about, if the dump is given and they are found. */
  readonly place: DumpPlace | undefined;
}

/** Explains a log; with its dump, errors are traced to entries. */
export function explain(log: Log, dump?: Dump): Explained {
  if (log.succeeded) return { log, cause: undefined, known: undefined, others: [] };
  const causes = causesIn(log);
  // The first error leads to the others; one that is known is worth more than one that is not.
  const cause = causes.find(({ message }) => explanationOf(message) !== undefined) ?? causes[0] ??
    log.lines.findLast(({ level }) => level === "error");
  const others = causes.filter((line) => line !== cause);
  if (cause === undefined) return { log, cause, known: undefined, others };
  return { log, cause, known: knownCause(cause, dump), others };
}

function explanationOf(message: string): Explanation | undefined {
  return EXPLANATIONS.find(({ pattern }) => pattern.test(message));
}

function knownCause({ message }: LogLine, dump: Dump | undefined): KnownCause | undefined {
  const explanation = explanationOf(message);
  if (explanation === undefined) return undefined;
  const match = explanation.pattern.exec(message)!;
  const place = dump === undefined ? undefined : explanation.locate?.(dump, match);
  const filled = (text: string) =>
    text.replace(/\$(\d)/g, (_, group) => match[Number(group)] ?? "?")
      .replaceAll("{image}", place?.image ?? "files.img")
      .replaceAll("{entry}", String(place?.entry ?? "N"));
  return {
    explanation,
    means: filled(explanation.means),
    fix: filled(explanation.fix),
    place: place === undefined
      ? undefined
      : { image: place.image, entry: place.entry, field: place.field },
  };
}

/** Number of bytes at the end of a log that are read. */
export const LOG_TAIL = 1 << 24;

/** Names of the logs that CRIU leaves, as a rule, in a dump's directory. */
const LOGS = ["dump.log", "restore.log"];

/** A log in a dump. */
export interface DumpLog extends Explained {
  readonly name: string;
}

/** The logs of failed runs of CRIU, in a dump or beside it. */
export function failedLogs(dump: Dump): DumpLog[] {
  return LOGS.flatMap((name) => {
    using file = openLeftFile(dump, name);
    if (file === undefined) return [];
    const bytes = new Uint8Array(Math.min(file.size, LOG_TAIL));
    const count = file.read(file.size - bytes.length, bytes);
    const log = parseLog(new TextDecoder().decode(bytes.subarray(0, count)));
    return log.succeeded === false ? [{ name: file.name, ...explain(log, dump) }] : [];
  });
}
