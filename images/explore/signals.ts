/**
 * Signals.
 *
 * @module
 */

import type { CoreEntryMarch, SiginfoEntry } from "../../proto/types.ts";
import { type ByteOrder, wordAt } from "../bytes/byte_order.ts";
import type { Task, Thread } from "../dump/task.ts";
import { signalName, signalNames } from "../kernel/tasks.ts";
import { tableView, type View } from "./view.ts";

/** What a task or one of its threads does with signals. */
export type SignalsRow = {
  /** Process id. */
  pid: number;
  /** Thread id; left out if the row is about the whole task. */
  tid: number | undefined;
  /** Pending, blocked, ignored or caught. */
  what: "pending" | "blocked" | "ignored" | "caught";
  /** Names without SIG; a signal that is pending twice is listed twice. */
  signals: readonly string[];
};

/** Special values of `sa_entry.sigaction` (include/uapi/asm-generic/signal-defs.h). */
const SIG_DFL = 0n;
const SIG_IGN = 1n;

const SIGKILL = 9;

/** Dispositions, blocked and pending signals. */
export const signals: View<SignalsRow> = tableView<SignalsRow>({
  columns: [
    { key: "pid", doc: "process id", title: "PID", align: "right" },
    {
      key: "tid",
      doc: "thread id; left out if the row is about the whole task",
      title: "TID",
      align: "right",
    },
    { key: "what", doc: "pending, blocked, ignored or caught", title: "SIGNALS" },
    {
      key: "signals",
      doc: "names without SIG; a signal that is pending twice is listed twice",
      title: "NAMES",
      text: ({ signals }) => signals.join(" ") || "-",
    },
  ],
  *rows(dump, { tasks }) {
    for (const task of tasks) {
      if (task.isDead) continue;
      yield* dispositions(task);
      yield row(
        task,
        undefined,
        "pending",
        pending(task.pendingSignals, task.core?.mtype, dump.byteOrder),
      );
      for (const thread of task.threads) {
        yield row(task, thread, "blocked", blocked(thread));
        yield row(
          task,
          thread,
          "pending",
          pending(thread.pendingSignals, task.core?.mtype, dump.byteOrder),
        );
      }
    }
  },
});

function row(
  { pid }: Task,
  thread: Thread | undefined,
  what: SignalsRow["what"],
  signals: readonly string[],
): SignalsRow {
  return { pid, tid: thread?.tid, what, signals };
}

function* dispositions(task: Task): Generator<SignalsRow> {
  const machine = task.core?.mtype;
  const stop = machine === "MIPS" ? 23 : 19;
  const ignored: string[] = [];
  const caught: string[] = [];
  let signal = 1;
  for (const { sigaction } of task.sigactions) {
    while (signal === SIGKILL || signal === stop) signal++;
    if (sigaction === SIG_IGN) ignored.push(signalName(signal, machine));
    else if (sigaction !== SIG_DFL) caught.push(signalName(signal, machine));
    signal++;
  }
  yield row(task, undefined, "ignored", ignored);
  yield row(task, undefined, "caught", caught);
}

function blocked({ core }: Thread): string[] {
  const { blk_sigset, blk_sigset_extended } = core?.thread_core ?? {};
  const set = blk_sigset ?? core?.tc?.blk_sigset ?? 0n;
  return signalNames(set, core?.mtype, blk_sigset_extended ?? core?.tc?.blk_sigset_extended);
}

/** The kernel's siginfo_t begins with the signal's number. */
function pending(
  queue: readonly SiginfoEntry[],
  machine: CoreEntryMarch | undefined,
  order: ByteOrder,
): string[] {
  return queue.map(({ siginfo }) =>
    siginfo.length < 4 ? "?" : signalName(wordAt(siginfo, 0, order), machine)
  );
}
