/** Rules about the images that each task has. @module */

import { lacksPageMaps } from "../../dump/kind.ts";
import type { Task } from "../../dump/task.ts";
import { machineOf } from "../../kernel/machines.ts";
import type { CheckContext } from "../context.ts";
import type { Finding, Rule } from "../rule.ts";

const FETCH = "fetch {image} from where the dump was made, or make the dump again";

/** `KIND-PID.img`, without which the living tasks cannot be restored, where it is missing. */
function* missing(
  context: CheckContext,
  kind: "mm" | "pagemap" | "fs",
  shared: "vm_id" | "fs_id",
): Generator<Finding> {
  const { dump, living } = context;
  const told = new Set<number | undefined>();
  for (const task of living) {
    const image = `${kind}-${task.pid}.img`;
    const { ids, pid } = task;
    if (dump.has(image) || isIdsUnknown(context, task) || told.has(ids?.[shared])) continue;
    // Tasks that share something have it under the name of one of them.
    if (dump.sharedImages.nameFor(kind, ids) !== undefined) continue;
    yield { image, message: `it is missing: process ${pid} needs it` };
    told.add(ids?.[shared]);
  }
}

/** Whether it cannot be told what a task shares, which is another rule's finding. */
function isIdsUnknown(context: CheckContext, task: Task): boolean {
  return !context.isWhole(`ids-${task.pid}.img`) && task.core?.ids === undefined;
}

const corePresent: Rule = {
  id: "core-present",
  severity: "error",
  summary: "every process and thread has its core image",
  explanation: "A thread cannot be restored without its registers and state.",
  fix: FETCH,
  *check({ dump, living }) {
    const alive = new Set(living);
    for (const task of dump.tasks) {
      const core = `core-${task.pid}.img`;
      if (!dump.has(core)) {
        yield { image: core, message: `it is missing: process ${task.pid} needs it` };
      }
      // The threads of a task are known once its core image says that it is alive.
      if (!alive.has(task)) continue;
      for (const { coreName, tid } of task.threads) {
        if (tid === task.pid || dump.has(coreName)) continue;
        const message = `it is missing: thread ${tid} of process ${task.pid} needs it`;
        yield { image: coreName, message };
      }
    }
  },
};

const coreTask: Rule = {
  id: "core-task",
  severity: "error",
  summary: "the core image of each main thread has the state of the process",
  explanation: "Without `tc` CRIU knows neither the state nor the name of a process.",
  fix: FETCH,
  *check(context) {
    for (const { pid, core } of context.dump.tasks) {
      const image = `core-${pid}.img`;
      if (context.isWhole(image) && core !== undefined && core.tc === undefined) {
        yield { image, entry: 0, field: "tc", message: `it is missing: process ${pid} needs it` };
      }
    }
  },
};

const taskState: Rule = {
  id: "task-state",
  severity: "error",
  summary: "each process was alive, stopped or dead",
  explanation: "CRIU knows states 1, 2 and 3 only.",
  fix: "`crit edit {image} -o NEW --set '[0].tc.task_state=1'` for a process that was alive; " +
    "2 is dead, 3 stopped",
  *check(context) {
    for (const { pid, core, state } of context.dump.tasks) {
      const image = `core-${pid}.img`;
      const isKnown = state !== "unknown" && state !== "zombie";
      if (!context.isWhole(image) || core?.tc === undefined || isKnown) continue;
      const message = `${core.tc.task_state} is not a state of a process`;
      yield { image, entry: 0, field: "tc.task_state", message };
    }
  },
};

const machineSame: Rule = {
  id: "machine-same",
  severity: "error",
  summary: "all threads have the same architecture",
  explanation: "CRIU restores on the architecture of the registers.",
  fix: "fetch {image} again: it seems to come from another machine's dump",
  *check(context) {
    const threads = [...context.threads]
      .map(({ coreName, core }) => ({ coreName, mtype: core!.mtype }));
    const kinds = Map.groupBy(threads, ({ mtype }) => mtype);
    const [[most] = [undefined], ...others] = [...kinds].sort((a, b) => b[1].length - a[1].length);
    for (const [mtype, images] of others) {
      for (const { coreName: image } of images) {
        yield {
          image,
          entry: 0,
          field: "mtype",
          message: `${mtype} is not ${most}, as other threads have`,
        };
      }
    }
  },
};

