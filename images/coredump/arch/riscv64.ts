/**
 * RISC-V, 64 bits: `struct user_regs_struct` and `__riscv_d_ext_state` of Linux's
 * `arch/riscv/include/uapi/asm/ptrace.h`.
 *
 * @module
 */

import { MACHINES } from "../../kernel/machines.ts";
import { list, u32, u64, zeros } from "../elf/layout.ts";
import { type Architecture, note, NT_FPREGSET, registers } from "./architecture.ts";

/** `EF_RISCV_RVC` and `EF_RISCV_FLOAT_ABI_DOUBLE`, for which Linux distributions are built. */
const RVC_DOUBLE = 0x5;

/** 64-bit RISC-V. */
export const riscv64: Architecture = {
  ...MACHINES.RISCV64,
  machine: 243,
  bits: 64,
  flags: RVC_DOUBLE,
  userSize: 4,
  registers: registers((core) => core.ti_riscv64?.gpregs, [
    u64("pc", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1"),
    u64("a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7"),
    u64("s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11"),
    u64("t3", "t4", "t5", "t6"),
  ]),
  notes: [
    note("CORE", NT_FPREGSET, (core) => core.ti_riscv64?.fpsimd, [
      list("f", 32),
      u32("fcsr"),
      zeros(4),
    ]),
  ],
};
