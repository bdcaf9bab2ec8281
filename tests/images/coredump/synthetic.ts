/**
 * Core entries whose every register has a value of its own, and small core files from them.
 *
 * @module
 */

import { architectureOf } from "../../../images/coredump/arch/mod.ts";
import { runsOf } from "../../../images/coredump/copy.ts";
import { layOut } from "../../../images/coredump/core_file.ts";
import type { ByteSource } from "../../../images/coredump/memory.ts";
import { notesOf, type Process } from "../../../images/coredump/notes.ts";
import { type CoreArea, Segments } from "../../../images/coredump/segments.ts";
import { Kind, messageSchema } from "../../../images/protobuf/schema.ts";
import type { CoreEntry } from "../../../proto/types.ts";

/** How many values CRIU writes into the repeated fields of registers. */
const COUNTS: Readonly<Record<string, number>> = {
  "user_aarch64_regs_entry.regs": 31,
  "user_aarch64_fpsimd_context_entry.vregs": 64,
  "user_arm_vfpstate_entry.vfp_regs": 32,
  "user_ppc64_regs_entry.gpr": 32,
  "user_ppc64_fpstate_entry.fpregs": 33,
  "user_ppc64_vrstate_entry.vrregs": 66,
  "user_ppc64_vsxstate_entry.vsxregs": 32,
  "user_s390_regs_entry.gprs": 16,
  "user_s390_regs_entry.acrs": 16,
  "user_s390_vxrs_low_entry.regs": 16,
  "user_s390_vxrs_high_entry.regs": 32,
  "user_s390_fpregs_entry.fprs": 16,
  "user_s390_gs_cb_entry.regs": 4,
  "user_s390_ri_entry.regs": 8,
  "user_loongarch64_gpregs_entry.regs": 32,
  "user_loongarch64_fpregs_entry.regs": 32,
  "user_riscv64_d_ext_entry.f": 32,
  "user_x86_fpregs_entry.st_space": 32,
  "user_x86_fpregs_entry.xmm_space": 64,
  "user_x86_fpregs_entry.padding": 0,
  "user_x86_xsave_entry.ymmh_space": 64,
  "user_x86_xsave_entry.bndreg_state": 8,
  "user_x86_xsave_entry.bndcsr_state": 8,
  "user_x86_xsave_entry.opmask_reg": 8,
  "user_x86_xsave_entry.zmm_upper": 64,
  "user_x86_xsave_entry.hi16_zmm": 128,
  "user_x86_xsave_entry.pkru": 2,
  "thread_info_x86.tls": 3,
};

/** Fields that would change which registers a thread has. */
const LEFT_OUT = ["mode", "tmstate"];

/** Distinct values from a number on; each of a register's bytes differs from its neighbour's. */
class Values {
  #last: bigint;

  constructor(first: number) {
    this.#last = BigInt(first);
  }

  next(kind: Kind): unknown {
    this.#last++;
    // No byte of the top halves is lost where a register is wider than its value.
    if (kind === Kind.Uint64) return BigInt.asUintN(64, this.#last * 0x9e3779b97f4a7c15n);
    if (kind === Kind.Uint32) return Number(BigInt.asUintN(32, this.#last * 0x9e3779b1n));
    if (kind === Kind.Bool) return this.#last % 2n === 0n;
    throw new Error(`no values of kind ${kind}`);
  }

  /** A message with a value in every field. */
  message(name: string): Record<string, unknown> {
    const message: Record<string, unknown> = {};
    for (const field of messageSchema(name).fields) {
      if (LEFT_OUT.includes(field.name)) continue;
      const one = () =>
        field.kind === Kind.Message ? this.message(field.typeName!) : this.next(field.kind);
      const count = COUNTS[`${name}.${field.name}`];
      if (field.label !== "repeated") message[field.name] = one();
      else if (count === undefined) throw new Error(`${name}.${field.name}: how many values?`);
      else if (count > 0) message[field.name] = Array.from({ length: count }, one);
    }
    return message;
  }
}

/** Field and message of a machine's registers in `core_entry`. */
const THREAD_INFO: Readonly<Record<string, readonly [field: string, message: string]>> = {
  X86_64: ["thread_info", "thread_info_x86"],
  AARCH64: ["ti_aarch64", "thread_info_aarch64"],
  ARM: ["ti_arm", "thread_info_arm"],
  PPC64: ["ti_ppc64", "thread_info_ppc64"],
  S390: ["ti_s390", "thread_info_s390"],
  MIPS: ["ti_mips", "thread_info_mips"],
  LOONGARCH64: ["ti_loongarch64", "thread_info_loongarch64"],
  RISCV64: ["ti_riscv64", "thread_info_riscv64"],
};

/** A thread's core entry; the values of its registers follow from `seed`. */
export function syntheticCore(mtype: string, seed: number): CoreEntry {
  const [field, message] = THREAD_INFO[mtype]!;
  const core = { mtype, [field]: new Values(seed * 1000).message(message) } as unknown as CoreEntry;
  core.thread_core = { futex_rla: 0n, futex_rla_len: 0, sched_nice: -5, blk_sigset: 0x1002n };
  return core;
}

/** A process of two threads, 100 and 101. */
export function syntheticProcess(mtype: string, auxv: bigint[]): Process {
  const main = syntheticCore(mtype, 1);
  main.tc = {
    task_state: 1,
    exit_code: 0,
    personality: 0,
    flags: 0x40000040,
    blk_sigset: 0x1002n,
    comm: "synthetic",
  };
  return {
    pid: 100,
    ppid: 1,
    pgid: 99,
    sid: 98,
    threads: [
      { tid: 100, core: main, pendingSignals: [] },
      { tid: 101, core: syntheticCore(mtype, 2), pendingSignals: [] },
    ],
    auxiliaryVector: auxv,
    arguments: new TextEncoder().encode("/bin/synthetic\0--flag\0"),
    mappings: [],
  };
}

/** A source of bytes in memory. */
export function sourceOf(bytes: Uint8Array): ByteSource {
  return {
    read: (offset, into) => {
      if (offset + into.length > bytes.length) throw new Error("read beyond the end");
      into.set(bytes.subarray(offset, offset + into.length));
    },
  };
}

/** The core file of a process with these areas. */
export function coreOf(
  process: Process,
  areas: readonly CoreArea[],
  pageSize: number,
): Uint8Array<ArrayBuffer> {
  const architecture = architectureOf(process.threads[0]!.core);
  const notes = notesOf(process, architecture, pageSize);
  const segments = new Segments();
  for (const area of areas) segments.add(area);
  const file = layOut(architecture, notes, segments, pageSize);
  const bytes = new Uint8Array(file.size);
  let at = 0;
  for (const run of runsOf(file, pageSize)) {
    if (typeof run === "number") at += run;
    else {
      bytes.set(run, at);
      at += run.length;
    }
  }
  return bytes;
}
