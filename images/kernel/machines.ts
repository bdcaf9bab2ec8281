/**
 * The machines that CRIU dumps, by what a core image calls them (CRIU: images/core.proto, `march`).
 *
 * @module
 */

import type { ByteOrder } from "../bytes/byte_order.ts";

/** A kind of machine. */
export interface MachineType {
  /** Name for people: `x86-64`. */
  readonly name: string;
  /** How it keeps words in memory, and so in images. */
  readonly order: ByteOrder;
  /** What uname(1) calls it. */
  readonly uname: RegExp;
}

/** By `core_entry.mtype`. Of all of them s390x alone is big-endian (CRIU: Makefile). */
export const MACHINES = {
  X86_64: { name: "x86-64", order: "little", uname: /^x86_64$/ },
  ARM: { name: "ARM", order: "little", uname: /^arm/ },
  AARCH64: { name: "AArch64", order: "little", uname: /^(aarch64|arm64)$/ },
  PPC64: { name: "ppc64le", order: "little", uname: /^ppc64/ },
  S390: { name: "s390x", order: "big", uname: /^s390x$/ },
  MIPS: { name: "mips64el", order: "little", uname: /^mips/ },
  LOONGARCH64: { name: "LoongArch64", order: "little", uname: /^loongarch64$/ },
  RISCV64: { name: "riscv64", order: "little", uname: /^riscv64$/ },
} as const satisfies Readonly<Record<string, MachineType>>;

/** The machine of this `mtype`; undefined for one that CRIU 4.2 does not know. */
export function machineOf(mtype: string | number): MachineType | undefined {
  return Object.hasOwn(MACHINES, mtype) ? MACHINES[mtype as keyof typeof MACHINES] : undefined;
}
