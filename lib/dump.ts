/**
 * Dumps of processes: tasks, threads, files, memory and namespaces.
 *
 * ```ts
 * import { openDump } from "./lib/dump.ts";
 *
 * await using dump = await openDump("fixtures/dumps/shloop");
 * for (const task of dump.tasks) console.log(task.pid, task.comm, task.fdinfo.length);
 *
 * const bytes = new Uint8Array(16);
 * const { memory } = dump.tasks[0]!;
 * console.log(memory.read(memory.areas[0]!.start, bytes));
 * ```
 *
 * @module
 */

import "../plugins/mod.ts";

export { Dump } from "../images/dump/dump.ts";
export { type OpenOptions, openDump } from "../images/dump/open.ts";
export type { DumpFile, DumpImages } from "../images/dump/images.ts";
export type { Task, TaskState, Thread } from "../images/dump/task.ts";
export type { TaskMemory } from "../images/dump/memory.ts";
export type { DumpedFile, FileTable } from "../images/dump/file_table.ts";
export type { Namespace, NamespaceKind } from "../images/dump/namespaces.ts";
export { CritError } from "../images/errors.ts";
