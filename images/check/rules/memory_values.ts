/** Rules about the values of memory layouts. @module */

import type { MmEntry } from "../../../proto/types.ts";

import { hexText } from "../../bytes/printable.ts";
import type { Rule } from "../rule.ts";
import { memoryRule } from "../value_rules.ts";

const FETCH = "fetch {image} again, or make the dump again";

/** Pairs of fields that are the beginning and the end of something. */
const SPANS = [
  { start: "mm_start_code", end: "mm_end_code" },
  { start: "mm_start_data", end: "mm_end_data" },
  { start: "mm_start_brk", end: "mm_brk" },
  { start: "mm_arg_start", end: "mm_arg_end" },
  { start: "mm_env_start", end: "mm_env_end" },
] as const satisfies readonly { start: keyof MmEntry; end: keyof MmEntry }[];

const ADDRESSES = [...SPANS.flatMap(({ start, end }) => [start, end]), "mm_start_stack"] as const;

/** The largest space of addresses that a process has, of any machine: 56 bits on x86. */
const HIGHEST = 1n << 56n;
/** The first address that can be mapped where `vm.mmap_min_addr` is as the kernel has it. */
const LOWEST = 4096n;

const layout = memoryRule(
  {
    id: "mm-addresses",
    severity: "error",
    summary: "no part of a process's memory ends before it begins",
    explanation:
      "The kernel refuses a layout with an address that no process can have, or with a part that ends before it begins.",
    fix: FETCH,
  },
  function* (mm) {
    const bad = new Set<string>();
    for (const field of ADDRESSES) {
      const address = mm[field];
      if (address >= LOWEST && address < HIGHEST) continue;
      bad.add(field);
      yield { field, message: `${hexText(address)} is not an address that a process can have` };
    }
    for (const { start, end } of SPANS) {
      if (mm[end] >= mm[start] || bad.has(start) || bad.has(end)) continue;
      yield {
        field: end,
        message: `${hexText(mm[end])} is before ${start}, ${hexText(mm[start])}`,
      };
    }
  },
);

/** Words of the auxiliary vector that CRIU has room for (AT_VECTOR_SIZE), of each machine. */
const AUXILIARY_WORDS: Readonly<Record<string, number>> = { X86_64: 44 };

const auxiliary = memoryRule(
  {
    id: "auxv-length",
    severity: "error",
    summary: "the auxiliary vector is no longer than the kernel's",
    explanation: "CRIU has room for as many words as the kernel has, 44 on x86, and refuses more.",
    fix: FETCH,
  },
  function* ({ mm_saved_auxv = [] }, { core }) {
    const most = AUXILIARY_WORDS[core?.mtype ?? ""];
    if (most === undefined || mm_saved_auxv.length <= most) return;
    yield {
      field: "mm_saved_auxv",
      message: `${mm_saved_auxv.length} words are more than ${most}`,
    };
  },
);

export default [layout, auxiliary] satisfies Rule[];
