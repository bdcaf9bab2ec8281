import { deepEqual, equal, match, ok, throws } from "node:assert/strict";
import type { Process } from "../../../images/coredump/notes.ts";
import { CritError } from "../../../images/errors.ts";
import { lacks, runProgram } from "../../programs.ts";
import { type ReadCore, readCore, type ReadNote } from "./elf_reader.ts";
import { coreOf, syntheticCore, syntheticProcess } from "./synthetic.ts";

/** The one note of a type; the main thread's where each has one. */
function note(core: ReadCore, type: number): DataView {
  const found = core.notes.find((note) => note.type === type);
  ok(found, `note ${type}`);
  return found.view;
}

function text(view: DataView, at: number, length: number): string {
  return new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + at, length));
}

/** Owner, type and size of each note. */
function outline(notes: readonly ReadNote[]): string[] {
  return notes.map(({ owner, type, view }) => `${owner} 0x${type.toString(16)} ${view.byteLength}`);
}

const FIRST = (auxv: number, file: number, status: number, info: number) => [
  `CORE 0x1 ${status}`,
  `CORE 0x3 ${info}`,
  "CORE 0x53494749 128",
  `CORE 0x6 ${auxv}`,
  `CORE 0x46494c45 ${file}`,
];

// Sizes of the kernel's structures, and its order of register sets.
const THREADS: Record<string, { bits: 32 | 64; status: number; info: number; rest: string[] }> = {
  X86_64: {
    bits: 64,
    status: 336,
    info: 136,
    rest: ["CORE 0x2 512", "LINUX 0x202 2696", "LINUX 0x204 8"],
  },
  AARCH64: {
    bits: 64,
    status: 392,
    info: 136,
    rest: [
      "CORE 0x2 528",
      "LINUX 0x401 8",
      "LINUX 0x40a 8",
      "LINUX 0x407 64",
      "LINUX 0x408 16",
    ],
  },
  ARM: { bits: 32, status: 148, info: 124, rest: ["LINUX 0x400 260", "LINUX 0x401 4"] },
  PPC64: {
    bits: 64,
    status: 504,
    info: 136,
    rest: ["CORE 0x2 264", "LINUX 0x100 544", "LINUX 0x102 256"],
  },
  S390: {
    bits: 64,
    status: 336,
    info: 136,
    rest: [
      "CORE 0x2 136",
      "LINUX 0x307 4",
      "LINUX 0x309 128",
      "LINUX 0x30a 256",
      "LINUX 0x30b 32",
      "LINUX 0x30c 32",
      "LINUX 0x30d 64",
    ],
  },
  MIPS: { bits: 64, status: 480, info: 136, rest: ["CORE 0x2 264"] },
  LOONGARCH64: { bits: 64, status: 480, info: 136, rest: ["CORE 0x2 272"] },
  RISCV64: { bits: 64, status: 376, info: 136, rest: ["CORE 0x2 264"] },
};

for (const [mtype, { bits, status, info, rest }] of Object.entries(THREADS)) {
  Deno.test(`the notes of ${mtype} match the kernel's, in order`, () => {
    const core = readCore(coreOf(syntheticProcess(mtype, [6n, 4096n]), [], 4096));
    const word = bits / 8;
    deepEqual(outline(core.notes), [
      ...FIRST(4 * word, 2 * word, status, info),
      ...rest,
      `CORE 0x1 ${status}`,
      ...rest,
    ]);
  });
}

Deno.test("a 32-bit task on x86-64 has the notes of an i386 one", () => {
  const process = syntheticProcess("X86_64", [6n, 4096n]);
  for (const { core } of process.threads) core.thread_info!.gpregs.mode = "COMPAT";
  const core = readCore(coreOf(process, [], 4096));
  const rest = ["CORE 0x2 108", "LINUX 0x46e62b7f 512", "LINUX 0x202 2696", "LINUX 0x200 48"];
  deepEqual(outline(core.notes), [...FIRST(16, 8, 144, 124), ...rest, "CORE 0x1 144", ...rest]);
  const { tls } = process.threads[0]!.core.thread_info!;
  const descriptor = note(core, 0x200);
  equal(descriptor.getUint32(16, true), tls![1]!.entry_number);
  equal(descriptor.getUint32(20, true), tls![1]!.base_addr);
  equal(descriptor.getUint32(24, true), tls![1]!.limit);
});

