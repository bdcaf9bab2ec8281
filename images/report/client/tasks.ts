/** The tree of tasks. @module */

import { binarySize } from "../../bytes/sizes.ts";
import type { ReportData, TaskLine } from "../data.ts";
import { h } from "./dom.ts";
import { badge } from "./findings.ts";
import { countText } from "./format.ts";
import { type Column, type Rows, rowsOf } from "./rows.ts";
import { taskLink } from "./tables.ts";

/** A task where it stands in the tree. */
interface Branch {
  readonly task: TaskLine;
  readonly level: number;
  readonly children: number;
}

/** The tree with its rows folded and unfolded. */
export function taskTree(data: ReportData): HTMLElement {
  const tree = new Tree(data.tasks);
  const draw = () => rows.show(tree.branches());
  const fold = (pid: number) => {
    if (!tree.folded.delete(pid)) tree.folded.add(pid);
    draw();
  };
  const most = data.tasks.reduce((most, { present }) => Math.max(most, present), 1);
  const name: Column<Branch> = {
    title: "Task",
    cell: (branch) => nameCell(branch, tree.folded.has(branch.task.pid), fold),
  };
  const rows: Rows<Branch> = rowsOf<Branch>(
    "Tasks",
    [name, ...STATE, ...memoryColumns(most), ...IDS],
    ({ level }) => ({ "aria-level": level }),
    "treegrid",
  );
  draw();
  const all = (isFolded: boolean) => () => {
    tree.foldAll(isFolded);
    draw();
  };
  return h(
    "div",
    {},
    h(
      "p",
      { class: "tools" },
      countText(data.tasks.length, "task"),
      " ",
      h("button", { onclick: all(true) }, "Fold all"),
      h("button", { onclick: all(false) }, "Unfold all"),
    ),
    rows.element,
  );
}

/** Which tasks are shown in which order. */
class Tree {
  /** Tasks whose children are hidden. */
  readonly folded = new Set<number>();
  readonly #roots: readonly TaskLine[];
  readonly #children: ReadonlyMap<number, readonly TaskLine[]>;

  constructor(readonly tasks: readonly TaskLine[]) {
    const known = new Set(tasks.map(({ pid }) => pid));
    const isRoot = ({ pid, ppid }: TaskLine) => !known.has(ppid) || ppid === pid;
    this.#roots = tasks.filter(isRoot);
    this.#children = Map.groupBy(tasks.filter((task) => !isRoot(task)), ({ ppid }) => ppid);
  }

  foldAll(isFolded: boolean): void {
    this.folded.clear();
    if (isFolded) { for (const pid of this.#children.keys()) this.folded.add(pid); }
  }

  /** The tasks that are not hidden, each before its children. */
  branches(): Branch[] {
    const list: Branch[] = [];
    const seen = new Set<number>();
    const stack = this.#roots.map((task) => ({ task, level: 1 })).reverse();
    const rest = this.tasks.values();
    for (;;) {
      const next = stack.pop() ?? lost(rest, seen);
      if (next === undefined) return list;
      const { task, level } = next;
      if (seen.has(task.pid)) continue;
      seen.add(task.pid);
      const own = this.#children.get(task.pid) ?? [];
      list.push({ task, level, children: own.length });
      if (this.folded.has(task.pid)) this.#markSeen(own, seen);
      else stack.push(...own.map((task) => ({ task, level: level + 1 })).reverse());
    }
  }

  #markSeen(tasks: readonly TaskLine[], seen: Set<number>): void {
    const stack = [...tasks];
    for (let task = stack.pop(); task !== undefined; task = stack.pop()) {
      if (seen.has(task.pid)) continue;
      seen.add(task.pid);
      stack.push(...this.#children.get(task.pid) ?? []);
    }
  }
}

/** The name of a task, behind a button that folds its children. */
function nameCell(
  { task, level, children }: Branch,
  isFolded: boolean,
  fold: (pid: number) => void,
): HTMLElement {
  const button = children === 0 ? h("span", { class: "leaf" }) : h("button", {
    class: "fold",
    "aria-expanded": String(!isFolded),
    "aria-label": `${isFolded ? "Unfold" : "Fold"} ${task.comm} ${task.pid}`,
    onclick: () => fold(task.pid),
  }, isFolded ? "▸" : "▾");
  const link = taskLink(task.pid, task.comm === "" ? "?" : task.comm);
  const name = h("span", { class: "branch" }, button, link);
  name.style.setProperty("--level", String(Math.min(level, 24) - 1));
  return name;
}

/** What tells most of a task: on a narrow screen the rest is a scroll away. */
const STATE: readonly Column<Branch>[] = [
  { title: "PID", isNumber: true, cell: ({ task }) => task.pid },
  { title: "State", cell: ({ task }) => task.state === "alive" ? task.state : badge(task.state) },
];

const IDS: readonly Column<Branch>[] = [
  { title: "Threads", isNumber: true, cell: ({ task }) => task.threads },
  { title: "UID", isNumber: true, cell: ({ task }) => task.uid < 0 ? "" : task.uid },
  { title: "Group", isNumber: true, cell: ({ task }) => task.pgid },
  { title: "Session", isNumber: true, cell: ({ task }) => task.sid },
];

/** @param most bytes in the dump of the task that has the most */
function memoryColumns(most: number): readonly Column<Branch>[] {
  return [
    {
      title: "In the dump",
      doc: "bytes of memory that are in the dump",
      isNumber: true,
      cell: ({ task }) =>
        task.memory === task.pid
          ? h("span", { title: `${task.present} bytes` }, binarySize(task.present))
          : h("span", {}, "as ", taskLink(task.memory)),
    },
    {
      title: "",
      cell: ({ task }) => {
        const bar = h("span", { class: "bar" });
        const part = task.memory === task.pid ? task.present / most : 0;
        bar.style.width = `${(part * 8).toFixed(2)}rem`;
        return bar;
      },
    },
    {
      title: "Mapped",
      isNumber: true,
      cell: ({ task }) => h("span", { title: `${task.mapped} bytes` }, binarySize(task.mapped)),
    },
  ];
}

/** A task that no root leads to: parents may lead in a circle. */
function lost(rest: IteratorObject<TaskLine>, seen: ReadonlySet<number>) {
  for (let step = rest.next(); !step.done; step = rest.next()) {
    if (!seen.has(step.value.pid)) return { task: step.value, level: 1 };
  }
  return undefined;
}
