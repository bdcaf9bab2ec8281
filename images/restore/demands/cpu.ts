/** Demands on the processor. @module */

import type { Demand } from "../demand.ts";
import type { Machine } from "../machine.ts";
import type { RestoreSubject } from "../subject.ts";

/**
 * Features that programs see, by the words of `capability` in cpuinfo.img (capability_ver 2: the
 * words of Linux's arch/x86/include/asm/cpufeatures.h, but for that of leaf 7's ECX), each word
 * as its bits with the names that /proc/cpuinfo gives them.
 */
const FEATURES: Readonly<Record<number, Readonly<Record<number, string>>>> = {
  0: {
    0: "fpu",
    4: "tsc",
    8: "cx8",
    15: "cmov",
    19: "clflush",
    23: "mmx",
    24: "fxsr",
    25: "sse",
    26: "sse2",
  },
  1: { 11: "syscall", 22: "mmxext", 27: "rdtscp", 29: "lm", 30: "3dnowext", 31: "3dnow" },
  4: {
    0: "pni",
    1: "pclmulqdq",
    9: "ssse3",
    12: "fma",
    13: "cx16",
    19: "sse4_1",
    20: "sse4_2",
    22: "movbe",
    23: "popcnt",
    25: "aes",
    26: "xsave",
    28: "avx",
    29: "f16c",
    30: "rdrand",
  },
  6: { 0: "lahf_lm", 5: "abm", 6: "sse4a", 8: "3dnowprefetch", 11: "xop", 16: "fma4", 21: "tbm" },
  9: {
    0: "fsgsbase",
    3: "bmi1",
    4: "hle",
    5: "avx2",
    8: "bmi2",
    9: "erms",
    11: "rtm",
    16: "avx512f",
    17: "avx512dq",
    18: "rdseed",
    19: "adx",
    21: "avx512ifma",
    23: "clflushopt",
    24: "clwb",
    28: "avx512cd",
    29: "sha_ni",
    30: "avx512bw",
    31: "avx512vl",
  },
  10: { 0: "xsaveopt", 1: "xsavec", 2: "xgetbv1", 3: "xsaves" },
  11: {
    1: "avx512vbmi",
    3: "pku",
    5: "waitpkg",
    6: "avx512_vbmi2",
    8: "gfni",
    9: "vaes",
    10: "vpclmulqdq",
    11: "avx512_vnni",
    12: "avx512_bitalg",
    14: "avx512_vpopcntdq",
    22: "rdpid",
    25: "cldemote",
    27: "movdiri",
    28: "movdir64b",
  },
  18: {
    4: "fsrm",
    8: "avx512_vp2intersect",
    14: "serialize",
    22: "amx_bf16",
    23: "avx512_fp16",
    24: "amx_tile",
    25: "amx_int8",
  },
};

/** Names of the features of the machine's processors; undefined if they cannot be read. */
function flagsOf(machine: Machine): Set<string> | undefined {
  const [, flags] = /^flags\s*:\s*(.*)$/m.exec(machine.readText("/proc/cpuinfo") ?? "") ?? [];
  return flags === undefined ? undefined : new Set(flags.split(" "));
}

const CPUINFO = "cpuinfo.img";

/** The names of the features that cpuinfo.img has. */
function* featuresOf({ context }: RestoreSubject): Generator<string> {
  const [first] = context.entries(CPUINFO, "cpuinfo_entry");
  const entry = first?.[1].x86_entry?.[0];
  if (entry === undefined || entry.capability_ver !== 2) return;
  for (const [word, bits] of Object.entries(FEATURES)) {
    const value = entry.capability?.[Number(word)] ?? 0;
    for (const [bit, name] of Object.entries(bits)) {
      if ((value >>> Number(bit) & 1) === 1) yield name;
    }
  }
}

const instructions: Demand = {
  id: "cpu-features",
  summary: "the processor has the features of the dump's processor",
  explanation:
    "Programs detect the features of the processor when they start, and keep using them. With `--cpu-cap`, CRIU stops if one is missing.",
  *ask(subject, machine) {
    const { dump, living } = subject;
    const isX86 = living.every(({ core }) => core?.mtype === "X86_64");
    if (!isX86 || living.length === 0) return;
    const outcome = { what: "processor", place: { image: CPUINFO, entry: 0 } };
    if (!dump.has(CPUINFO)) {
      const fix = "run `criu cpuinfo dump` on the machine that makes the dump";
      const found = "the dump has no cpuinfo.img";
      yield {
        what: "processor",
        state: "unknown",
        expected: "the features of the dump's processor",
        found,
        fix,
      };
      return;
    }
    const wanted = [...featuresOf(subject)];
    const flags = flagsOf(machine);
    if (wanted.length === 0 || flags === undefined) {
      const found = wanted.length === 0
        ? "cpuinfo.img has another format"
        : "/proc/cpuinfo has no flags";
      yield {
        ...outcome,
        state: "unknown",
        expected: "the features of the dump's processor",
        found,
      };
      return;
    }
    const expected = `${wanted.length} features`;
    const missing = wanted.filter((name) => !flags.has(name));
    if (missing.length === 0) yield { ...outcome, state: "ok", expected, found: "present" };
    else {
      const found = `without ${missing.join(", ")}`;
      const fix = "restore on a processor that has them; `--cpu-cap=none` disables the comparison";
      yield { ...outcome, state: "fails", expected, found, fix };
    }
  },
};

/**
 * Parts of a thread's registers that XSAVE has, by their bits, with the feature that each needs.
 */
const XSAVE_PARTS = [
  { bit: 2n, field: "ymmh_space", feature: "avx" },
  { bit: 5n, field: "opmask_reg", feature: "avx512f" },
  { bit: 6n, field: "zmm_upper", feature: "avx512f" },
  { bit: 7n, field: "hi16_zmm", feature: "avx512f" },
  { bit: 9n, field: "pkru", feature: "pku" },
] as const;

const registers: Demand = {
  id: "cpu-registers",
  summary: "the processor has the registers that threads use",
  explanation: "CRIU cannot restore registers that the processor does not have.",
  *ask({ context }, machine) {
    const flags = flagsOf(machine);
    const told = new Set<string>();
    for (const { coreName, core } of context.threads) {
      const xsave = core?.thread_info?.fpregs?.xsave;
      if (xsave === undefined) continue;
      for (const { bit, field, feature } of XSAVE_PARTS) {
        if ((xsave.xstate_bv >> bit & 1n) === 0n || told.has(feature)) continue;
        told.add(feature);
        const place = { image: coreName, entry: 0, field: `thread_info.fpregs.xsave.${field}` };
        const outcome = {
          what: `registers of ${feature}`,
          expected: "a processor with these registers",
          place,
        };
        if (flags === undefined) {
          yield { ...outcome, state: "unknown", found: "/proc/cpuinfo has no flags" };
        } else if (flags.has(feature)) yield { ...outcome, state: "ok", found: "present" };
        else yield { ...outcome, state: "fails", found: "absent" };
      }
    }
  },
};

export default [instructions, registers] satisfies Demand[];
