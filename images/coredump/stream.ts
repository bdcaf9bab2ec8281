/** Writes core files to streams, for the library. @module */

import type { Dump } from "../dump/dump.ts";
import { openDump } from "../dump/open.ts";
import type { Task } from "../dump/task.ts";
import { dataError } from "../errors.ts";
import { Core } from "./core.ts";
import { findTask } from "./find_task.ts";
import { filesBelow } from "./local_files.ts";
import { type CoreReport, writeCoreTo } from "./write.ts";

/** Options of {@link writeCore}. */
export interface WriteCoreOptions {
  /** Path of the parent dump, instead of the target of the link `parent`. */
  parent?: string;
  /**
   * Directory below which mapped files are read, for pages that the process had not changed: `/`
   * unless given. With `null`, none is read, and the core file does not contain these pages.
   */
  sysroot?: string | null;
  /**
   * Bits of the kernel's `coredump_filter` (see core(5)): leaves out what a kernel with this filter
   * would. Without it, the core file contains all known memory.
   */
  filter?: number;
}

/** Bytes of zeros that are written at a time. */
const ZEROS_SIZE = 1 << 16;

/**
 * Writes the ELF core file of a dumped process to a stream and closes it, or aborts it on failure.
 * About 4 MiB of the file are in memory at a time, besides the queue of the stream.
 *
 * @param dump path of the dump
 * @param pid id of the process
 * @throws {CritError} `data` if the process is dead or the dump lacks data that a core file needs,
 * `usage` if it has no such process, `file` if a file cannot be read
 */
export async function writeCore(
  dump: string,
  pid: number,
  stream: WritableStream<Uint8Array>,
  options: WriteCoreOptions = {},
): Promise<CoreReport> {
  const writer = stream.getWriter();
  try {
    using opened = await openDump(dump, { parent: options.parent });
    const { sysroot = "/", filter } = options;
    const openMapped = sysroot === null ? undefined : filesBelow(sysroot);
    using core = new Core(taskOf(opened, pid), { openMapped, filter });
    const report = await writeCoreTo({
      // Later runs overwrite the bytes; the stream may keep what it is given.
      write: (run) => writer.write(run.slice()),
      skip: (length) => writeZeros(writer, length),
    }, core);
    await writer.close();
    return report;
  } catch (error) {
    await writer.abort(error).catch(() => {});
    throw error;
  }
}

/**
 * Finds a task that is not dead.
 *
 * @throws {CritError} if it does not exist, or is dead
 */
function taskOf(dump: Dump, pid: number): Task {
  const task = findTask(dump, pid);
  if (task.isDead) throw dataError(`process ${pid} is dead and has no memory`);
  return task;
}

async function writeZeros(
  writer: WritableStreamDefaultWriter<Uint8Array>,
  length: number,
): Promise<void> {
  for (let left = length; left > 0; left -= ZEROS_SIZE) {
    await writer.write(new Uint8Array(Math.min(left, ZEROS_SIZE)));
  }
}
