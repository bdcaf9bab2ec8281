/**
 * 32-bit ARM: `struct pt_regs` and `user_vfp` of Linux's `arch/arm/include/asm/`.
 *
 * @module
 */

import { MACHINES } from "../../kernel/machines.ts";
import { list, u32 } from "../elf/layout.ts";
import { type Architecture, note, registers } from "./architecture.ts";

const NT_ARM_VFP = 0x400;
const NT_ARM_TLS = 0x401;
/** `EF_ARM_EABI_VER5`. */
const EABI_5 = 0x05000000;

/** 32-bit ARM. */
export const arm: Architecture = {
  ...MACHINES.ARM,
  machine: 40,
  bits: 32,
  flags: EABI_5,
  userSize: 2,
  registers: registers((core) => core.ti_arm?.gpregs, [
    u32("r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10"),
    u32("fp", "ip", "sp", "lr", "pc", "cpsr", "orig_r0"),
  ]),
  notes: [
    note("LINUX", NT_ARM_VFP, (core) => core.ti_arm?.fpstate, [
      list("vfp_regs", 32),
      u32("fpscr"),
    ]),
    note("LINUX", NT_ARM_TLS, (core) => core.ti_arm, [u32("tls")]),
  ],
};
