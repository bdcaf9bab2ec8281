/**
 * The processor: what it was, and what of it the tasks use.
 *
 * @module
 */

import type { CpuinfoEntry, CpuinfoX86Entry } from "../../proto/types.ts";
import { hexText, printable } from "../bytes/printable.ts";
import type { Dump } from "../dump/dump.ts";
import type { Thread } from "../dump/task.ts";
import { componentNames, featureNames } from "../kernel/x86_features.ts";
import { textView, type View } from "./view.ts";

/** A processor, from cpuinfo.img, or what a thread uses of it. */
export type CpuRow = {
  /** Process id; left out for a processor. */
  pid: number | undefined;
  /** Thread id. */
  tid: number | undefined;
  /** Type of machine, as in core images. */
  machine: string | undefined;
  /** Brand name of a processor. */
  model: string | undefined;
  /** Vendor, family, model and stepping. */
  version: string | undefined;
  /**
   * Features of the processor, by the names in /proc/cpuinfo; `WORD:BIT` for a feature without a
   * name.
   */
  features: readonly string[] | undefined;
  /** Parts of the XSAVE area that a processor has, or that a thread uses. */
  xstate: readonly string[] | undefined;
  /** Address of the thread's struct rseq, in hexadecimal. */
  rseq: string | undefined;
  /** Address in the thread's shadow stack, in hexadecimal. */
  shadow_stack: string | undefined;
};

/** The processors that the dump tells of, and what each thread uses. */
export const cpu: View<CpuRow> = textView<CpuRow>({
  keys: {
    pid: "process id; left out for a processor",
    tid: "thread id",
    machine: "type of machine, as in core images",
    model: "brand name of a processor",
    version: "vendor, family, model and stepping",
    features:
      "features of the processor, by the names in /proc/cpuinfo; `WORD:BIT` for a feature without a name",
    xstate: "parts of the XSAVE area that a processor has, or that a thread uses",
    rseq: "address of the thread's struct rseq, in hexadecimal",
    shadow_stack: "address in the thread's shadow stack, in hexadecimal",
  },
  *rows(dump, { tasks }) {
    yield* processors(dump);
    for (const task of tasks) {
      for (const thread of task.isDead ? [] : task.threads) yield threadRow(task.pid, thread);
    }
  },
  *lines(rows) {
    for (const row of rows) {
      if (row.pid === undefined) yield* processorLines(row);
      else yield threadLine(row);
    }
  },
});

const EMPTY: CpuRow = {
  ...{ pid: undefined, tid: undefined, machine: undefined, model: undefined, version: undefined },
  ...{ features: undefined, xstate: undefined, rseq: undefined, shadow_stack: undefined },
};

function* processors(dump: Dump): Generator<CpuRow> {
  const info: CpuinfoEntry | undefined = dump.optionalEntry("cpuinfo.img", "cpuinfo_entry");
  for (const entry of info?.x86_entry ?? []) yield x86Row(entry);
  for (const { endian, hwcap } of info?.ppc64_entry ?? []) {
    yield {
      ...EMPTY,
      machine: "PPC64",
      version: `${endian}`,
      features: (hwcap ?? []).map(hexText),
    };
  }
  for (const { hwcap } of info?.s390_entry ?? []) {
    yield { ...EMPTY, machine: "S390", features: (hwcap ?? []).map(hexText) };
  }
}

function x86Row(entry: CpuinfoX86Entry): CpuRow {
  const { vendor_id, cpu_family, model, stepping, model_id, xfeatures_mask } = entry;
  return {
    ...EMPTY,
    machine: "X86_64",
    model: model_id,
    version: `${vendor_id} family ${cpu_family} model ${model} stepping ${stepping}`,
    features: featureNames(entry.capability ?? []),
    xstate: xfeatures_mask === undefined ? undefined : componentNames(xfeatures_mask),
  };
}

function threadRow(pid: number, { tid, core }: Thread): CpuRow {
  const xsave = core?.thread_info?.fpregs?.xsave;
  const rseq = core?.thread_core?.rseq_entry?.rseq_abi_pointer;
  const ssp = xsave?.cet?.ssp;
  return {
    ...EMPTY,
    pid,
    tid,
    machine: core === undefined ? undefined : `${core.mtype}`,
    xstate: xsave === undefined ? undefined : componentNames(xsave.xstate_bv),
    rseq: rseq === undefined || rseq === 0n ? undefined : hexText(rseq),
    shadow_stack: ssp === undefined || ssp === 0n ? undefined : hexText(ssp),
  };
}

function* processorLines({ machine, model, version, features, xstate }: CpuRow): Generator<string> {
  yield `cpu ${
    [machine, version, model].filter((part) => part !== undefined).map((part) => printable(part!))
      .join(", ")
  }`;
  if (features !== undefined) yield `\tfeatures: ${features.join(" ")}`;
  if (xstate !== undefined) yield `\txstate: ${xstate.join(" ")}`;
}

function threadLine({ pid, tid, machine, xstate, rseq, shadow_stack }: CpuRow): string {
  const parts = [
    `${pid}/${tid}`,
    machine ?? "?",
    `xstate: ${xstate?.join(" ") ?? "-"}`,
    `rseq: ${rseq ?? "-"}`,
    `shadow stack: ${shadow_stack ?? "-"}`,
  ];
  return parts.join("  ");
}
