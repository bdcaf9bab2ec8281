/**
 * Dumps of processes: tasks, threads, files, memory and namespaces.
 *
 * ```ts
 * import { openDump } from "@crit/crit/dump";
 *
 * using dump = await openDump("fixtures/dumps/shloop");
 * for (const task of dump.tasks) console.log(task.pid, task.comm, task.fdinfo.length);
 *
 * const { memory } = dump.tasks[0]!;
 * const bytes = new Uint8Array(16);
 * const known = memory.read(memory.areas[0]!.start, bytes);
 * console.log(`${known} of ${bytes.length} bytes are in the dump`);
 * ```
 *
 * @module
 */

import "../plugins/mod.ts";

export { type Derivation, DerivedDump, type DerivedImage } from "../images/dump/derived.ts";
export { Dump } from "../images/dump/dump.ts";
export type { Extent, FillGap, Origin, Span } from "../images/dump/extent.ts";
export { dumpsBelow } from "../images/dump/find.ts";
export type { DumpedFile, FileTable } from "../images/dump/file_table.ts";
export type { HoleOwner, Holes, HoleTask, PunchedFile } from "../images/dump/holes.ts";
export { dumpOf } from "../images/dump/held.ts";
export type { DumpImage } from "../images/dump/image.ts";
export type { DumpFile, DumpFiles } from "../images/dump/dump_files.ts";
export type { DumpImages } from "../images/dump/images.ts";
export type { MemoryOwner, TaskMemory } from "../images/dump/memory.ts";
export type { Namespace, NamespaceKind } from "../images/dump/namespaces.ts";
export { openDump, type OpenOptions } from "../images/dump/open.ts";
export type { PageMap } from "../images/dump/page_map.ts";
export type { SharedMemory } from "../images/dump/shared_memory.ts";
export type { Task, TaskDump, Thread } from "../images/dump/task.ts";
export type { SharedImages, SharedKind, TaskIds } from "../images/dump/shared_images.ts";
export type { ImageFile, ImageSource, SourceMember, Stored } from "../images/dump/source.ts";
export { replaceImages, writeDump } from "../images/dump/write_directory.ts";
export { CritError } from "../images/errors.ts";
export type { Bytes, SizedBytes } from "../images/archive/bytes.ts";
export type { Blob, StoredImage } from "../images/oci/layout.ts";
export type { BesideFile, Surroundings } from "../images/dump/surroundings.ts";
export type { ExtraRun } from "../images/image/extra.ts";
export type { Head, Magics } from "../images/image/head.ts";
export type { ImageEvents } from "../images/image/reader.ts";
export type { TaskState } from "../images/kernel/tasks.ts";
