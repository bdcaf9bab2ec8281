/**
 * Who talks to whom: tasks, and the pipes, sockets, shared memory and locks between them.
 *
 * @module
 */

import type { FileEntry, VmaEntry } from "../../proto/types.ts";
import type { Dump } from "../dump/dump.ts";
import { vmaKindOf } from "../dump/vma_kind.ts";
import { areaName } from "../explore/mems.ts";
import type { SkRow } from "../explore/sk.ts";
import type { Edge, Node } from "./data.ts";
import type { DumpRows } from "./tables.ts";

/** Most nodes that a person can read; what connects the most tasks is kept. */
const MOST_NODES = 400;

/** A channel: what it is, and the ends that tasks have. */
interface Channel {
  readonly node: Node;
  readonly ends: Array<{ readonly pid: number; readonly label: string }>;
}

/** The graph of a dump. */
export function graphOf(rows: DumpRows): { nodes: Node[]; edges: Edge[]; leftOut: number } {
  const { dump } = rows;
  const channels = [...pipes(rows), ...sockets(rows), ...sharedMemory(rows), ...lockChannels(rows)]
    .filter(({ node, ends }) =>
      node.kind === "tcp" || node.kind === "udp" || new Set(ends.map(({ pid }) => pid)).size > 1
    )
    .sort((a, b) => b.ends.length - a.ends.length);
  const names = new Map(dump.tasks.map((task) => [task.pid, task.comm ?? ""]));
  const nodes = new Map<string, Node>();
  const edges: Edge[] = [];
  let leftOut = 0;
  for (const { node, ends } of channels) {
    const news = new Set(ends.map(({ pid }) => pid)).size + 1;
    if (nodes.size + news > MOST_NODES) {
      leftOut++;
      continue;
    }
    nodes.set(node.id, node);
    const labels = Map.groupBy(ends, ({ pid }) => pid);
    for (const [pid, own] of labels) {
      const id = `task ${pid}`;
      nodes.set(id, { id, kind: "task", label: `${pid} ${names.get(pid) ?? ""}`, pid });
      const label = [...new Set(own.map(({ label }) => label))].slice(0, 6).join(", ");
      edges.push({ from: id, to: node.id, label });
    }
  }
  return { nodes: [...nodes.values()], edges, leftOut };
}

/** Pipes and named pipes by their number, with the descriptors of their ends. */
function pipes(rows: DumpRows): Channel[] {
  const { dump } = rows;
  const channels = new Map<string, Channel>();
  for (const { pid, fd, type, id } of rows.of("fds")) {
    const file = type === "PIPE" || type === "FIFO" ? dump.files.get(type, id) : undefined;
    const node = file === undefined ? undefined : pipeNode(dump, file);
    if (node === undefined) continue;
    const channel = channels.get(node.id) ?? { node, ends: [] };
    channels.set(node.id, channel);
    channel.ends.push({ pid, label: `fd ${fd}${directionOf(file!)}` });
  }
  return [...channels.values()];
}

function pipeNode(dump: Dump, { id, pipe, fifo }: FileEntry): Node | undefined {
  if (pipe !== undefined) {
    return { id: `pipe ${pipe.pipe_id}`, kind: "pipe", label: `pipe ${pipe.pipe_id}` };
  }
  if (fifo === undefined) return undefined;
  const path = dump.files.get("REG", fifo.regf_id ?? id)?.reg?.name ?? "";
  return { id: `fifo ${fifo.pipe_id}`, kind: "fifo", label: path || `fifo ${fifo.pipe_id}` };
}

/** Which end of a pipe a file is, by O_ACCMODE of its flags. */
function directionOf({ pipe }: FileEntry): string {
  if (pipe === undefined) return "";
  return (pipe.flags & 3) === 0 ? " (read)" : (pipe.flags & 3) === 1 ? " (write)" : "";
}

/** Sockets, joined with their peers. */
function sockets(all: DumpRows): Channel[] {
  const rows = all.of("sk");
  const unixByInode = new Map(rows.flatMap((row) => isUnix(row) ? [[row.ino, row] as const] : []));
  const byAddress = new Map(
    rows.flatMap((row) => isInet(row) ? [[addressKey(row), row] as const] : []),
  );
  const joined = new Set<SkRow>();
  const channels: Channel[] = [];
  for (const row of rows) {
    if (joined.has(row)) continue;
    const peer = isUnix(row)
      ? unixByInode.get(row.peer_ino)
      : byAddress.get(`${row.family} ${row.type} ${row.peer} ${row.local}`);
    joined.add(row);
    if (peer !== undefined) joined.add(peer);
    const node = socketNode(row);
    if (node === undefined) continue;
    const ends = [row, ...peer === undefined || peer === row ? [] : [peer]]
      .flatMap(({ fds }) => fds.map(({ pid, fd }) => ({ pid, label: `fd ${fd}` })));
    channels.push({ node, ends });
  }
  return channels;
}

const isUnix = ({ family }: SkRow) => family === "UNIX";
const isInet = ({ family }: SkRow) => family === "INET" || family === "INET6";
const addressKey = ({ family, type, local, peer }: SkRow) => `${family} ${type} ${local} ${peer}`;

function socketNode(row: SkRow): Node | undefined {
  const { id, type, local = "", peer = "", state } = row;
  if (isUnix(row)) {
    const label = local || peer || `unix ${row.ino}`;
    return { id: `unix ${id}`, kind: "unix", label };
  }
  if (!isInet(row)) return undefined;
  const kind = type === "DGRAM" ? "udp" : "tcp";
  const to = state === "LISTEN"
    ? `${local} (listening)`
    : peer === ""
    ? local
    : `${local} → ${peer}`;
  return { id: `inet ${id}`, kind, label: to };
}

/** Shared memory that several tasks map. */
function sharedMemory({ dump, sharedAreas }: DumpRows): Channel[] {
  const channels = new Map<string, Channel>();
  for (const { pid, vma } of sharedAreas) {
    const id = `memory ${vmaKindOf(vma)} ${vma.shmid}`;
    const channel = channels.get(id) ??
      { node: { id, kind: "shared memory", label: sharedLabel(dump, vma) }, ends: [] };
    channels.set(id, channel);
    channel.ends.push({ pid, label: `0x${vma.start.toString(16)}` });
  }
  return [...channels.values()];
}

/** What shared memory is called: the name of its memfd, or its kind. */
export function sharedLabel(dump: Dump, vma: VmaEntry): string {
  const name = areaName(dump, vma);
  if (name !== undefined && name !== "") return name;
  return vmaKindOf(vma) === "sysv_shared"
    ? `System V segment ${vma.shmid}`
    : `anonymous ${vma.shmid}`;
}

/** Locks, by the file that they are on. */
function lockChannels(rows: DumpRows): Channel[] {
  const channels = new Map<string, Channel>();
  for (const row of rows.of("locks")) {
    const label = row.name ?? `fd ${row.fd} of ${row.pid}`;
    const id = `lock ${label}`;
    const channel = channels.get(id) ?? { node: { id, kind: "lock", label }, ends: [] };
    channels.set(id, channel);
    channel.ends.push({ pid: row.pid, label: `${row.kind} ${row.type}, fd ${row.fd}` });
  }
  return [...channels.values()];
}
