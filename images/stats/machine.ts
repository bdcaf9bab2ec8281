/** The machine of a dump. @module */

import type { ByteOrder } from "../bytes/byte_order.ts";
import type { Dump } from "../dump/dump.ts";
import type { Task } from "../dump/task.ts";
import { machineOf } from "../kernel/machines.ts";

/** Properties of the machine. */
export interface MachineStats {
  /** Its name; undefined in a pre-dump, which does not contain it. */
  readonly name: string | undefined;
  /** Byte order of its memory and of the images. */
  readonly byteOrder: ByteOrder;
  /** Size of its pages in bytes. */
  readonly pageSize: number;
  /** Security module: `NO_LSM`, `SELINUX` or `APPARMOR`; undefined before CRIU 1.6. */
  readonly lsm: string | undefined;
  /** Security labels or profiles of threads. */
  readonly profiles: readonly string[];
}

/** Properties of the machine, from the first task that has them. */
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
