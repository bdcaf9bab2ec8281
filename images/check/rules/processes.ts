/** Rules about the tree of processes. @module */

import type { PstreeEntry } from "../../../proto/types.ts";
import type { CheckContext } from "../context.ts";
import type { Finding, Rule } from "../rule.ts";

const IMAGE = "pstree.img";
const EDIT = "repair pstree.img with `crit edit`, or make the dump again";

/** The entries with their indices; none where some may be missing. */
function tree(context: CheckContext): [index: number, entry: PstreeEntry][] {
  return context.isWhole(IMAGE) ? [...context.entries(IMAGE, "pstree_entry")] : [];
}

const present: Rule = {
  id: "pstree-present",
  severity: "error",
  summary: "pstree.img exists and lists a process",
  explanation: "It tells CRIU which processes to create.",
  fix: "fetch pstree.img from where the dump was made, or make the dump again",
  *check(context) {
    if (context.kind !== "dump") return;
    if (!context.dump.has(IMAGE)) yield { image: IMAGE, message: "it is missing" };
    else if (context.isWhole(IMAGE) && tree(context).length === 0) {
      yield { image: IMAGE, message: "it lists no process" };
    }
  },
};

const pidUnique: Rule = {
  id: "pid-unique",
  severity: "error",
  summary: "process ids are unique",
  explanation: "Two processes cannot have one id.",
  fix: EDIT,
  *check(context) {
    const seen = new Map<number, number>();
    for (const [index, { pid }] of tree(context)) {
      const first = seen.get(pid);
      if (first === undefined) seen.set(pid, index);
      else yield at(index, "pid", `${pid} is the process of entry ${first}, too`);
    }
  },
};

const oneRoot: Rule = {
  id: "pstree-root",
  severity: "error",
  summary: "exactly one process has no parent",
  explanation: "CRIU restores one tree; its root is the process with parent id 0.",
  fix: EDIT,
  *check(context) {
    const entries = tree(context);
    const [first, ...others] = entries.filter(([, { ppid }]) => ppid === 0);
    if (first === undefined && entries.length > 0) {
      yield { image: IMAGE, message: "every process has a parent, so there is no root" };
    }
    for (const [index, { pid }] of others) {
      yield at(index, "ppid", `${pid} has no parent, nor has ${first![1].pid}, the root`);
    }
  },
};

/** Ids of the processes that are their own ancestors. */
function inCircles(entries: readonly [number, PstreeEntry][]): Set<number> {
  const parents = new Map(entries.map(([, { pid, ppid }]) => [pid, ppid]));
  const found = new Set<number>();
  const done = new Set<number>();
  for (const pid of parents.keys()) {
    const path = new Set<number>();
    let at: number | undefined = pid;
    while (at !== undefined && parents.has(at) && !done.has(at) && !path.has(at)) {
      path.add(at);
      at = parents.get(at);
    }
    if (at !== undefined && path.has(at)) {
      for (let member = at; !found.has(member); member = parents.get(member)!) found.add(member);
    }
    for (const member of path) done.add(member);
  }
  return found;
}

const noCircle: Rule = {
  id: "pstree-circle",
  severity: "error",
  summary: "no process is its own ancestor",
  explanation: "A parent creates its children, so it must exist before them.",
  fix: EDIT,
  *check(context) {
    const entries = tree(context);
    const members = inCircles(entries);
    const first = entries.find(([, { pid }]) => members.has(pid));
    if (first === undefined) return;
    const pids = [...members].slice(0, 10).join(", ");
    yield at(first[0], "ppid", `${first[1].ppid} descends from ${first[1].pid} itself: ${pids}`);
  },
};

const parentBefore: Rule = {
  id: "pstree-parent",
  severity: "error",
  summary: "every parent is listed, before its children",
  explanation: "CRIU looks for the parent among the processes that it has already read.",
  fix: EDIT,
  *check(context) {
    const entries = tree(context);
    const all = new Set(entries.map(([, { pid }]) => pid));
    const circles = inCircles(entries);
    const before = new Set<number>();
    for (const [index, { pid, ppid }] of entries) {
      if (ppid !== 0 && !before.has(ppid) && !circles.has(pid)) {
        const problem = all.has(ppid) ? "comes after it" : "is not listed";
        yield at(index, "ppid", `${ppid}, the parent of ${pid}, ${problem}`);
      }
      before.add(pid);
    }
  },
};

/** The entries of tasks that are known to be alive; a dead one's list of threads is garbage. */
function living(context: CheckContext): [index: number, entry: PstreeEntry][] {
  const alive = new Set(context.living.map(({ entry }) => entry));
  return tree(context).filter(([, entry]) => alive.has(entry));
}

const leader: Rule = {
  id: "thread-leader",
  severity: "error",
  summary: "a process is in its own list of threads",
  explanation: "The main thread has the id of the process, by which CRIU finds it.",
  fix: EDIT,
  *check(context) {
    for (const [index, { pid, threads = [] }] of living(context)) {
      if (!threads.includes(pid)) {
        const some = threads.slice(0, 10).join(", ") || "them";
        yield at(index, "threads", `${pid} itself is not among ${some}`);
      }
    }
  },
};

const tidUnique: Rule = {
  id: "thread-unique",
  severity: "error",
  summary: "thread ids are unique",
  explanation: "No two threads can have one id, not even in different processes.",
  fix: EDIT,
  *check(context) {
    const owners = new Map(tree(context).map(([, { pid }]) => [pid, pid]));
    for (const [index, { pid, threads = [] }] of living(context)) {
      const own = new Set<number>();
      for (const [place, tid] of threads.entries()) {
        const field = `threads[${place}]`;
        const owner = owners.get(tid);
        if (own.has(tid)) yield at(index, field, `${tid} is listed twice`);
        else if (owner !== undefined && owner !== pid) {
          yield at(index, field, `${tid} belongs to process ${owner}, too`);
        }
        own.add(tid);
        if (owner === undefined) owners.set(tid, pid);
      }
    }
  },
};

const deadParent: Rule = {
  id: "dead-parent",
  severity: "error",
  summary: "no process has a parent that had ended",
  explanation:
    "When a process dies, the kernel gives its children to another; CRIU cannot create children of a dead process.",
  fix: EDIT,
  *check(context) {
    const dead = new Set(context.dead.map(({ pid }) => pid));
    for (const [index, { pid, ppid }] of tree(context)) {
      if (dead.has(ppid)) yield at(index, "ppid", `${ppid}, the parent of ${pid}, had ended`);
    }
  },
};

function at(entry: number, field: string, message: string): Finding {
  return { image: IMAGE, entry, field, message };
}

export default [
  present,
  pidUnique,
  oneRoot,
  noCircle,
  parentBefore,
  leader,
  tidUnique,
  deadParent,
];
