/**
 * Sockets.
 *
 * @module
 */

import type { FileEntry, InetSkEntry, UnixSkEntry } from "../../proto/types.ts";
import type { ByteOrder } from "../bytes/byte_order.ts";
import { descriptorsOf, fileKey } from "../dump/descriptors.ts";
import type { Dump } from "../dump/dump.ts";
import type { Task } from "../dump/task.ts";
import { nameIn } from "../kernel/names.ts";
import {
  FAMILIES,
  NETLINK_PROTOCOLS,
  PROTOCOLS,
  SOCKET_STATES,
  SOCKET_TYPES,
} from "../kernel/sockets.ts";
import { formatAddress } from "../types/hints.ts";
import { unixSocketName } from "./file_name.ts";
import { tableView, type View } from "./view.ts";

/** A socket. */
export type SkRow = {
  /** Descriptors that refer to it: pid and fd. */
  fds: ReadonlyArray<{ pid: number; fd: number }>;
  /** Number among files of its kind. */
  id: number;
  /** `AF_*`. */
  family: string;
  /** `SOCK_*`. */
  type: string;
  /** `IPPROTO_*`, `NETLINK_*`, or `ETH_P_*` for a packet socket. */
  protocol: string | undefined;
  /** `TCP_*` state, also for unix sockets. */
  state: string | undefined;
  /** Address and port, or name; an abstract name begins with `@`. */
  local: string | undefined;
  /** Address and port, or name, of the other end. */
  peer: string | undefined;
  /** Bytes received and not yet read. */
  receive_queue: number;
  /** Bytes not yet sent or acknowledged. */
  send_queue: number;
  /** Size of the receive buffer in bytes (SO_RCVBUF). */
  receive_buffer: number | undefined;
  /** Size of the send buffer in bytes (SO_SNDBUF). */
  send_buffer: number | undefined;
  /** Inode. */
  ino: number | undefined;
  /** Inode of a unix socket's peer. */
  peer_ino: number | undefined;
};

/** A socket without what the tables of descriptors and queues say. */
type Facts = Omit<
  SkRow,
  "fds" | "id" | "receive_queue" | "send_queue" | "receive_buffer" | "send_buffer"
>;

/** Sockets of every family. */
export const sk: View<SkRow> = tableView<SkRow>({
  columns: [
    {
      key: "fds",
      doc: "descriptors that refer to it: pid and fd",
      title: "PID:FD",
      text: ({ fds }) => fds.map(({ pid, fd }) => `${pid}:${fd}`).join(" ") || "-",
    },
    { key: "id", doc: "number among files of its kind", title: "ID", align: "right" },
    { key: "family", doc: "`AF_*`", title: "FAMILY" },
    { key: "type", doc: "`SOCK_*`", title: "TYPE" },
    {
      key: "protocol",
      doc: "`IPPROTO_*`, `NETLINK_*`, or `ETH_P_*` for a packet socket",
      title: "PROTO",
    },
    { key: "state", doc: "`TCP_*` state, also for unix sockets", title: "STATE" },
    {
      key: "receive_queue",
      doc: "bytes received and not yet read",
      title: "RECV",
      align: "right",
    },
    { key: "send_queue", doc: "bytes not yet sent or acknowledged", title: "SEND", align: "right" },
    {
      key: "local",
      doc: "address and port, or name; an abstract name begins with `@`",
      title: "LOCAL",
    },
    { key: "peer", doc: "address and port, or name, of the other end", title: "PEER" },
    { key: "receive_buffer", doc: "size of the receive buffer in bytes (SO_RCVBUF)" },
    { key: "send_buffer", doc: "size of the send buffer in bytes (SO_SNDBUF)" },
    { key: "ino", doc: "inode" },
    { key: "peer_ino", doc: "inode of a unix socket's peer" },
  ],
  *rows(dump, { tasks }) {
    const isFiltered = tasks.length < dump.tasks.length;
    const queues = queueSizes(dump);
    const unixNames = namesOfUnixSockets(dump);
    for (const { entry, fds } of inDescriptorOrder(dump, tasks)) {
      const facts = factsOf(entry, unixNames, dump.byteOrder);
      if (facts === undefined || (isFiltered && fds.length === 0)) continue;
      const options = (entry.isk ?? entry.usk ?? entry.nlsk ?? entry.psk)?.opts;
      const [inQueue, outQueue] = tcpQueues(dump, entry.isk);
      yield {
        fds,
        id: entry.id,
        ...facts,
        receive_queue: (queues.get(entry.id) ?? 0) + inQueue,
        send_queue: outQueue,
        receive_buffer: options?.so_rcvbuf,
        send_buffer: options?.so_sndbuf,
      };
    }
  },
});

/** An open file, and who has it open. */
interface OpenFile {
  readonly entry: FileEntry;
  readonly fds: ReadonlyArray<{ readonly pid: number; readonly fd: number }>;
}

/**
 * The sockets in the order of tasks and their descriptors; last those that are in no table, as
 * a socket that was on its way through another.
 */
function inDescriptorOrder(dump: Dump, tasks: readonly Task[]): OpenFile[] {
  const owners = descriptorsOf(tasks);
  const places = new Map([...owners.keys()].map((key, index) => [key, index]));
  return dump.files.all.filter(({ entry }) => isSocket(entry)).map(({ entry }) => ({
    entry,
    key: fileKey(entry.type, entry.id),
  }))
    .sort((a, b) => (places.get(a.key) ?? Infinity) - (places.get(b.key) ?? Infinity) || 0)
    .map(({ entry, key }) => ({ entry, fds: owners.get(key) ?? [] }));
}

