/** The tree of tasks. @module */

import { binarySize } from "../../bytes/sizes.ts";
import type { ReportData, TaskLine } from "../data.ts";
import { h } from "./dom.ts";
import { badge } from "./findings.ts";
import { countText } from "./format.ts";
import { type Rows, rowsOf } from "./rows.ts";
import { taskLink } from "./tables.ts";

/** A task where it stands in the tree. */
interface Branch {
  readonly task: TaskLine;
  readonly level: number;
  readonly children: number;
}

/** The tree with its rows folded and unfolded. */
export function taskTree(data: ReportData): HTMLElement {
  const known = new Set(data.tasks.map(({ pid }) => pid));
  const isRoot = ({ pid, ppid }: TaskLine) => !known.has(ppid) || ppid === pid;
  const children = Map.groupBy(
    data.tasks.filter((task) => !isRoot(task)),
    ({ ppid }) => ppid,
  );
  const folded = new Set<number>();
  const most = data.tasks.reduce((most, { present }) => Math.max(most, present), 1);
  const draw = () => rows.show(branches());
  const branches = (): Branch[] => {
    const list: Branch[] = [];
    const seen = new Set<number>();
    const stack = data.tasks.filter(isRoot).map((task) => ({ task, level: 1 })).reverse();
    const rest = data.tasks.values();
    for (;;) {
      const next = stack.pop() ?? lost(rest, seen);
      if (next === undefined) return list;
      const { task, level } = next;
      if (seen.has(task.pid)) continue;
      seen.add(task.pid);
      const own = children.get(task.pid) ?? [];
      list.push({ task, level, children: own.length });
      if (folded.has(task.pid)) markSeen(own, seen);
      else stack.push(...own.map((task) => ({ task, level: level + 1 })).reverse());
    }
  };
  const markSeen = (tasks: readonly TaskLine[], seen: Set<number>) => {
    const stack = [...tasks];
    for (let task = stack.pop(); task !== undefined; task = stack.pop()) {
      if (seen.has(task.pid)) continue;
      seen.add(task.pid);
      stack.push(...children.get(task.pid) ?? []);
    }
  };
  const fold = (pid: number) => {
    if (!folded.delete(pid)) folded.add(pid);
    draw();
  };
  const rows: Rows<Branch> = rowsOf<Branch>(
    "Tasks",
    [
      {
        title: "Task",
        cell: ({ task, level, children }) => {
          const isFolded = folded.has(task.pid);
          const button = children === 0 ? h("span", { class: "leaf" }) : h("button", {
            class: "fold",
            "aria-expanded": String(!isFolded),
            "aria-label": `${isFolded ? "Unfold" : "Fold"} ${task.comm} ${task.pid}`,
            onclick: () => fold(task.pid),
          }, isFolded ? "▸" : "▾");
          const name = h(
            "span",
            { class: "branch" },
            button,
            taskLink(task.pid, task.comm === "" ? "?" : task.comm),
          );
          name.style.setProperty("--level", String(Math.min(level, 24) - 1));
          return name;
        },
      },
      { title: "PID", isNumber: true, cell: ({ task }) => task.pid },
      {
        title: "State",
        cell: ({ task }) => task.state === "alive" ? task.state : badge(task.state),
      },
      { title: "Threads", isNumber: true, cell: ({ task }) => task.threads },
      { title: "UID", isNumber: true, cell: ({ task }) => task.uid < 0 ? "" : task.uid },
      { title: "Group", isNumber: true, cell: ({ task }) => task.pgid },
      { title: "Session", isNumber: true, cell: ({ task }) => task.sid },
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
    ],
    ({ level }) => ({ "aria-level": level }),
    "treegrid",
  );
  draw();
  const all = (isFolded: boolean) => () => {
    folded.clear();
    if (isFolded) { for (const pid of children.keys()) folded.add(pid); }
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

/** A task that no root leads to: parents may lead in a circle. */
function lost(rest: IteratorObject<TaskLine>, seen: ReadonlySet<number>) {
  for (let step = rest.next(); !step.done; step = rest.next()) {
    if (!seen.has(step.value.pid)) return { task: step.value, level: 1 };
  }
  return undefined;
}
