/** Rules about sockets and what is queued in them. @module */

import type { FdTypes } from "../../../proto/types.ts";
import { AF, IPPROTO, SOCK, TCP_STATE } from "../../kernel/sockets.ts";
import type { CheckContext } from "../context.ts";
import { fieldOfFile, type FileReference, unresolvedFiles } from "../references.ts";
import type { Rule } from "../rule.ts";

function* peers({ files }: CheckContext): Generator<FileReference> {
  const sockets = files.all.filter(({ entry }) => entry.usk !== undefined);
  const inodes = new Set(sockets.map(({ entry }) => entry.usk!.ino));
  for (const { entry: { usk }, image, index } of sockets) {
    const { peer, ino } = usk!;
    if (peer === 0 || inodes.has(peer)) continue;
    const target = `unix socket ${peer}, the peer of ${ino}`;
    const field = fieldOfFile(image, "usk", "peer");
    yield { image, entry: index, field, type: "UNIXSK", target };
  }
}

const unixPeer: Rule = {
  id: "unix-peer",
  severity: "error",
  summary: "the peer of every unix socket is in the dump",
  explanation: "CRIU connects the two ends again, and stops if one is missing.",
  fix: "make the dump again; a peer outside the container needs `criu dump --ext-unix-sk`",
  check: (context) => unresolvedFiles(context, peers(context)),
};

const SOCKETS: readonly FdTypes[] = ["UNIXSK", "INETSK", "NETLINKSK", "PACKETSK"];

function* queues(context: CheckContext): Generator<FileReference> {
  const image = "sk-queues.img";
  for (const [entry, { id_for: id }] of context.entries(image, "sk_packet_entry")) {
    if (SOCKETS.some((type) => context.files.get(type, id) !== undefined)) continue;
    yield { image, entry, field: "id_for", type: "UNIXSK", target: `socket ${id}` };
  }
}

const queueSocket: Rule = {
  id: "queue-socket",
  severity: "error",
  summary: "the socket of every queued packet is in the dump",
  explanation: "CRIU drops the packets of a socket that is not in the dump.",
  fix: "fetch files.img again, or make the dump again",
  check: (context) => unresolvedFiles(context, queues(context)),
};

function* rights(context: CheckContext): Generator<FileReference> {
  const image = "sk-queues.img";
  if (!context.dump.has(image)) return;
  const ids = new Set(context.files.all.map(({ entry }) => entry.id));
  for (const [entry, { scm = [] }] of context.entries(image, "sk_packet_entry")) {
    for (const [i, { rights = [] }] of scm.entries()) {
      for (const [j, id] of rights.entries()) {
        if (ids.has(id)) continue;
        const field = `scm[${i}].rights[${j}]`;
        yield { image, entry, field, type: [], target: `file ${id}` };
      }
    }
  }
}

const rightsFile: Rule = {
  id: "scm-file",
  severity: "error",
  summary: "files in flight through a socket are in the dump",
  explanation: "CRIU sends a descriptor in flight again, and needs its file for that.",
  fix: "fetch files.img again, or make the dump again",
  check: (context) => unresolvedFiles(context, rights(context)),
};

const tcpStream: Rule = {
  id: "tcp-stream",
  severity: "error",
  summary: "every established TCP connection has its stream",
  explanation:
    "Its sequence numbers and queues are in tcp-stream-INO.img only. It need not exist if connections were to be closed.",
  fix: "fetch {image} from where the dump was made, or restore with `--tcp-close`",
  *check({ dump, files, inventory }) {
    if (inventory === undefined || inventory.tcp_close) return;
    for (const { entry: { isk }, image: from, index } of files.all) {
      if (isk === undefined || (isk.family !== AF.INET && isk.family !== AF.INET6)) continue;
      if (isk.type !== SOCK.STREAM || isk.proto !== IPPROTO.TCP) continue;
      if (isk.state !== TCP_STATE.ESTABLISHED) continue;
      const image = `tcp-stream-${isk.ino.toString(16)}.img`;
      if (dump.has(image)) continue;
      const ports = `port ${isk.src_port} to ${isk.dst_port}`;
      const message =
        `it is missing: ${from}, entry ${index} is an established connection, ${ports}`;
      yield { image, message };
    }
  },
};

export default [unixPeer, queueSocket, rightsFile, tcpStream];
