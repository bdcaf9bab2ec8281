/**
 * Writing core files, to a file or to a stream.
 *
 * @module
 */

import type { AbsentPages } from "./areas.ts";
import type { ByteRun } from "./copy.ts";
import type { Core } from "./core.ts";
import type { MissingFile } from "./mapped_files.ts";

/** Describes a core file that was written. */
export interface CoreReport {
  /** Size in bytes. */
  readonly size: number;
  /** Mapped files that are missing or have changed, so that their pages are left out. */
  readonly missing: readonly MissingFile[];
  /**
   * Numbers of pages that are left out because they are not in the dump: those in a parent dump
   * that is missing, and those that were to be fetched later.
   */
  readonly absentPages: Readonly<Record<AbsentPages, number>>;
  /** Number of pages that are zeros because they were punched out of the dump's files. */
  readonly punchedPages: number;
}

/** Takes the bytes of a core file. A promise that it returns is awaited before the next call. */
export interface CoreSink {
  /** Writes all of the bytes, which do not change until the promise is fulfilled. */
  write(bytes: Uint8Array): Promise<void> | undefined;
  /** Writes `length` zeros. */
  skip(length: number): Promise<void> | undefined;
}

/**
 * Writes a core file.
 *
 * @param onRun receives the number of bytes of each run; a promise that it returns is awaited
 */
export async function writeCoreTo(
  sink: CoreSink,
  core: Core,
  onRun?: (count: number) => Promise<void> | undefined,
): Promise<CoreReport> {
  await writeRuns(core.runs(), sink, onRun);
  const { size, missing, absentPages, punchedPages } = core;
  return { size, missing, absentPages, punchedPages };
}

/** Writes runs in order, each while the next one is made. */
export async function writeRuns(
  runs: Iterable<ByteRun>,
  sink: CoreSink,
  onRun?: (count: number) => Promise<void> | undefined,
): Promise<void> {
  let written: Promise<void> | undefined;
  try {
    for (const run of runs) {
      if (written !== undefined) await written;
      written = typeof run === "number" ? sink.skip(run) : sink.write(run);
      // A failure is reported when the write is awaited: Deno must not end crit before.
      written?.catch(() => {});
      const turn = onRun?.(typeof run === "number" ? run : run.length);
      if (turn !== undefined) await turn;
    }
  } finally {
    await written;
  }
}
