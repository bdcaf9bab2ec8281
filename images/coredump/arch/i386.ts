/**
 * 32-bit x86 tasks: `struct user_regs_struct` of Linux's `arch/x86/include/asm/user_32.h`,
 * `user_i387_ia32_struct` and `user_desc`.
 *
 * @module
 */

import type { CoreEntry, ThreadInfoX86, UserDescT } from "../../../proto/types.ts";
import { StructWriter } from "../elf/bytes.ts";
import { pack, u32 } from "../elf/layout.ts";
import { type Architecture, note, NT_FPREGSET, registers } from "./architecture.ts";
import { NT_X86_XSTATE } from "./x86_64.ts";
import { fxsave, packXsave } from "./xsave.ts";

const NT_PRXFPREG = 0x46e62b7f;
const NT_386_TLS = 0x200;

/** 32-bit tasks on x86-64. */
export const i386: Architecture = {
  name: "i386",
  machine: 3,
  bits: 32,
  order: "little",
  flags: 0,
  userSize: 2,
  registers: registers((core) => core.thread_info?.gpregs, [
    u32("bx", "cx", "dx", "si", "di", "bp", "ax", "ds", "es", "fs", "gs"),
    u32("orig_ax", "ip", "cs", "flags", "sp", "ss"),
  ]),
  notes: [
    { owner: "CORE", type: NT_FPREGSET, pack: packFsave },
    note("LINUX", NT_PRXFPREG, (core) => core.thread_info?.fpregs, fxsave),
    { owner: "LINUX", type: NT_X86_XSTATE, pack: packXsave },
    { owner: "LINUX", type: NT_386_TLS, pack: packTls },
  ],
};

/** The unused upper halves of 16-bit registers are ones in the area that FSAVE writes. */
const UPPER = 0xffff0000;

/** The area that FSAVE writes (108 bytes), made from the one that FXSAVE wrote. */
function packFsave(core: CoreEntry): Uint8Array | undefined {
  const info = core.thread_info;
  if (info === undefined) return undefined;
  const { fpregs, gpregs } = info;
  const area = pack(fxsave, fpregs, "little");
  const writer = new StructWriter(108, "little");
  writer.all(4, [fpregs.cwd | UPPER, fpregs.swd | UPPER, tagWord(info, area) | UPPER]);
  // The selectors at the last exception are unknown in 64-bit mode: the kernel uses the current
  // ones.
  writer.all(4, [fpregs.rip, gpregs.cs & 0xffffn, fpregs.rdp, gpregs.ds & 0xffffn | 0xffff0000n]);
  for (let i = 0; i < 8; i++) writer.raw(stackRegister(area, i));
  return writer.bytes;
}

const STACK_OFFSET = 32;

/** The 80 bits of register st(`index`) in the FXSAVE area. */
function stackRegister(area: Uint8Array, index: number): Uint8Array {
  const start = STACK_OFFSET + 16 * index;
  return area.subarray(start, start + 10);
}

/**
 * The x87 tag word: two bits for each register, valid (0), zero (1), special (2) or empty (3).
 * FXSAVE keeps only one bit: in use or not.
 */
function tagWord({ fpregs }: ThreadInfoX86, area: Uint8Array): number {
  const top = fpregs.swd >> 11 & 7;
  let tags = 0;
  for (let physical = 0; physical < 8; physical++) {
    const isInUse = (fpregs.twd >> physical & 1) === 1;
    const tag = isInUse ? tagOf(stackRegister(area, (physical - top) & 7)) : 3;
    tags |= tag << (2 * physical);
  }
  return tags;
}

function tagOf(register: Uint8Array): number {
  const exponent = (register[8]! | register[9]! << 8) & 0x7fff;
  const hasFraction = register.subarray(0, 8).some((byte) => byte !== 0);
  if (exponent === 0) return hasFraction ? 2 : 1;
  const isNormal = (register[7]! & 0x80) !== 0;
  return exponent !== 0x7fff && isNormal ? 0 : 2;
}

/** The thread-local storage descriptors, each a `struct user_desc`. */
function packTls(core: CoreEntry): Uint8Array | undefined {
  const descriptors = core.thread_info?.tls ?? [];
  if (descriptors.length === 0) return undefined;
  const writer = new StructWriter(16 * descriptors.length, "little");
  for (const descriptor of descriptors) {
    const { entry_number, base_addr, limit } = descriptor;
    writer.all(4, [entry_number, base_addr, limit, descriptorFlags(descriptor)]);
  }
  return writer.bytes;
}

/** The bit field at the end of `struct user_desc`, from its lowest bit. */
function descriptorFlags(descriptor: UserDescT): number {
  const bits = [
    descriptor.seg_32bit,
    descriptor.contents_l,
    descriptor.contents_h,
    descriptor.read_exec_only,
    descriptor.limit_in_pages,
    descriptor.seg_not_present,
    descriptor.usable,
  ];
  return bits.reduce((flags, isSet, bit) => isSet ? flags | 1 << bit : flags, 0);
}
