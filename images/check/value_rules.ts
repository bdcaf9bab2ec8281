/**
 * Rules about values of single fields. The functions here visit the entries of each kind; a rule
 * yields the values that CRIU does not restore.
 *
 * @module
 */

import type {
  CoreEntry,
  CredsEntry,
  FileEntry,
  Messages,
  MmEntry,
  TaskTimersEntry,
} from "../../proto/types.ts";
import type { DumpedFile } from "../dump/file_table.ts";
import type { Task, Thread } from "../dump/task.ts";
import type { CheckContext } from "./context.ts";
import { fieldOfFile } from "./references.ts";
import type { Finding, Rule } from "./rule.ts";

/** A value that CRIU does not restore. */
export interface Fault {
  /** Path of the field in what the rule looks at. */
  readonly field: string;
  readonly message: string;
}

/** The texts of a rule, without its check. */
export type RuleWords = Omit<Rule, "check">;

/** A rule about one part of open files, such as `isk`. */
export function fileRule<P extends keyof FileEntry>(
  words: RuleWords,
  part: P,
  faults: (body: NonNullable<FileEntry[P]>, file: DumpedFile, context: CheckContext) => Iterable<
    Fault
  >,
): Rule {
  return {
    ...words,
    *check(context) {
      for (const file of context.files.all) {
        const { entry, image, index } = file;
        const body = entry[part];
        if (body === undefined || body === null) continue;
        for (const { field, message } of faults(body, file, context)) {
          yield { image, entry: index, field: fieldOfFile(image, part, field), message };
        }
      }
    },
  };
}

/** A rule about the entries of an image that exists once in a dump. */
export function entryRule<M extends keyof Messages>(
  words: RuleWords,
  image: string,
  message: M,
  faults: (entry: Messages[M], context: CheckContext) => Iterable<Fault>,
): Rule {
  return {
    ...words,
    *check(context) {
      for (const [entry, body] of context.entries(image, message)) {
        for (const fault of faults(body, context)) yield { image, entry, ...fault };
      }
    },
  };
}

/** A rule about the core images of threads. */
export function threadRule(
  words: RuleWords,
  faults: (core: CoreEntry, thread: Thread, context: CheckContext) => Iterable<Fault>,
): Rule {
  return {
    ...words,
    *check(context) {
      for (const thread of context.threads) {
        const image = thread.coreName;
        for (const fault of faults(thread.core!, thread, context)) {
          yield { image, entry: 0, ...fault };
        }
      }
    },
  };
}

/** A rule about the credentials of threads; before CRIU 2.0, each task had an image with them. */
export function credsRule(
  words: RuleWords,
  faults: (creds: CredsEntry) => Iterable<Fault>,
): Rule {
  return {
    ...words,
    *check(context) {
      for (const thread of context.threads) {
        const inCore = thread.core?.thread_core?.creds !== undefined;
        const image = inCore ? thread.coreName : `creds-${thread.task.pid}.img`;
        const { creds } = thread;
        // The task's stand for all of its threads.
        if (creds === undefined || (!inCore && thread.tid !== thread.task.pid)) continue;
        for (const { field, message } of faults(creds)) {
          const path = inCore ? `thread_core.creds.${field}` : field;
          yield { image, entry: 0, field: path, message };
        }
      }
    },
  };
}

/** A rule about the memory layouts of tasks; a layout that several tasks share is checked once. */
export function memoryRule(
  words: RuleWords,
  faults: (mm: MmEntry, task: Task) => Iterable<Fault>,
): Rule {
  return {
    ...words,
    *check(context) {
      for (const task of context.living) {
        const image = `mm-${task.pid}.img`;
        if (!context.isWhole(image) || task.mm === undefined) continue;
        for (const fault of faults(task.mm, task)) yield { image, entry: 0, ...fault };
      }
    },
  };
}

/** The image with a task's timers: its core image, or before CRIU 1.3 a separate image. */
export function timersOf(
  context: CheckContext,
): {
  timers: TaskTimersEntry;
  at(kind: string, index: number, field: string): Omit<Finding, "message">;
}[] {
  return context.living.flatMap((task) => {
    const { timers, pid } = task;
    if (timers === undefined) return [];
    const inCore = task.core?.tc?.timers !== undefined;
    const at = (kind: string, index: number, field: string) => {
      if (!inCore) {
        const image = `${kind === "posix" ? "posix-timers" : "itimers"}-${pid}.img`;
        return { image, entry: index, field };
      }
      const path = kind === "posix" ? `posix[${index}]` : kind;
      return { image: `core-${pid}.img`, entry: 0, field: `tc.timers.${path}.${field}` };
    };
    return [{ timers, at }];
  });
}
