/** Data in transit: in pipes, FIFOs, sockets, TCP connections and terminals. @module */

import type { FdTypes, TcpStreamEntry } from "../../proto/types.ts";
import { fileKey } from "../dump/descriptors.ts";
import { pathFileOf } from "../explore/file_name.ts";
import type { ExtractContext } from "./files.ts";
import type { Item } from "./item.ts";
import { numbered } from "./names.ts";

/** Data of pipes or FIFOs. */
export function* pipeItems(files: ExtractContext, kind: "pipe" | "fifo"): Generator<Item> {
  const { dump } = files;
  const image = kind === "pipe" ? "pipes-data.img" : "fifo-data.img";
  const type: FdTypes = kind === "pipe" ? "PIPE" : "FIFO";
  const ends = Map.groupBy(
    dump.files.ofType(type).values(),
    ({ pipe, fifo }) => pipe?.pipe_id ?? fifo?.pipe_id,
  );
  for (const [index, { pipe_id }] of dump.optionalEntries(image, "pipe_data_entry").entries()) {
    const extra = extraOf(files, image, index);
    if (extra.size === 0) continue;
    const open = ends.get(pipe_id) ?? [];
    const name = open.map(pathFileOf)
      .map((path) => path === undefined ? undefined : dump.files.get("REG", path)?.reg?.name)
      .find((name) => name !== undefined);
    yield {
      kind,
      path: numbered(pipe_id, name),
      image,
      ids: { pipe: pipe_id },
      pids: files.pidsOf(...open.map(({ id }) => fileKey(type, id))),
      name,
      ...extra,
    };
  }
}

/** Types of sockets. */
const SOCKETS: readonly FdTypes[] = ["UNIXSK", "INETSK", "PACKETSK", "NETLINKSK"];

/** Packets in the queues of sockets, each an item. */
export function* socketItems(files: ExtractContext): Generator<Item> {
  const image = "sk-queues.img";
  const counts = new Map<number, number>();
  for (
    const [index, { id_for }] of files.dump.optionalEntries(image, "sk_packet_entry").entries()
  ) {
    const number = counts.get(id_for) ?? 0;
    counts.set(id_for, number + 1);
    yield {
      kind: "socket",
      path: `${id_for}/${String(number).padStart(4, "0")}`,
      image,
      ids: { socket: id_for, packet: number },
      pids: files.pidsOf(...SOCKETS.map((type) => fileKey(type, id_for))),
      ...extraOf(files, image, index),
    };
  }
}

/** Queues of TCP connections, except empty ones. */
export function* tcpItems(files: ExtractContext): Generator<Item> {
  const { dump } = files;
  const sockets = [...dump.files.ofType("INETSK").values()];
  for (const { name: image, type } of dump.dumpFiles) {
    if (type?.entry !== "tcp_stream_entry") continue;
    const [stream] = dump.entries(image, "tcp_stream_entry") as [TcpStreamEntry?];
    const number = /([\da-f]+)\.img$/.exec(image)?.[1] ?? "0";
    if (stream === undefined) continue;
    const ino = parseInt(number, 16);
    const open = sockets.filter(({ isk }) => isk?.ino === ino);
    const { size, contents } = extraOf(files, image, 0);
    const queues = [["received", 0, stream.inq_len], ["sent", stream.inq_len, stream.outq_len]];
    for (const [queue, from, length] of queues as Array<[string, number, number]>) {
      if (length === 0 || from + length > size) continue;
      yield {
        kind: "tcp",
        path: `${number}-${queue}`,
        image,
        ids: { ino, queue },
        pids: files.pidsOf(...open.map(({ id }) => fileKey("INETSK", id))),
        size: length,
        contents: () =>
          contents().map((piece) => ({ ...piece, offset: piece.offset + from, length })),
      };
    }
  }
}

/** Input queues of terminals. */
export function* ttyItems(files: ExtractContext): Generator<Item> {
  const { dump } = files;
  const image = "tty-data.img";
  const terminals = Map.groupBy(
    dump.files.ofType("TTY").values(),
    ({ tty }) => tty?.tty_info_id,
  );
  for (const { tty_id, data } of dump.optionalEntries(image, "tty_data_entry")) {
    const open = terminals.get(tty_id) ?? [];
    const source = {
      read: (offset: number, into: Uint8Array) =>
        into.set(data.subarray(offset, offset + into.length)),
    };
    yield {
      kind: "tty",
      path: `${tty_id}`,
      image,
      ids: { tty: tty_id },
      pids: files.pidsOf(...open.map(({ id }) => fileKey("TTY", id))),
      size: data.length,
      contents: () => [{ length: data.length, source, offset: 0 }],
    };
  }
}

/** The bytes that follow an entry in its image. */
function extraOf({ dump, images }: ExtractContext, image: string, index: number) {
  const { offsets, extraSizes, size, error } = dump.image(image);
  // The last complete entry of a damaged image ends before the image does.
  const isCut = error !== undefined && index === offsets.length - 1;
  const length = isCut ? 0 : extraSizes[index] ?? 0;
  const offset = (offsets[index + 1] ?? size) - length;
  const source = images.of(dump, image);
  return { size: length, contents: () => length === 0 ? [] : [{ length, source, offset }] };
}
