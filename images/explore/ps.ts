/**
 * Tasks.
 *
 * @module
 */

import { printable } from "../bytes/printable.ts";
import { decodeText } from "../bytes/utf8.ts";
import type { Task } from "../dump/task.ts";
import { textView, type View } from "./view.ts";

/** A task. */
export type PsRow = {
  /** Process id. */
  pid: number;
  /** Process id of the parent; 0 for the root. */
  ppid: number;
  /** Process group. */
  pgid: number;
  /** Session. */
  sid: number;
  /** Name, at most 15 bytes. */
  comm: string | undefined;
  /** Alive, dead, stopped, zombie or unknown. */
  state: string;
  /** Number of threads. */
  threads: number;
  /** With `--args`: the command line, read from memory. */
  args: readonly string[] | undefined;
};

/** Process, group and session ids and names, children below their parents. */
export const ps: View<PsRow> = textView<PsRow>({
  keys: {
    pid: "process id",
    ppid: "process id of the parent; 0 for the root",
    pgid: "process group",
    sid: "session",
    comm: "name, at most 15 bytes",
    state: "alive, dead, stopped, zombie or unknown",
    threads: "number of threads",
    args: "with `--args`: the command line, read from memory",
  },
  *rows(_dump, { tasks, args }) {
    for (const task of tasks) {
      yield {
        pid: task.pid,
        ppid: task.ppid,
        pgid: task.pgid,
        sid: task.sid,
        comm: task.comm,
        state: task.state,
        threads: task.threads.length,
        args: args && !task.isDead ? argumentsOf(task) : undefined,
      };
    }
  },
  *lines(rows, { tree, args }) {
    const column = (value: string | number) => String(value).padStart(7);
    yield `${["PID", "PGID", "SID"].map(column).join("")}   COMM`;
    for (const { row, lead } of inTree(rows, tree === true)) {
      const ids = [row.pid, row.pgid, row.sid].map(column).join("");
      // CRIU's own tool does not tell states.
      const state = (args || tree) && row.state !== "alive" ? ` <${row.state}>` : "";
      yield `${ids}   ${lead}${nameOf(row)}${state}`;
    }
  },
});

function argumentsOf(task: Task): string[] {
  const bytes = task.memory.argumentBytes;
  const text = decodeText(bytes, 0, bytes.length);
  return text.replace(/\0+$/, "").split("\0");
}

/** The command line where it is asked for and known, else the name. */
function nameOf({ comm, args }: PsRow): string {
  return printable(args === undefined || args.join("") === "" ? comm ?? "?" : args.join(" "));
}

/** A row with what stands before its name, and before those of the rows below it. */
interface Placed {
  readonly row: PsRow;
  readonly lead: string;
  readonly below: string;
  /** Number of tasks above it. */
  readonly depth: number;
}

/** Where a task without a parent stands. */
const ROOT = { lead: "", below: "", depth: 0 };

/** Levels that are shown by where a line begins; of deeper ones a number is shown. */
const DEEPEST = 100;

/** Rows with what stands before their names, each task's children after it. */
function* inTree(
  rows: readonly PsRow[],
  isDrawn: boolean,
): Generator<{ row: PsRow; lead: string }> {
  const known = new Set(rows.map(({ pid }) => pid));
  const children = Map.groupBy(
    rows,
    ({ pid, ppid }) => (known.has(ppid) && ppid !== pid ? ppid : undefined),
  );
  const seen = new Set<PsRow>();
  // The stack holds what is still to come, so that no depth of tasks overflows the program's own.
  const stack = (children.get(undefined) ?? []).map((row): Placed => ({ ...ROOT, row }))
    .reverse();
  const rest = rows.values();
  for (;;) {
    const next = stack.pop() ?? nextLost(rest, seen);
    if (next === undefined) return;
    const { row, lead, below, depth } = next;
    if (seen.has(row)) continue;
    seen.add(row);
    yield { row, lead };
    const own = children.get(row.pid) ?? [];
    for (let i = own.length - 1; i >= 0; i--) {
      const isLast = i === own.length - 1;
      const [branch, line] = !isDrawn
        ? ["    ", "    "]
        : isLast
        ? ["└── ", "    "]
        : ["├── ", "│   "];
      const placed = depth < DEEPEST
        ? { lead: below + branch, below: below + line }
        : { lead: `${below}(${depth + 1} levels) `, below };
      stack.push({ row: own[i]!, depth: depth + 1, ...placed });
    }
  }
}

/**
 * A task that no root leads to: parents that lead in a circle are damage, but no reason to hide.
 */
function nextLost(
  rest: IteratorObject<PsRow>,
  seen: ReadonlySet<PsRow>,
): Placed | undefined {
  for (let step = rest.next(); !step.done; step = rest.next()) {
    if (!seen.has(step.value)) return { ...ROOT, row: step.value };
  }
  return undefined;
}
