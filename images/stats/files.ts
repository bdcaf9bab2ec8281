/**
 * Figures of open files, sockets, pipes and ghost files.
 *
 * @module
 */

import type { FileEntry } from "../../proto/types.ts";
import type { Dump } from "../dump/dump.ts";
import type { Task } from "../dump/task.ts";
import { nameIn } from "../kernel/names.ts";
import { FAMILIES, SOCKET_STATES, SOCKET_TYPES } from "../kernel/sockets.ts";
import { count, type Counts, getOrInsert, largestFirst } from "./count.ts";

/** Open files of a dump. */
export interface FileStats {
  /** Number of files as CRIU identifies them: a file that two descriptors share counts once. */
  readonly count: number;
  /** By CRIU's type: `REG`, `PIPE`, ... */
  readonly byType: Counts;
  /** Number of descriptor tables. */
  readonly tables: number;
  /** Number of descriptors in all tables. */
  readonly descriptors: number;
}

/** Sockets of one family. */
export interface SocketStats {
  /** Number of sockets. */
  count: number;
  /** `STREAM`, `DGRAM`, ...; empty if CRIU does not store it. */
  readonly byType: Counts;
  /** `ESTABLISHED`, `LISTEN`, ...; empty if the family has no states. */
  readonly byState: Counts;
}

/** Figures of files with contents. */
export interface ContentStats {
  /** Number of files. */
  readonly count: number;
  /** Bytes of contents. */
  readonly bytes: number;
}

/** Pipes and named pipes; `bytes` were written and not yet read. */
export interface PipeStats extends ContentStats {
  /** Number of open ends. */
  readonly ends: number;
}

/** Counts open files and descriptors. */
export function fileStats(dump: Dump, tasks: readonly Task[]): FileStats {
  const byType: Counts = new Map();
  for (const { entry } of dump.files.all) count(byType, String(entry.type));
  // Every task has a program, so the dump must have an image of files.
  if (tasks.some(({ isDead }) => !isDead) && byType.size === 0) dump.image("files.img");
  if (byType.has("MEMFD")) dump.entries("memfd.img", "memfd_inode_entry");
  const tables = new Map<string, number>();
  for (const task of tasks) {
    const name = task.isDead ? undefined : task.fdinfoName;
    if (name !== undefined && !tables.has(name)) tables.set(name, task.fdinfo.length);
  }
  const numbers = [...tables.values()];
  return {
    count: dump.files.all.length,
    byType: largestFirst(byType),
    tables: tables.size,
    descriptors: numbers.reduce((sum, number) => sum + number, 0),
  };
}

/** Fields of a socket for figures. */
interface Socket {
  readonly family: string;
  readonly type?: number;
  readonly state?: number;
}

/** Sockets by family. */
export function socketStats(dump: Dump): Map<string, SocketStats> {
  const families = new Map<string, SocketStats>();
  for (const { entry } of dump.files.all) {
    const socket = socketOf(entry);
    if (socket === undefined) continue;
    const stats = getOrInsert(families, socket.family, () => ({
      count: 0,
      byType: new Map(),
      byState: new Map(),
    }));
    stats.count++;
    if (socket.type !== undefined) count(stats.byType, nameIn(SOCKET_TYPES, socket.type));
    if (socket.state !== undefined) count(stats.byState, nameIn(SOCKET_STATES, socket.state));
  }
  return families;
}

function socketOf({ isk, usk, psk, nlsk }: FileEntry): Socket | undefined {
  if (usk) return { family: "UNIX", type: usk.type, state: usk.state };
  if (isk) return { family: nameIn(FAMILIES, isk.family), type: isk.type, state: isk.state };
  if (psk) return { family: "PACKET", type: psk.type };
  return nlsk && { family: "NETLINK" };
}

/** Pipes and named pipes. */
export function pipeStats(dump: Dump): PipeStats {
  const pipes = new Set<number>();
  let ends = 0;
  for (const { entry: { pipe, fifo } } of dump.files.all) {
    const id = pipe?.pipe_id ?? fifo?.pipe_id;
    if (id === undefined) continue;
    pipes.add(id);
    ends++;
  }
  const images = ["pipes-data.img", "fifo-data.img"];
  const data = images.flatMap((name) => dump.optionalEntries(name, "pipe_data_entry"));
  return { count: pipes.size, ends, bytes: data.reduce((sum, { bytes }) => sum + bytes, 0) };
}

/** Data that sockets have received or not yet sent. */
export function queueStats(dump: Dump): ContentStats {
  const packets = dump.optionalEntries("sk-queues.img", "sk_packet_entry");
  let number = packets.length;
  let bytes = packets.reduce((sum, { length }) => sum + length, 0);
  for (const { name } of dump.dumpFiles.ofTypes(({ entry }) => entry === "tcp_stream_entry")) {
    for (const { inq_len, outq_len } of dump.entries(name, "tcp_stream_entry")) {
      number += Number(inq_len > 0) + Number(outq_len > 0);
      bytes += inq_len + outq_len;
    }
  }
  return { count: number, bytes };
}

/** Deleted files with contents in the dump; `bytes` is the size of their images. */
export function ghostStats(dump: Dump): ContentStats {
  const ghosts = dump.dumpFiles.ofTypes(({ name }) => name === "GHOST_FILE");
  for (const { remap_type, remap_id } of dump.optionalEntries(REMAPS, "remap_file_path_entry")) {
    const name = `ghost-file-${remap_id.toString(16)}.img`;
    // Before CRIU 1.4, only a bit of the number marks a ghost file.
    if (remap_type === "GHOST" && !dump.has(name)) dump.image(name);
  }
  return { count: ghosts.length, bytes: ghosts.reduce((sum, { size }) => sum + size, 0) };
}

const REMAPS = "remap-fpath.img";
