/**
 * What gdb should say of the registers of each machine that CRIU dumps.
 *
 * @module
 */

import type { CoreEntry, ThreadInfoX86 } from "../../../proto/types.ts";

/** What gdb says of an expression, and what it should say. */
export type Expected = readonly [expression: string, value: string];

/** How a machine's registers look in gdb. */
export interface Machine {
  mtype: string;
  /** Name of the test, where `mtype` does not tell it. */
  name?: string;
  machine: number;
  bits: 32 | 64;
  order: "little" | "big";
  pageSize: number;
  /** AT_HWCAP, from which gdb tells what registers there are. */
  hwcap?: bigint;
  /** Makes of the synthetic values what a real thread could have. */
  adjust: (core: CoreEntry) => void;
  registers: (core: CoreEntry) => Expected[];
}

const hex = (value: number | bigint, bits = 64) =>
  `0x${BigInt.asUintN(bits, BigInt(value)).toString(16)}`;
const pair = (high: bigint, low: bigint) => hex(high << 64n | low, 128);
const set = (values: Array<number | bigint>, bits = 64) =>
  `{${values.map((value) => hex(value, bits)).join(", ")}}`;
const at = (core: CoreEntry) => (core as unknown as { thread_info: ThreadInfoX86 }).thread_info;

/** Instructions do not begin anywhere. */
const aligned = (address: bigint) => address & ~0xffn;

/** The 32-bit words from `from` on as 64-bit values. */
function wide(words: readonly number[], from: number, count: number): bigint[] {
  return Array.from({ length: count }, (_, i) => {
    const low = BigInt(words[from + 2 * i]!);
    return BigInt(words[from + 2 * i + 1]!) << 32n | low;
  });
}

/** Vector registers as they are spread over the parts of an XSAVE area. */
function vectors({ fpregs }: ThreadInfoX86, isCompat: boolean): Expected[] {
  const xsave = fpregs.xsave!;
  const found: Expected[] = [
    ["$fctrl", hex(fpregs.cwd, 16)],
    ["$fstat", hex(fpregs.swd, 16)],
    ["$mxcsr", hex(fpregs.mxcsr)],
    ["$pkru", hex(xsave.pkru![0]!)],
  ];
  for (let i = 0; i < 8; i++) {
    const [low, high] = wide(fpregs.st_space!, 4 * i, 2);
    found.push([`$st${i}`, hex(high! << 64n | low!, 80)]);
  }
  for (let i = 0; i < 8; i++) found.push([`$k${i}`, hex(xsave.opmask_reg![i]!)]);
  for (let i = 0; i < (isCompat ? 8 : 32); i++) {
    const low = i < 16
      ? [
        ...wide(fpregs.xmm_space!, 4 * i, 2),
        ...wide(xsave.ymmh_space!, 4 * i, 2),
        ...xsave.zmm_upper!.slice(4 * i, 4 * i + 4),
      ]
      : xsave.hi16_zmm!.slice(8 * (i - 16), 8 * (i - 16) + 8);
    found.push([`$zmm${i}.v8_int64`, set(low)]);
  }
  return found;
}

