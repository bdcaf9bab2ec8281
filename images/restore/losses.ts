/**
 * What a restore loses silently; each loss is a declaration.
 *
 * @module
 */

import { countOf } from "../bytes/sizes.ts";
import type { DumpPlace } from "../dump/dump_place.ts";
import type { RestoreSubject } from "./subject.ts";

/** Something that a restore loses. */
export interface Loss {
  /** The loss, as a phrase. */
  readonly what: string;
  readonly place: DumpPlace;
}

/** A kind of loss. */
export interface LossRule {
  /** Stable name. */
  readonly id: string;
  /** The reason, in one sentence. */
  readonly explanation: string;
  find(subject: RestoreSubject): Iterable<Loss>;
}

const locks: LossRule = {
  id: "locks",
  explanation: "Without --file-locks, CRIU restores none of the locks.",
  *find({ context }) {
    const image = "filelocks.img";
    const count = [...context.entries(image, "file_lock_entry")].length;
    if (count > 0) {
      yield {
        what: `${countOf(count, "file lock")} without --file-locks`,
        place: { image },
      };
    }
  },
};

const rules: LossRule = {
  id: "rules",
  explanation: "CRIU dumps only routing rules of IPv4 and routes of the table main.",
  *find(subject) {
    for (const image of subject.imagesOf("rule")) {
      yield { what: "IPv6 routing rules, if the namespace had any", place: { image } };
    }
    for (const image of subject.imagesOf("route")) {
      yield {
        what: "routes in tables other than main, if the namespace had any",
        place: { image },
      };
    }
  },
};

const nftables: LossRule = {
  id: "nftables",
  explanation: "A dump made with --stream has no nftables rules.",
  *find(subject) {
    for (const image of subject.imagesOf("netns")) {
      const id = /\d+/.exec(image)![0];
      const own = `nftables-${id}.img`;
      const size = subject.dump.sizeOf(own);
      if (size === undefined || size === 0) {
        yield {
          what: "nftables rules, if the namespace had any: the dump has none",
          place: { image: own },
        };
      }
    }
  },
};

const linkedRemap: LossRule = {
  id: "linked-remap",
  explanation:
    "A successful restore removes the second name of the file, so the next restore fails.",
  *find({ context, dump }) {
    const image = "remap-fpath.img";
    for (
      const [entry, { remap_id, remap_type }] of context.entries(image, "remap_file_path_entry")
    ) {
      if (remap_type !== "LINKED") continue;
      const name = dump.files.get("REG", remap_id)?.reg?.name ?? `REG file ${remap_id}`;
      const what = `${name}, which the first restore removes; keep a copy for further restores`;
      yield { what, place: { image, entry } };
    }
  },
};

/** O_ACCMODE, O_RDONLY, O_WRONLY. */
const [ACCESS, READ, WRITE] = [3, 0, 1];

const halfPipes: LossRule = {
  id: "half-pipe",
  explanation: "CRIU restores a pipe without its other end if that end was outside the dump.",
  *find({ files, context: { tables } }) {
    const open = new Set(
      tables.flatMap(({ entries }) =>
        entries.filter(({ type }) => type === "PIPE").map(({ id }) => id)
      ),
    );
    const pipes = files.filter(({ entry: { type, id } }) => type === "PIPE" && open.has(id));
    for (const [pipe, ends] of Map.groupBy(pipes, ({ entry }) => entry.pipe!.pipe_id)) {
      const modes = new Set(ends.map(({ entry }) => entry.pipe!.flags & ACCESS));
      if (modes.size !== 1) continue;
      const [mode] = modes;
      const other = mode === READ ? "writer" : mode === WRITE ? "reader" : undefined;
      if (other === undefined) continue;
      const { image, index } = ends[0]!;
      const what = `the ${other} of pipe ${pipe}; --inherit-fd 'fd[N]:pipe:[${pipe}]' provides one`;
      yield { what, place: { image, entry: index } };
    }
  },
};

const closedConnections: LossRule = {
  id: "closed-connections",
  explanation: "A dump made with --tcp-close has no connection data.",
  *find({ context, files }) {
    if (!context.inventory?.tcp_close) return;
    const all = files.filter(({ entry: { isk } }) => isk?.proto === 6 && isk.dst_port !== 0);
    const place = { image: "inventory.img", entry: 0, field: "tcp_close" };
    const what = `${countOf(all.length, "connection")}; CRIU restores closed sockets`;
    if (all.length > 0) yield { what, place };
  },
};

const locksOfNobody: LossRule = {
  id: "lock-of-nobody",
  explanation: "CRIU restores no locks of processes that are not in the dump.",
  *find({ context, dump }) {
    const image = "filelocks.img";
    const pids = new Set(dump.tasks.map(({ pid }) => pid));
    for (const [entry, { pid }] of context.entries(image, "file_lock_entry")) {
      if (pids.has(pid)) continue;
      yield { what: `a lock of process ${pid}, which is not in the dump`, place: { image, entry } };
    }
  },
};

/** All of them. */
export const LOSSES: readonly LossRule[] = [
  locks,
  locksOfNobody,
  halfPipes,
  closedConnections,
  linkedRemap,
  rules,
  nftables,
];
