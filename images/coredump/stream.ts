/**
 * Core files as a stream, for the library.
 *
 * @module
 */

import type { Task } from "../dump/task.ts";
import { Core, type CoreOptions } from "./core.ts";
import type { MissingFile } from "./mapped_files.ts";

/** What became of a core file. */
export interface CoreReport {
  /** Size in bytes. */
  readonly size: number;
  /** Mapped files that are not there or are not what they were, so that their pages are missing. */
  readonly missing: readonly MissingFile[];
}

/** Zeros are written in pieces of this many bytes. */
const ZEROS_SIZE = 1 << 16;

/**
 * Writes a task's core file to a stream and closes it; aborts it when that fails. No more than
 * 1 MiB of the file is held at a time, besides what the stream itself queues.
 *
 * @throws {CritError} when the dump lacks what a core file needs, or a file cannot be read
 */
export async function writeCore(
  task: Task,
  stream: WritableStream<Uint8Array>,
  options: CoreOptions = {},
): Promise<CoreReport> {
  const writer = stream.getWriter();
  try {
    using core = new Core(task, options);
    for (const run of core.runs()) {
      if (typeof run === "number") await writeZeros(writer, run);
      // The run's bytes are overwritten by the next; the stream may keep what it is given.
      else await writer.write(run.slice());
    }
    await writer.close();
    return { size: core.size, missing: core.missing };
  } catch (error) {
    await writer.abort(error).catch(() => {});
    throw error;
  }
}

async function writeZeros(
  writer: WritableStreamDefaultWriter<Uint8Array>,
  length: number,
): Promise<void> {
  for (let left = length; left > 0; left -= ZEROS_SIZE) {
    await writer.write(new Uint8Array(Math.min(left, ZEROS_SIZE)));
  }
}
