/**
 * The machine that was dumped.
 *
 * @module
 */

import type { ByteOrder } from "../bytes/byte_order.ts";
import type { Dump } from "../dump/dump.ts";
import type { Task } from "../dump/task.ts";
import { machineOf } from "../kernel/machines.ts";

/** What a dump tells of its machine. */
export interface MachineStats {
  /** Its name; undefined in a pre-dump, which does not tell it. */
  readonly name: string | undefined;
  /** How words lie in its memory and in the images. */
  readonly byteOrder: ByteOrder;
  /** Size of its pages in bytes. */
  readonly pageSize: number;
  /** Security module: `NO_LSM`, `SELINUX` or `APPARMOR`; undefined before CRIU 1.6. */
  readonly lsm: string | undefined;
  /** Labels or profiles of threads. */
  readonly profiles: readonly string[];
}

/** The machine of a dump, by its first task that tells it. */
export function machineStats(dump: Dump, tasks: readonly Task[]): MachineStats {
  const mtype = tasks.find(({ core }) => core !== undefined)?.core?.mtype;
  const name = mtype === undefined ? undefined : machineOf(mtype)?.name ?? String(mtype);
  const lsm = dump.inventory?.lsmtype;
  const threads = tasks.flatMap((task) => task.isDead ? [] : task.threads);
  return {
    name,
    byteOrder: dump.byteOrder,
    pageSize: dump.pageSize,
    lsm: lsm === undefined ? undefined : `${lsm}`,
    profiles: [...new Set(threads.flatMap(({ creds }) => creds?.lsm_profile ?? []))].sort(),
  };
}