/** The field of `core_entry` with the registers of each architecture. */
const REGISTERS = {
  X86_64: "thread_info",
  ARM: "ti_arm",
  AARCH64: "ti_aarch64",
  PPC64: "ti_ppc64",
  S390: "ti_s390",
  MIPS: "ti_mips",
  LOONGARCH64: "ti_loongarch64",
  RISCV64: "ti_riscv64",
} as const;

const coreRegisters: Rule = {
  id: "core-registers",
  severity: "error",
  summary: "every thread has the registers of its architecture",
  explanation: "A thread cannot continue without its registers.",
  fix: FETCH,
  *check(context) {
    for (const { coreName, core } of context.threads) {
      const field = REGISTERS[core!.mtype as keyof typeof REGISTERS];
      if (field === undefined || core![field] !== undefined) continue;
      const message = `it is missing: it holds the registers of ${core!.mtype}`;
      yield { image: coreName, entry: 0, field, message };
    }
  },
};

const machineHere: Rule = {
  id: "machine-here",
  severity: "note",
  summary: "the dump has the architecture of this machine",
  explanation: "CRIU restores registers of its own architecture only.",
  fix: "restore it on a machine with the architecture of the dump",
  *check({ host, living }) {
    const [task] = living;
    const mtype = task?.core?.mtype;
    const machine = mtype === undefined ? undefined : machineOf(mtype);
    if (host === undefined || machine === undefined || machine.uname.test(host)) return;
    const message = `${machine.name}: this machine, ${host}, cannot restore it`;
    yield { image: `core-${task!.pid}.img`, entry: 0, field: "mtype", message };
  },
};

const machineKnown: Rule = {
  id: "machine-known",
  severity: "error",
  summary: "the architecture of every thread is known to CRIU",
  explanation: "CRIU refuses any other, because it cannot restore its registers.",
  fix: "set `mtype` to the machine of the dump with `crit edit {image} -o NEW --set`",
  *check(context) {
    const threads = [...context.threads];
    // A thread of another machine than the others is another rule's finding.
    if (threads.some(({ core }) => Object.hasOwn(REGISTERS, core!.mtype))) return;
    for (const { coreName, core } of threads) {
      const message = `CRIU does not know ${core!.mtype}`;
      yield { image: coreName, entry: 0, field: "mtype", message };
    }
  },
};

const idsPresent: Rule = {
  id: "ids-present",
  severity: "error",
  summary: "every living process has an ids image",
  explanation: "It names the memory, files and namespaces that a process shares with others.",
  fix: FETCH,
  *check({ dump, living }) {
    for (const { pid, core } of living) {
      const image = `ids-${pid}.img`;
      if (dump.has(image) || core?.ids !== undefined) continue;
      yield { image, message: `it is missing: process ${pid} needs it` };
    }
  },
};

const memoryPresent: Rule = {
  id: "mm-present",
  severity: "error",
  summary: "every living process has a memory layout",
  explanation: "Without mm-PID.img CRIU does not know which memory to map.",
  fix: FETCH,
  check: (context) => missing(context, "mm", "vm_id"),
};

const pageMapsApart: Rule = {
  id: "pagemaps-apart",
  severity: "error",
  summary: "the dump has page maps",
  explanation:
    "With a page server, criu dump puts pages and page maps into another directory. A restore needs both.",
  fix: "copy these images and those of the page server into one directory",
  *check({ dump }) {
    if (!lacksPageMaps(dump)) return;
    const message = "it has no page maps: they may be where criu page-server ran";
    yield { image: dump.path, message };
  },
};

const pageMapPresent: Rule = {
  id: "pagemap-present",
  severity: "error",
  summary: "every living process has a page map",
  explanation: "Without pagemap-PID.img CRIU cannot find the contents of memory.",
  fix: FETCH,
  *check(context) {
    // That none is there at all is another rule's finding.
    if (!lacksPageMaps(context.dump)) yield* missing(context, "pagemap", "vm_id");
  },
};

const directoriesPresent: Rule = {
  id: "fs-present",
  severity: "error",
  summary: "every living process has a root and a working directory",
  explanation: "fs-PID.img names these directories.",
  fix: FETCH,
  check: (context) => missing(context, "fs", "fs_id"),
};

export default [
  corePresent,
  coreTask,
  taskState,
  machineSame,
  machineKnown,
  machineHere,
  coreRegisters,
  idsPresent,
  memoryPresent,
  pageMapsApart,
  pageMapPresent,
  directoriesPresent,
];
