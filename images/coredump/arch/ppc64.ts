/**
 * 64-bit PowerPC, little-endian: `struct pt_regs` of Linux's
 * `arch/powerpc/include/uapi/asm/ptrace.h`, `elf_gregset_t`, `elf_fpregset_t` and
 * `elf_vrregset_t` of `asm/elf.h`.
 *
 * @module
 */

import type { CoreEntry, UserPpc64RegsEntry } from "../../../proto/types.ts";
import { MACHINES } from "../../kernel/machines.ts";
import { list, type StructLayout, u32, u64, zeros } from "../elf/layout.ts";
import { type Architecture, note, NT_FPREGSET, registers } from "./architecture.ts";

const NT_PPC_VMX = 0x100;
const NT_PPC_VSX = 0x102;
const NT_PPC_TM_CGPR = 0x108;
const NT_PPC_TM_CFPR = 0x109;
const NT_PPC_TM_CVMX = 0x10a;
const NT_PPC_TM_CVSX = 0x10b;
const NT_PPC_TM_SPR = 0x10c;
/** `e_flags` of ELFv2, the ABI of all little-endian programs. */
const ELF_V2 = 2;

const general: StructLayout<UserPpc64RegsEntry> = [
  list("gpr", 32),
  u64("nip", "msr", "orig_gpr3", "ctr", "link", "xer", "ccr"),
  zeros(8),
  u64("trap"),
  // dar, dsisr and result, and the rest of the 48 words of elf_gregset_t.
  zeros(7 * 8),
];
// The last of the 33 is the fpscr.
const floating = [list("fpregs", 33)];
// 33 registers of 128 bits (the last is the vscr), then the vrsave in another 128 bits.
const vector = [list("vrregs", 66), u32("vrsave"), zeros(12)];
// The low halves of the first 32 VSX registers; the high halves are floating point registers.
const vsx = [list("vsxregs", 32)];

/**
 * The registers that the thread was using. In a transaction, CRIU stores these separately, and the
 * checkpointed registers in their place.
 */
const current = (core: CoreEntry) => core.ti_ppc64?.tmstate ?? core.ti_ppc64;
const checkpointed = (core: CoreEntry) => core.ti_ppc64?.tmstate && core.ti_ppc64;

/** 64-bit PowerPC, little-endian. */
export const ppc64: Architecture = {
  ...MACHINES.PPC64,
  machine: 21,
  bits: 64,
  flags: ELF_V2,
  userSize: 4,
  registers: registers((core) => current(core)?.gpregs, general),
  notes: [
    note("CORE", NT_FPREGSET, (core) => current(core)?.fpstate, floating),
    note("LINUX", NT_PPC_VMX, (core) => current(core)?.vrstate, vector),
    note("LINUX", NT_PPC_VSX, (core) => current(core)?.vsxstate, vsx),
    note("LINUX", NT_PPC_TM_CGPR, (core) => checkpointed(core)?.gpregs, general),
    note("LINUX", NT_PPC_TM_CFPR, (core) => checkpointed(core)?.fpstate, floating),
    note("LINUX", NT_PPC_TM_CVMX, (core) => checkpointed(core)?.vrstate, vector),
    note("LINUX", NT_PPC_TM_CVSX, (core) => checkpointed(core)?.vsxstate, vsx),
    note("LINUX", NT_PPC_TM_SPR, (core) => checkpointed(core)?.gpregs, [
      u64("tfhar", "texasr", "tfiar"),
    ]),
  ],
};