Deno.test("a TLS descriptor's flags stand as the compiler packs struct user_desc", () => {
  const process = syntheticProcess("X86_64", []);
  for (const { core } of process.threads) core.thread_info!.gpregs.mode = "COMPAT";
  const [descriptor] = process.threads[0]!.core.thread_info!.tls!;
  Object.assign(descriptor!, {
    seg_32bit: true,
    contents_h: true,
    contents_l: false,
    read_exec_only: false,
    limit_in_pages: true,
    seg_not_present: false,
    usable: true,
  });
  // seg_32bit 1, contents 2 in bits 1 and 2, limit_in_pages in bit 4, useable in bit 6.
  equal(note(readCore(coreOf(process, [], 4096)), 0x200).getUint32(12, true), 0b1010101);
});

Deno.test("inside a transaction ppc64's current registers are those of tmstate", () => {
  const process = syntheticProcess("PPC64", []);
  const info = process.threads[0]!.core.ti_ppc64!;
  const inside = syntheticCore("PPC64", 7).ti_ppc64!;
  info.tmstate = {
    gpregs: inside.gpregs,
    fpstate: inside.fpstate,
    vrstate: inside.vrstate,
    vsxstate: inside.vsxstate,
  };
  const core = readCore(coreOf(process, [], 65536));
  const types = core.notes.map(({ type }) => type);
  deepEqual(types.slice(5, 13), [2, 0x100, 0x102, 0x108, 0x109, 0x10a, 0x10b, 0x10c]);
  const at = (type: number, offset: number) => note(core, type).getBigUint64(offset, true);
  equal(at(1, 112 + 32 * 8), inside.gpregs.nip);
  equal(at(0x108, 32 * 8), info.gpregs.nip);
  equal(at(2, 8), inside.fpstate!.fpregs![1]);
  equal(at(0x109, 8), info.fpstate!.fpregs![1]);
  deepEqual([0, 8, 16].map((offset) => at(0x10c, offset)), [
    info.gpregs.tfhar,
    info.gpregs.texasr,
    info.gpregs.tfiar,
  ]);
});

Deno.test("NT_X86_XSTATE ends where the last component that the dump has ends", () => {
  const process = syntheticProcess("X86_64", []);
  const xsave = process.threads[0]!.core.thread_info!.fpregs.xsave!;
  xsave.xstate_bv = 0xffffffffffn;
  const sizes = [["pkru", 2696, 0x2ff], ["hi16_zmm", 2688, 0xff], [
    "zmm_upper",
    1664,
    0x7f,
  ]] as const;
  for (const [last, size, xcr0] of sizes) {
    const view = note(readCore(coreOf(process, [], 4096)), 0x202);
    equal(view.byteLength, size);
    equal(view.getBigUint64(464, true), BigInt(xcr0), "XCR0");
    equal(view.getBigUint64(512, true), BigInt(xcr0), "XSTATE_BV has no more than XCR0");
    delete xsave[last];
  }
  for (const field of ["opmask_reg", "bndcsr_state", "bndreg_state"] as const) delete xsave[field];
  const view = note(readCore(coreOf(process, [], 4096)), 0x202);
  equal(view.byteLength, 832);
  equal(view.getBigUint64(464, true), 7n);
  delete process.threads[0]!.core.thread_info!.fpregs.xsave;
  const types = readCore(coreOf(process, [], 4096)).notes.map(({ type }) => type);
  deepEqual(types.slice(4, 7), [0x46494c45, 2, 1], "no XSAVE, no note");
});

