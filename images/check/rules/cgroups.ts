/** Rules about cgroups and seccomp filters. @module */

import type { CheckContext } from "../context.ts";
import { type Reference, unresolved } from "../references.ts";
import type { Rule } from "../rule.ts";
import { entryRule } from "../value_rules.ts";

function* cgroupSets(context: CheckContext, root: number | undefined): Generator<Reference> {
  const cgroup = [...context.entries("cgroup.img", "cgroup_entry")][0]?.[1];
  const sets = new Set((cgroup?.sets ?? []).map(({ id }) => id));
  for (const { coreName, core } of context.threads) {
    const ofThread = core?.thread_core?.cg_set;
    const set = ofThread ?? core?.tc?.cg_set;
    if (set === undefined || set === root || sets.has(set)) continue;
    const field = ofThread === undefined ? "tc.cg_set" : "thread_core.cg_set";
    yield { image: coreName, entry: 0, field, target: `cgroup set ${set}` };
  }
}

const cgroupSet: Rule = {
  id: "cgroup-set",
  severity: "error",
  summary: "the cgroup set of every thread is in cgroup.img",
  explanation: "CRIU puts a thread back into the cgroup set that it names, or into CRIU's own set.",
  fix: "fetch cgroup.img from where the dump was made, or restore with `--manage-cgroups=ignore`",
  *check(context) {
    const { inventory } = context;
    if (inventory?.root_cg_set === undefined) return;
    yield* unresolved(context, ["cgroup.img"], cgroupSets(context, inventory.root_cg_set));
  },
};

function* filters(context: CheckContext): Generator<Reference> {
  const image = "seccomp.img";
  const chain = [...context.entries(image, "seccomp_entry")][0]?.[1].seccomp_filters ?? [];
  const target = (index: number) => `filter ${index}, there are ${chain.length}`;
  for (const { coreName, core } of context.threads) {
    const { thread_core: own, tc } = core!;
    const isOwn = own?.seccomp_mode === "filter";
    if (!isOwn && tc?.old_seccomp_mode !== "filter") continue;
    const index = isOwn ? own.seccomp_filter : tc?.old_seccomp_filter;
    if (index === undefined || index < chain.length) continue;
    const field = isOwn ? "thread_core.seccomp_filter" : "tc.old_seccomp_filter";
    yield { image: coreName, entry: 0, field, target: target(index) };
  }
  for (const [i, { prev }] of chain.entries()) {
    if (prev === undefined || prev < chain.length) continue;
    const field = `seccomp_filters[${i}].prev`;
    yield { image, entry: 0, field, target: target(prev) };
  }
}

const seccompFilter: Rule = {
  id: "seccomp-filter",
  severity: "error",
  summary: "the seccomp filters of every thread are in seccomp.img",
  explanation: "A thread names its last filter, and each filter names the one before it.",
  fix: "fetch seccomp.img from where the dump was made, or make the dump again",
  *check(context) {
    yield* unresolved(context, ["seccomp.img"], filters(context));
  },
};

/** Bytes of an instruction: struct sock_filter. */
const INSTRUCTION = 8;
/** Instructions that the kernel takes (BPF_MAXINSNS). */
const MOST_INSTRUCTIONS = 4096;

/** The class of an instruction, in the low byte of its u16 code, and that which ends a filter. */
const [CLASS, RETURN] = [0x07, 0x06];

const seccompProgram = entryRule(
  {
    id: "seccomp-program",
    severity: "error",
    summary: "seccomp filters are valid programs",
    explanation:
      "A filter has 1 to 4096 instructions of 8 bytes, and the last one returns. The kernel refuses any other.",
    fix: "fetch {image} again, or make the dump again",
  },
  "seccomp.img",
  "seccomp_entry",
  function* ({ seccomp_filters = [] }, { dump }) {
    const lowByte = dump.byteOrder === "little" ? 0 : 1;
    for (const [i, { filter }] of seccomp_filters.entries()) {
      const field = `seccomp_filters[${i}].filter`;
      const size = filter.length;
      if (size === 0 || size % INSTRUCTION !== 0 || size > MOST_INSTRUCTIONS * INSTRUCTION) {
        yield {
          field,
          message:
            `${size} bytes are not 1 to ${MOST_INSTRUCTIONS} instructions of ${INSTRUCTION} bytes`,
        };
      } else if ((filter[size - INSTRUCTION + lowByte]! & CLASS) !== RETURN) {
        yield { field, message: "its last instruction does not return" };
      }
    }
  },
);

const seccompCircle = entryRule(
  {
    id: "seccomp-circle",
    severity: "error",
    summary: "no chain of seccomp filters leads back to itself",
    explanation:
      "CRIU follows the chain from each filter to the one before; in a circle it never ends.",
    fix: "fetch {image} again, or make the dump again",
  },
  "seccomp.img",
  "seccomp_entry",
  function* ({ seccomp_filters: filters = [] }) {
    const done = new Set<number>();
    for (const start of filters.keys()) {
      const path = new Set<number>();
      let at: number | undefined = start;
      while (at !== undefined && at < filters.length && !done.has(at) && !path.has(at)) {
        path.add(at);
        at = filters[at]!.prev;
      }
      if (at !== undefined && path.has(at)) {
        const field = `seccomp_filters[${at}].prev`;
        yield { field, message: `${filters[at]!.prev} leads back to filter ${at}` };
      }
      for (const index of path) done.add(index);
    }
  },
);

export default [cgroupSet, seccompFilter, seccompProgram, seccompCircle];
