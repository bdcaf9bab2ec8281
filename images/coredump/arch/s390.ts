/**
 * s390x, big-endian: `s390_regs`, `s390_fp_regs` and the register sets of Linux's
 * `arch/s390/include/uapi/asm/ptrace.h` and `arch/s390/kernel/ptrace.c`.
 *
 * @module
 */

import { MACHINES } from "../../kernel/machines.ts";
import { list, u32, u64, zeros } from "../elf/layout.ts";
import { type Architecture, note, NT_FPREGSET, registers } from "./architecture.ts";

const NT_S390_SYSTEM_CALL = 0x307;
const NT_S390_VXRS_LOW = 0x309;
const NT_S390_VXRS_HIGH = 0x30a;
const NT_S390_GS_CB = 0x30b;
const NT_S390_GS_BC = 0x30c;
const NT_S390_RI_CB = 0x30d;

/** s390x. */
export const s390: Architecture = {
  ...MACHINES.S390,
  machine: 22,
  bits: 64,
  flags: 0,
  userSize: 4,
  registers: registers((core) => core.ti_s390?.gpregs, [
    u64("psw_mask", "psw_addr"),
    list("gprs", 16),
    list("acrs", 16, 4),
    u64("orig_gpr2"),
  ]),
  notes: [
    note("CORE", NT_FPREGSET, (core) => core.ti_s390?.fpregs, [
      u32("fpc"),
      zeros(4),
      list("fprs", 16),
    ]),
    note("LINUX", NT_S390_SYSTEM_CALL, (core) => core.ti_s390?.gpregs, [u32("system_call")]),
    note("LINUX", NT_S390_VXRS_LOW, (core) => core.ti_s390?.vxrs_low, [list("regs", 16)]),
    note("LINUX", NT_S390_VXRS_HIGH, (core) => core.ti_s390?.vxrs_high, [list("regs", 32)]),
    note("LINUX", NT_S390_GS_CB, (core) => core.ti_s390?.gs_cb, [list("regs", 4)]),
    note("LINUX", NT_S390_GS_BC, (core) => core.ti_s390?.gs_bc, [list("regs", 4)]),
    note("LINUX", NT_S390_RI_CB, (core) => core.ti_s390?.ri_cb, [list("regs", 8)]),
  ],
};
