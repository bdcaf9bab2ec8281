/**
 * 64-bit MIPS, little-endian (CRIU runs on Loongson 3), n64 ABI: `MIPS64_EF_*` of Linux's
 * `arch/mips/include/asm/elf.h`.
 *
 * @module
 */

import { MACHINES } from "../../kernel/machines.ts";
import { u32, u64, zeros } from "../elf/layout.ts";
import { type Architecture, note, NT_FPREGSET, registers } from "./architecture.ts";

/** `EF_MIPS_ARCH_64R2`. */
const ARCH_64R2 = 0x80000000;

// deno-fmt-ignore
const r0to31 = u64(
  "r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "r12", "r13", "r14",
  "r15", "r16", "r17", "r18", "r19", "r20", "r21", "r22", "r23", "r24", "r25", "r26", "r27", "r28",
  "r29", "r30", "r31",
);

/** 64-bit MIPS. */
export const mips: Architecture = {
  ...MACHINES.MIPS,
  machine: 8,
  bits: 64,
  flags: ARCH_64R2,
  userSize: 4,
  registers: registers((core) => core.ti_mips?.gpregs, [
    r0to31,
    u64("lo", "hi", "cp0_epc", "cp0_badvaddr", "cp0_status", "cp0_cause"),
    // The rest of the 45 words of elf_gregset_t.
    zeros(7 * 8),
  ]),
  notes: [
    note("CORE", NT_FPREGSET, (core) => core.ti_mips?.fpregs, [
      r0to31,
      u32("fpu_fcr31", "fpu_id"),
    ]),
  ],
};
