/**
 * Figures of a whole dump.
 *
 * @module
 */

import type { Dump } from "../dump/dump.ts";
import type { Task } from "../dump/task.ts";
import { dataError } from "../errors.ts";
import { type CriuStats, criuStats } from "./criu.ts";
import {
  type ContentStats,
  type FileStats,
  fileStats,
  ghostStats,
  type PipeStats,
  pipeStats,
  queueStats,
  type SocketStats,
  socketStats,
} from "./files.ts";
import { type ImageStats, imageStats } from "./images.ts";
import { type MachineStats, machineStats } from "./machine.ts";
import { type MemoryStats, memoryStats } from "./memory.ts";
import { type PageStats, pageStats } from "./pages.ts";
import { type ReleaseStats, releaseStats } from "./release.ts";
import { type NamespaceStats, namespaceStats, type TaskStats, taskStats } from "./tasks.ts";

/** Figures of a dump. Maps are by kind, without zeros. */
export interface Stats {
  /** Whether it is a pre-dump, which has memory only. */
  readonly preDump: boolean;
  /** A phrase such as `a pre-dump`; undefined if it is a complete dump of processes. */
  readonly part: string | undefined;
  /** The releases of CRIU that read the dump. */
  readonly release: ReleaseStats;
  /** The machine that was dumped. */
  readonly machine: MachineStats;
  /** Tasks and threads. */
  readonly tasks: TaskStats;
  /** Namespaces, by kind. */
  readonly namespaces: ReadonlyMap<string, NamespaceStats>;
  /** Open files and descriptors. */
  readonly files: FileStats;
  /** Sockets, by family. */
  readonly sockets: ReadonlyMap<string, SocketStats>;
  /** Packets and streams queued in sockets. */
  readonly queues: ContentStats;
  /** Pipes and named pipes. */
  readonly pipes: PipeStats;
  /** Deleted files stored in the dump. */
  readonly ghostFiles: ContentStats;
  /** Memory of the tasks, and memory they share. */
  readonly memory: MemoryStats;
  /** Undefined unless requested. */
  readonly pages: PageStats | undefined;
  /** CRIU's own figures. */
  readonly criu: CriuStats;
  /** Files of the dump, by image type. */
  readonly images: ReadonlyMap<string, ImageStats>;
}

/** Optional parts of the figures. */
export interface StatsOptions {
  /** Whether to read all pages, to find zero pages and duplicates. */
  readonly pages?: boolean;
  /** Called with the number of bytes of pages read. */
  readonly onRead?: (bytes: number) => void;
  /** The releases that read the dump, if already known. */
  readonly release?: ReleaseStats;
}

/**
 * Computes the figures of a dump. A missing or damaged image is a fault of the dump, and counts up
 * to the damage.
 *
 * @throws {CritError} `file` if the pages are requested and cannot be read
 */
export function statsOf(
  dump: Dump,
  { pages = false, onRead, release: known }: StatsOptions = {},
): Stats {
  const { kind } = dump;
  if (kind === "nothing") throw dataError("there is no image in it", { image: dump.path });
  const preDump = kind === "pre-dump" || kind === "pages";
  const tasks: readonly Task[] = preDump ? [] : dump.tasks;
  if (kind !== "pages") void dump.inventory;
  // This reads every image; the entries that other figures need are then cached.
  const release = known ?? releaseStats(dump);
  const { pageSize } = dump;
  return {
    preDump,
    part: dump.part,
    machine: machineStats(dump, tasks),
    tasks: taskStats(tasks),
    namespaces: namespaceStats(dump, tasks),
    files: fileStats(dump, tasks),
    sockets: socketStats(dump),
    queues: queueStats(dump),
    pipes: pipeStats(dump),
    ghostFiles: ghostStats(dump),
    memory: memoryStats(dump, tasks, pageSize),
    pages: pages ? pageStats(dump, pageSize, onRead) : undefined,
    criu: criuStats(dump),
    images: imageStats(dump),
    release,
  };
}