Deno.test("NT_PRSTATUS has the signals and ids of each thread", () => {
  for (const [mtype, isLittle] of [["X86_64", true], ["S390", false]] as const) {
    const process = syntheticProcess(mtype, []);
    const siginfo = new Uint8Array(128);
    new DataView(siginfo.buffer).setUint32(0, 10, isLittle);
    Object.assign(process.threads[1]!, { pendingSignals: [{ siginfo }] });
    process.threads[1]!.core.thread_core!.blk_sigset = 0x8000000000000001n;
    const statuses = readCore(coreOf(process, [], 4096)).notes.filter(({ type }) => type === 1);
    const [main, other] = statuses.map(({ view }) => view);
    equal(main!.getUint16(12, isLittle), 0, "pr_cursig");
    equal(main!.getBigUint64(16, isLittle), 0n, "pr_sigpend");
    equal(main!.getBigUint64(24, isLittle), 0x1002n, "pr_sighold");
    equal(other!.getBigUint64(16, isLittle), 1n << 9n);
    equal(other!.getBigUint64(24, isLittle), 0x8000000000000001n);
    const numbers = (view: DataView) => [32, 36, 40, 44].map((at) => view.getInt32(at, isLittle));
    deepEqual(numbers(main!), [100, 1, 99, 98]);
    deepEqual(numbers(other!), [101, 1, 99, 98]);
  }
});

Deno.test("NT_PRPSINFO has the name and command line of the process", () => {
  const process: Process = {
    ...syntheticProcess("X86_64", []),
    arguments: new TextEncoder().encode(`/bin/long\0${"x".repeat(100)}`).subarray(0, 79),
  };
  const [{ core }] = process.threads as [Process["threads"][number]];
  core.tc!.comm = "exactly-15-char";
  core.tc!.task_state = 3;
  Object.assign(process.threads[0]!, { creds: { uid: 1000, gid: 1001 } });
  const view = note(readCore(coreOf(process, [], 4096)), 3);
  deepEqual([0, 1, 2, 3].map((at) => view.getInt8(at)), [3, "T".charCodeAt(0), 0, -5]);
  equal(view.getBigUint64(8, true), 0x40000040n, "pr_flag");
  deepEqual([16, 20].map((at) => view.getUint32(at, true)), [1000, 1001]);
  deepEqual([24, 28, 32, 36].map((at) => view.getInt32(at, true)), [100, 1, 99, 98]);
  equal(text(view, 40, 16), "exactly-15-char\0");
  equal(text(view, 56, 80), `/bin/long ${"x".repeat(69)}\0`);
});

Deno.test("NT_AUXV ends with AT_NULL, even if the dump has more words", () => {
  const words = (process: Process) => {
    const view = note(readCore(coreOf(process, [], 4096)), 6);
    return Array.from({ length: view.byteLength / 8 }, (_, i) => view.getBigUint64(8 * i, true));
  };
  deepEqual(words(syntheticProcess("X86_64", [])), [0n, 0n]);
  deepEqual(words(syntheticProcess("X86_64", [6n, 4096n, 0n, 0n, 9n, 1n])), [6n, 4096n, 0n, 0n]);
});

Deno.test("the auxiliary vector of a 32-bit task is read from 64-bit and 32-bit kernels", () => {
  const vectorOf = (mtype: string, auxv: bigint[]) => {
    const process = syntheticProcess(mtype, auxv);
    const info = process.threads[0]!.core.thread_info;
    if (info !== undefined) info.gpregs.mode = "COMPAT";
    const view = note(readCore(coreOf(process, [], 4096)), 6);
    return Array.from({ length: view.byteLength / 4 }, (_, i) => view.getUint32(4 * i, true));
  };
  const expected = [6, 4096, 9, 0x8048000, 0, 0];
  deepEqual(vectorOf("X86_64", [4096n << 32n | 6n, 0x8048000n << 32n | 9n, 0n]), expected);
  deepEqual(vectorOf("ARM", [6n, 4096n, 9n, 0x8048000n, 0n, 0n]), expected);
});