function isSocket({ isk, usk, psk, nlsk }: FileEntry): boolean {
  return (isk ?? usk ?? psk ?? nlsk) !== undefined;
}

/** Bytes in sk-queues.img by the id of the socket that is to read them. */
function queueSizes(dump: Dump): Map<number, number> {
  const sizes = new Map<number, number>();
  for (const { id_for, length } of dump.optionalEntries("sk-queues.img", "sk_packet_entry")) {
    sizes.set(id_for, (sizes.get(id_for) ?? 0) + length);
  }
  return sizes;
}

/** Bytes of a TCP connection's queues. */
function tcpQueues(dump: Dump, socket: InetSkEntry | undefined): [inQueue: number, out: number] {
  if (socket === undefined) return [0, 0];
  const name = `tcp-stream-${socket.ino.toString(16)}.img`;
  const stream = dump.optionalEntry(name, "tcp_stream_entry");
  return stream === undefined ? [0, 0] : [stream.inq_len, stream.outq_len];
}

function namesOfUnixSockets(dump: Dump): Map<number, string> {
  const sockets = [...dump.files.ofType("UNIXSK").values()].flatMap(({ usk }) => usk ?? []);
  return new Map(sockets.map(({ ino, name }) => [ino, unixSocketName(name)]));
}

function factsOf(
  file: FileEntry,
  unixNames: ReadonlyMap<number, string>,
  order: ByteOrder,
): Facts | undefined {
  const { isk, usk, psk, nlsk } = file;
  const none = {
    protocol: undefined,
    state: undefined,
    local: undefined,
    peer: undefined,
    ino: undefined,
    peer_ino: undefined,
  };
  if (isk !== undefined) return inetFacts(isk, order);
  if (usk !== undefined) return unixFacts(usk, unixNames);
  if (psk !== undefined) {
    const swapped = (psk.protocol & 0xff) << 8 | psk.protocol >>> 8 & 0xff;
    // In network order, as it lies in memory.
    const protocol = order === "little" ? swapped : psk.protocol;
    return {
      ...none,
      family: "PACKET",
      type: nameIn(SOCKET_TYPES, psk.type),
      protocol: `0x${protocol.toString(16).padStart(4, "0")}`,
      local: psk.ifindex === 0 ? undefined : `if${psk.ifindex}`,
    };
  }
  if (nlsk === undefined) return undefined;
  return {
    ...none,
    family: "NETLINK",
    type: "RAW",
    protocol: nameIn(NETLINK_PROTOCOLS, nlsk.protocol),
    state: nameIn(SOCKET_STATES, nlsk.state),
    local: nlsk.portid === 0 ? undefined : `${nlsk.portid}`,
    peer: nlsk.dst_portid === 0 ? undefined : `${nlsk.dst_portid}`,
    ino: nlsk.ino,
  };
}

function inetFacts(socket: InetSkEntry, order: ByteOrder): Facts {
  return {
    family: nameIn(FAMILIES, socket.family),
    type: nameIn(SOCKET_TYPES, socket.type),
    protocol: nameIn(PROTOCOLS, socket.proto),
    state: nameIn(SOCKET_STATES, socket.state),
    local: endpoint(socket.src_addr ?? [], socket.src_port, order),
    peer: endpoint(socket.dst_addr ?? [], socket.dst_port, order),
    ino: socket.ino,
    peer_ino: undefined,
  };
}

/** `TCP 1.2.3.4:80->5.6.7.8:90 ESTABLISHED`. */
export function inetName(socket: InetSkEntry, order: ByteOrder): string {
  const { protocol, state, local = "*", peer } = inetFacts(socket, order);
  const ends = peer === undefined ? local : `${local}->${peer}`;
  return `${protocol} ${ends}${protocol === "TCP" ? ` ${state}` : ""}`;
}

/** `1.2.3.4:80`, `[::1]:80`; nothing for an address that is not set. */
function endpoint(words: readonly number[], port: number, order: ByteOrder): string | undefined {
  if (port === 0 && words.every((word) => word === 0)) return undefined;
  const address = readableAddress(words, order) ?? "?";
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

/** The word `00 00 ff ff` of an IPv4 address in IPv6. */
const MAPPED = { little: 0xffff_0000, big: 0xffff };

/** An address, with an IPv4 address in IPv6 (RFC 4291, 2.5.5.2) as people know it. */
function readableAddress(words: readonly number[], order: ByteOrder): string | undefined {
  const [first, second, third, last] = words;
  const isMapped = words.length === 4 && first === 0 && second === 0 && third === MAPPED[order];
  return isMapped ? `::ffff:${formatAddress([last!], order)}` : formatAddress(words, order);
}

function unixFacts(socket: UnixSkEntry, names: ReadonlyMap<number, string>): Facts {
  const { peer } = socket;
  return {
    family: "UNIX",
    type: nameIn(SOCKET_TYPES, socket.type),
    protocol: undefined,
    state: nameIn(SOCKET_STATES, socket.state),
    local: unixSocketName(socket.name) || `ino ${socket.ino}`,
    peer: peer === 0 ? undefined : names.get(peer) || `ino ${peer}`,
    ino: socket.ino,
    peer_ino: peer === 0 ? undefined : peer,
  };
}
