/**
 * AArch64: `struct user_pt_regs`, `user_fpsimd_state`, `user_pac_address_keys` and
 * `user_pac_generic_keys` of Linux's `arch/arm64/include/uapi/asm/ptrace.h`.
 *
 * @module
 */

import { MACHINES } from "../../kernel/machines.ts";
import { list, u32, u64, zeros } from "../elf/layout.ts";
import { type Architecture, note, NT_FPREGSET, registers } from "./architecture.ts";

const NT_ARM_TLS = 0x401;
const NT_ARM_PACA_KEYS = 0x407;
const NT_ARM_PACG_KEYS = 0x408;
const NT_ARM_PAC_ENABLED_KEYS = 0x40a;

/** AArch64. */
export const aarch64: Architecture = {
  ...MACHINES.AARCH64,
  machine: 183,
  bits: 64,
  flags: 0,
  userSize: 4,
  registers: registers((core) => core.ti_aarch64?.gpregs, [
    list("regs", 31),
    u64("sp", "pc", "pstate"),
  ]),
  notes: [
    note("CORE", NT_FPREGSET, (core) => core.ti_aarch64?.fpsimd, [
      // 32 registers of 128 bits, each as its low and its high half.
      list("vregs", 64),
      u32("fpsr", "fpcr"),
      zeros(8),
    ]),
    note("LINUX", NT_ARM_TLS, (core) => core.ti_aarch64, [u64("tls")]),
    note("LINUX", NT_ARM_PAC_ENABLED_KEYS, (core) => core.ti_aarch64?.pac_keys?.pac_address_keys, [
      u64("pac_enabled_key"),
    ]),
    note("LINUX", NT_ARM_PACA_KEYS, (core) => core.ti_aarch64?.pac_keys?.pac_address_keys, [
      u64("apiakey_lo", "apiakey_hi", "apibkey_lo", "apibkey_hi"),
      u64("apdakey_lo", "apdakey_hi", "apdbkey_lo", "apdbkey_hi"),
    ]),
    note("LINUX", NT_ARM_PACG_KEYS, (core) => core.ti_aarch64?.pac_keys?.pac_generic_keys, [
      u64("apgakey_lo", "apgakey_hi"),
    ]),
  ],
};
