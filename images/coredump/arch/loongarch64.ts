/**
 * LoongArch64: `struct user_pt_regs` and `user_fp_state` of Linux's
 * `arch/loongarch/include/uapi/asm/ptrace.h`.
 *
 * @module
 */

import { MACHINES } from "../../kernel/machines.ts";
import { list, u32, u64, zeros } from "../elf/layout.ts";
import { type Architecture, note, NT_FPREGSET, registers } from "./architecture.ts";

/** `EF_LOONGARCH_ABI_DOUBLE_FLOAT` with object file ABI 1. */
const DOUBLE_FLOAT = 0x43;

/** LoongArch64. */
export const loongarch64: Architecture = {
  ...MACHINES.LOONGARCH64,
  machine: 258,
  bits: 64,
  flags: DOUBLE_FLOAT,
  userSize: 4,
  registers: registers((core) => core.ti_loongarch64?.gpregs, [
    list("regs", 32),
    // orig_a0
    zeros(8),
    u64("pc"),
    // csr_badv, and ten reserved words.
    zeros(11 * 8),
  ]),
  notes: [
    note("CORE", NT_FPREGSET, (core) => core.ti_loongarch64?.fpregs, [
      list("regs", 32),
      u64("fcc"),
      u32("fcsr"),
      zeros(4),
    ]),
  ],
};
