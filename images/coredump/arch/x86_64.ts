/**
 * x86-64: `struct user_regs_struct` of Linux's `arch/x86/include/asm/user_64.h` and the register
 * sets of `arch/x86/kernel/ptrace.c`.
 *
 * @module
 */

import { MACHINES } from "../../kernel/machines.ts";
import { u64 } from "../elf/layout.ts";
import { type Architecture, note, NT_FPREGSET, registers } from "./architecture.ts";
import { fxsave, packXsave } from "./xsave.ts";

/** The XSAVE area. */
export const NT_X86_XSTATE = 0x202;
const NT_X86_SHSTK = 0x204;

/** x86-64. */
export const x86_64: Architecture = {
  ...MACHINES.X86_64,
  machine: 62,
  bits: 64,
  flags: 0,
  userSize: 4,
  registers: registers((core) => core.thread_info?.gpregs, [
    u64("r15", "r14", "r13", "r12", "bp", "bx", "r11", "r10", "r9", "r8"),
    u64("ax", "cx", "dx", "si", "di", "orig_ax", "ip", "cs", "flags", "sp", "ss"),
    u64("fs_base", "gs_base", "ds", "es", "fs", "gs"),
  ]),
  notes: [
    note("CORE", NT_FPREGSET, (core) => core.thread_info?.fpregs, fxsave),
    { owner: "LINUX", type: NT_X86_XSTATE, pack: packXsave },
    note("LINUX", NT_X86_SHSTK, (core) => core.thread_info?.fpregs.xsave?.cet, [u64("ssp")]),
  ],
};