/** The machines that gdb knows, 32-bit tasks on x86-64 apart. */
export const MACHINES: readonly Machine[] = [
  {
    mtype: "X86_64",
    machine: 62,
    bits: 64,
    order: "little",
    pageSize: 4096,
    adjust: (core) => {
      at(core).gpregs.ip = aligned(at(core).gpregs.ip);
      at(core).fpregs.xsave!.xstate_bv = 0x2ffn;
    },
    registers: (core) => {
      const r = at(core).gpregs;
      return [
        ...(["r15", "r14", "r13", "r12", "r11", "r10", "r9", "r8"] as const).map((name) =>
          [`$${name}`, hex(r[name])] as const
        ),
        ...(["ax", "bx", "cx", "dx", "si", "di", "bp", "sp"] as const).map((name) =>
          [`$r${name}`, hex(r[name])] as const
        ),
        ...(["cs", "ss", "ds", "es", "fs", "gs"] as const).map((name) =>
          [`$${name}`, hex(r[name], 32)] as const
        ),
        ["$rip", hex(r.ip)],
        ["$eflags", hex(r.flags, 32)],
        ["$orig_rax", hex(r.orig_ax)],
        ["$fs_base", hex(r.fs_base)],
        ["$gs_base", hex(r.gs_base)],
        ...vectors(at(core), false),
      ];
    },
  },
  {
    mtype: "X86_64",
    name: "i386",
    machine: 3,
    bits: 32,
    order: "little",
    pageSize: 4096,
    adjust: (core) => {
      const { gpregs, fpregs } = at(core);
      gpregs.mode = "COMPAT";
      gpregs.ip = aligned(gpregs.ip);
      fpregs.xsave!.xstate_bv = 0x2ffn;
    },
    registers: (core) => {
      const { gpregs: r, fpregs } = at(core);
      const top = fpregs.swd >> 11 & 7;
      return [
        ...(["ax", "bx", "cx", "dx", "si", "di", "bp", "sp"] as const).map((name) =>
          [`$e${name}`, hex(r[name], 32)] as const
        ),
        ...(["cs", "ss", "ds", "es", "fs", "gs"] as const).map((name) =>
          [`$${name}`, hex(r[name], 32)] as const
        ),
        ["$eip", hex(r.ip, 32)],
        ["$eflags", hex(r.flags, 32)],
        ["$orig_eax", hex(r.orig_ax, 32)],
        // FXSAVE says which of the eight physical registers are in use.
        ...Array.from({ length: 8 }, (_, i): Expected => {
          const isInUse = (fpregs.twd >> (i + top & 7) & 1) === 1;
          return [`($ftag >> ${2 * (i + top & 7)} & 3) != 3`, isInUse ? "0x1" : "0x0"];
        }),
        ...vectors(at(core), true),
      ];
    },
  },
  {
    mtype: "AARCH64",
    machine: 183,
    bits: 64,
    order: "little",
    pageSize: 65536,
    adjust: (core) => {
      core.ti_aarch64!.gpregs.pc = aligned(core.ti_aarch64!.gpregs.pc);
    },
    registers: (core) => {
      const { gpregs, fpsimd, tls } = core.ti_aarch64!;
      return [
        ...gpregs.regs!.map((value, i): Expected => [`$x${i}`, hex(value)]),
        ["$sp", hex(gpregs.sp)],
        ["$pc", hex(gpregs.pc)],
        ["$cpsr", hex(gpregs.pstate, 32)],
        ["$fpsr", hex(fpsimd.fpsr)],
        ["$fpcr", hex(fpsimd.fpcr)],
        ["$tpidr", hex(tls)],
        ...Array.from({ length: 32 }, (_, i): Expected => [
          `$q${i}.u`,
          pair(fpsimd.vregs![2 * i + 1]!, fpsimd.vregs![2 * i]!),
        ]),
      ];
    },
  },
  {
    mtype: "ARM",
    machine: 40,
    bits: 32,
    order: "little",
    pageSize: 4096,
    // HWCAP_VFP, HWCAP_NEON and HWCAP_VFPv3
    hwcap: 1n << 6n | 1n << 12n | 1n << 13n,
    adjust: (core) => {
      const { gpregs } = core.ti_arm!;
      gpregs.pc = (gpregs.pc & ~0xff) >>> 0;
    },
    registers: (core) => {
      const { gpregs: r, fpstate } = core.ti_arm!;
      return [
        ...[r.r0, r.r1, r.r2, r.r3, r.r4, r.r5, r.r6, r.r7, r.r8, r.r9, r.r10, r.fp, r.ip]
          .map((value, i): Expected => [`$r${i}`, hex(value)]),
        ["$sp", hex(r.sp)],
        ["$lr", hex(r.lr)],
        ["$pc", hex(r.pc)],
        ["$cpsr", hex(r.cpsr)],
        ["$fpscr", hex(fpstate.fpscr)],
        ...fpstate.vfp_regs!.map((value, i): Expected => [`$d${i}`, hex(value)]),
      ];
    },
  },
  {
    mtype: "PPC64",
    machine: 21,
    bits: 64,
    order: "little",
    pageSize: 65536,
    adjust: (core) => {
      core.ti_ppc64!.gpregs.nip = aligned(core.ti_ppc64!.gpregs.nip);
    },
    registers: (core) => {
      const { gpregs: r, fpstate, vrstate, vsxstate } = core.ti_ppc64!;
      const [fp, vr, vsx] = [fpstate!.fpregs!, vrstate!.vrregs!, vsxstate!.vsxregs!];
      return [
        ...r.gpr!.map((value, i): Expected => [`$r${i}`, hex(value)]),
        ["$pc", hex(r.nip)],
        ["$msr", hex(r.msr)],
        ["$cr", hex(r.ccr, 32)],
        ["$lr", hex(r.link)],
        ["$ctr", hex(r.ctr)],
        ["$xer", hex(r.xer, 32)],
        ["$orig_r3", hex(r.orig_gpr3)],
        ["$trap", hex(r.trap)],
        ["$fpscr", hex(fp[32]!, 32)],
        ["$vscr", hex(vr[64]!, 32)],
        ["$vrsave", hex(vrstate!.vrsave)],
        ...Array.from({ length: 32 }, (_, i): Expected => [
          `$vr${i}.uint128`,
          pair(vr[2 * i + 1]!, vr[2 * i]!),
        ]),
        ...Array.from({ length: 32 }, (_, i): Expected => [
          `$vs${i}.uint128`,
          pair(fp[i]!, vsx[i]!),
        ]),
      ];
    },
  },
  {
    mtype: "S390",
    machine: 22,
    bits: 64,
    order: "big",
    pageSize: 4096,
    // HWCAP_S390_VXRS and HWCAP_S390_GS
    hwcap: 1n << 11n | 1n << 14n,
    adjust: (core) => {
      const { gpregs } = core.ti_s390!;
      gpregs.psw_addr = aligned(gpregs.psw_addr);
    },
    registers: (core) => {
      const { gpregs: r, fpregs, vxrs_low, vxrs_high, gs_cb, gs_bc } = core.ti_s390!;
      const high = vxrs_high!.regs!;
      return [
        ["$pswm", hex(r.psw_mask)],
        ["$pswa", hex(r.psw_addr)],
        ...r.gprs!.map((value, i): Expected => [`$r${i}`, hex(value)]),
        ...r.acrs!.map((value, i): Expected => [`$acr${i}`, hex(value)]),
        ["$orig_r2", hex(r.orig_gpr2)],
        ["$system_call", hex(r.system_call)],
        ["$fpc", hex(fpregs.fpc)],
        ...vxrs_low!.regs!.map((low, i): Expected => [
          `$v${i}.uint128`,
          pair(fpregs.fprs![i]!, low),
        ]),
        ...Array.from({ length: 16 }, (_, i): Expected => [
          `$v${16 + i}.uint128`,
          pair(high[2 * i]!, high[2 * i + 1]!),
        ]),
        ...["gsd", "gssm", "gsepla"].map((name, i): Expected => [
          `$${name}`,
          hex(gs_cb!.regs![i + 1]!),
        ]),
        ...["bc_gsd", "bc_gssm", "bc_gsepla"].map((name, i): Expected => [
          `$${name}`,
          hex(gs_bc!.regs![i + 1]!),
        ]),
      ];
    },
  },
  {
    mtype: "MIPS",
    machine: 8,
    bits: 64,
    order: "little",
    pageSize: 16384,
    adjust: (core) => {
      core.ti_mips!.gpregs.cp0_epc = aligned(core.ti_mips!.gpregs.cp0_epc);
    },
    registers: (core) => {
      const { gpregs: r, fpregs: f } = core.ti_mips!;
      const named = (message: object, name: string) => (message as Record<string, bigint>)[name]!;
      return [
        // Register 0 is 0 whatever is stored.
        ...Array.from({ length: 31 }, (_, i): Expected => [
          `$r${i + 1}`,
          hex(named(r, `r${i + 1}`)),
        ]),
        ["$lo", hex(r.lo)],
        ["$hi", hex(r.hi)],
        ["$pc", hex(r.cp0_epc)],
        ["$bad", hex(r.cp0_badvaddr)],
        ["$sr", hex(r.cp0_status)],
        ["$cause", hex(r.cp0_cause)],
        ...Array.from({ length: 32 }, (_, i): Expected => [`$f${i}`, hex(named(f, `r${i}`))]),
        ["$fsr", hex(f.fpu_fcr31)],
        ["$fir", hex(f.fpu_id)],
      ];
    },
  },
  {
    mtype: "RISCV64",
    machine: 243,
    bits: 64,
    order: "little",
    pageSize: 4096,
    adjust: (core) => {
      core.ti_riscv64!.gpregs.pc = aligned(core.ti_riscv64!.gpregs.pc);
    },
    registers: (core) => {
      const { gpregs: r, fpsimd } = core.ti_riscv64!;
      // In the order of their numbers, x1 to x31.
      // deno-fmt-ignore
      const numbered = [
        r.ra, r.sp, r.gp, r.tp, r.t0, r.t1, r.t2, r.s0, r.s1, r.a0, r.a1, r.a2, r.a3, r.a4, r.a5,
        r.a6, r.a7, r.s2, r.s3, r.s4, r.s5, r.s6, r.s7, r.s8, r.s9, r.s10, r.s11, r.t3, r.t4, r.t5,
        r.t6,
      ];
      return [
        ["$pc", hex(r.pc)],
        ...numbered.map((value, i): Expected => [`$x${i + 1}`, hex(value)]),
        ...fpsimd.f!.map((value, i): Expected => [`$f${i}.double`, hex(value)]),
        ["$fcsr", hex(fpsimd.fcsr)],
      ];
    },
  },
];
