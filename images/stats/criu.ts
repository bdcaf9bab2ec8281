/** CRIU's own statistics of a dump or a restore: stats-dump and stats-restore. @module */

import type { DumpStatsEntry, RestoreStatsEntry, StatsEntry } from "../../proto/types.ts";
import type { Dump } from "../dump/dump.ts";
import { readImage } from "../dump/image.ts";
import { openLeftFile } from "../dump/left_files.ts";
import type { Entry } from "../image/objects.ts";

/** Figures by the names of CRIU's fields; those that end in `_time` are microseconds. */
export type CriuFigures = ReadonlyMap<string, number>;

/** CRIU's own figures; undefined if the dump does not have the image. */
export interface CriuStats {
  /** From stats-dump. */
  readonly dump: CriuFigures | undefined;
  /** From stats-restore. */
  readonly restore: CriuFigures | undefined;
}

/** Reads CRIU's own figures, which may be in another directory. */
export function criuStats(dump: Dump): CriuStats {
  const entries = ["stats-dump", "stats-restore"].flatMap((name) => entryOf(dump, name) ?? []);
  return {
    dump: figuresOf(entries.find((entry) => entry.dump)?.dump),
    restore: figuresOf(entries.find((entry) => entry.restore)?.restore),
  };
}

function entryOf(dump: Dump, name: string): StatsEntry | undefined {
  const names = [name, `${name}.img`];
  const there = names.find((one) => dump.has(one));
  if (there !== undefined) return dump.optionalEntry(there, "stats_entry");
  using file = openLeftFile(dump, name);
  if (file === undefined) return undefined;
  const { type, entries, error } = readImage(file);
  if (error !== undefined) dump.faults.push(error);
  return type?.entry === "stats_entry" ? entries[0] as Entry & StatsEntry : undefined;
}

function figuresOf(entry: DumpStatsEntry | RestoreStatsEntry | undefined): CriuFigures | undefined {
  if (entry === undefined) return undefined;
  const numbers = Object.entries(entry).filter(([, value]) => !(value instanceof Uint8Array));
  return new Map(numbers.map(([name, value]) => [name, Number(value)]));
}
