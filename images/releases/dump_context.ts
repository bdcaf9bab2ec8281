/** Properties of a dump that the conversion of a message needs, determined on demand. @module */

import type { FileEntry, TaskKobjIdsEntry, TcpOptsEntry } from "../../proto/types.ts";
import type { Dump } from "../dump/dump.ts";

/** Value of `network_lock_method` (criu/include/cr_options.h). */
const NETWORK_LOCK_NFTABLES = 1;

/** Properties of the dump for steps and rules. */
export class DumpContext {
  #pathIds: ReadonlyMap<number, number> | undefined;
  #tcpOptions: ReadonlyMap<number, TcpOptsEntry> | undefined;
  #rootTaskIds: TaskKobjIdsEntry | null | undefined;

  constructor(readonly dump: Dump) {}

  /** Ids of CRIU's own namespaces and the like when it made the dump. */
  get criuIds(): TaskKobjIdsEntry | undefined {
    return this.dump.optionalEntry("inventory.img", "inventory_entry")?.root_ids;
  }

  /** Whether an nftables table blocked connections during the dump. */
  get isLockedByNftables(): boolean {
    const inventory = this.dump.optionalEntry("inventory.img", "inventory_entry");
    return inventory?.network_lock_method === NETWORK_LOCK_NFTABLES;
  }

  /** Ids of the root task's namespaces and the like. */
  get rootTaskIds(): TaskKobjIdsEntry | undefined {
    this.#rootTaskIds ??= this.#readRootTaskIds() ?? null;
    return this.#rootTaskIds ?? undefined;
  }

  /**
   * Ids of the REG files with the paths of FIFOs and terminals, with the id of the FIFO or
   * terminal; until CRIU 3.6, both had one id. Contains only those for which this is possible.
   */
  get pathIds(): ReadonlyMap<number, number> {
    return this.#pathIds ??= pathIdsOf(this.dump);
  }

  /** TCP options by the socket's `ino`, if the dump has a tcp-stream image for it. */
  get tcpOptions(): ReadonlyMap<number, TcpOptsEntry> {
    if (this.#tcpOptions === undefined) {
      const options = new Map<number, TcpOptsEntry>();
      for (const { isk } of this.dump.files.ofType("INETSK").values()) {
        if (isk?.tcp_opts !== undefined && this.dump.has(streamImage(isk.ino))) {
          options.set(isk.ino, isk.tcp_opts);
        }
      }
      this.#tcpOptions = options;
    }
    return this.#tcpOptions;
  }

  #readRootTaskIds(): TaskKobjIdsEntry | undefined {
    const { dump } = this;
    const [root] = dump.optionalEntries("pstree.img", "pstree_entry");
    if (root === undefined) return undefined;
    return dump.optionalEntry(`ids-${root.pid}.img`, "task_kobj_ids_entry") ??
      dump.optionalEntry(`core-${root.pid}.img`, "core_entry")?.ids;
  }
}

/** Name of the image with the stream of a TCP socket. */
export function streamImage(ino: number): string {
  return `tcp-stream-${ino.toString(16)}.img`;
}

function pathIdsOf(dump: Dump): Map<number, number> {
  const ids = new Map<number, number>();
  const taken = new Set(dump.files.ofType("REG").keys());
  const owners: FileEntry[] = [
    ...dump.files.ofType("FIFO").values(),
    ...dump.files.ofType("TTY").values(),
  ];
  for (const owner of owners) {
    const path = owner.fifo?.regf_id ?? owner.tty?.regf_id;
    if (path === undefined || path === owner.id || ids.has(path) || taken.has(owner.id)) continue;
    ids.set(path, owner.id);
    taken.add(owner.id);
  }
  return ids;
}