Deno.test("NT_FILE has areas with offsets in pages, then names byte for byte", () => {
  const process: Process = {
    ...syntheticProcess("AARCH64", []),
    mappings: [
      { start: 0x10000n, end: 0x30000n, offset: 0n, name: "/lib/a" },
      { start: 0x7f0000000000n, end: 0x7f0000010000n, offset: 0x30000n, name: "/caf\udce9 b" },
    ],
  };
  const view = note(readCore(coreOf(process, [], 65536)), 0x46494c45);
  deepEqual(
    Array.from({ length: 8 }, (_, i) => view.getBigUint64(8 * i, true)),
    [2n, 65536n, 0x10000n, 0x30000n, 0n, 0x7f0000000000n, 0x7f0000010000n, 3n],
  );
  const names = new Uint8Array(view.buffer, view.byteOffset + 64, view.byteLength - 64);
  deepEqual([...names], [...new TextEncoder().encode("/lib/a\0/caf"), 0xe9, 0x20, 0x62, 0]);
});

Deno.test("a thread without registers of its machine is an error that names its image", () => {
  const process = syntheticProcess("X86_64", []);
  const without = { tid: 101, core: syntheticCore("AARCH64", 1), pendingSignals: [] };
  const mixed = { ...process, threads: [process.threads[0]!, without] };
  throws(() => coreOf(mixed, [], 4096), (error) => {
    ok(error instanceof CritError);
    equal(error.message, "core-101.img: it has no x86-64 registers");
    equal(error.kind, "data");
    return true;
  });
});

Deno.test("a wrong number of registers is an error", () => {
  const process = syntheticProcess("S390", []);
  process.threads[1]!.core.ti_s390!.gpregs.gprs!.pop();
  throws(() => coreOf(process, [], 4096), /^CritError: core-101\.img: gprs: 16 values expected/);
});

Deno.test("an unknown machine is not supported", () => {
  const process = syntheticProcess("X86_64", []);
  for (const mtype of ["UNKNOWN" as const, 99]) {
    process.threads[0]!.core.mtype = mtype;
    throws(() => coreOf(process, [], 4096), { name: "CritError", kind: "unsupported" });
  }
});

Deno.test({
  name: "eu-readelf reads the core files of the machines that it knows",
  ignore: lacks("eu-readelf"),
  fn: async () => {
    for (const mtype of ["X86_64", "AARCH64", "ARM", "PPC64", "S390", "RISCV64"]) {
      const path = await Deno.makeTempFile();
      try {
        const process: Process = {
          ...syntheticProcess(mtype, [6n, 4096n, 9n, 0x1234n]),
          mappings: [{ start: 0x10000n, end: 0x12000n, offset: 0x3000n, name: "/lib/some.so" }],
        };
        await Deno.writeFile(path, coreOf(process, [], 4096));
        const { code, stdout, stderr } = await runProgram("eu-readelf", ["-n", path]);
        equal(code, 0, mtype);
        equal(stderr, "", mtype);
        match(stdout, /sighold: <2,13>/, mtype);
        match(stdout, /pid: 101, ppid: 1, pgrp: 99, sid: 98/, mtype);
        match(stdout, /state: 0, sname: R, zomb: 0, nice: (-5|251), flag: 0x0*40000040/, mtype);
        match(stdout, /fname: synthetic, psargs: \/bin\/synthetic --flag /, mtype);
        match(stdout, /PAGESZ: 4096\n +ENTRY: 0x1234\n +NULL/, mtype);
        match(stdout, /0*10000-0*12000 0*3000 8192 +\/lib\/some.so/, mtype);
      } finally {
        await Deno.remove(path);
      }
    }
  },
});
