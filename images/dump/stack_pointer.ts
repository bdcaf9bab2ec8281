/**
 * Stack pointers of threads.
 *
 * @module
 */

import type { CoreEntry } from "../../proto/types.ts";

/** The register that is the stack pointer by each machine's calling convention. */
const STACK_POINTERS: ReadonlyArray<(core: CoreEntry) => bigint | number | undefined> = [
  (core) => core.thread_info?.gpregs.sp,
  (core) => core.ti_aarch64?.gpregs.sp,
  (core) => core.ti_arm?.gpregs.sp,
  (core) => core.ti_ppc64?.gpregs.gpr?.[1],
  (core) => core.ti_s390?.gpregs.gprs?.[15],
  (core) => core.ti_mips?.gpregs.r29,
  (core) => core.ti_loongarch64?.gpregs.regs?.[3],
  (core) => core.ti_riscv64?.gpregs.sp,
];

/** Address of the top of a thread's stack; undefined if its registers are unknown. */
export function stackPointerOf(core: CoreEntry): bigint | undefined {
  for (const read of STACK_POINTERS) {
    const value = read(core);
    if (value !== undefined) return BigInt(value);
  }
  return undefined;
}
