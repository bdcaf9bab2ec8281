/**
 * Gathers what a report holds, from the views, figures and rules that the commands use.
 *
 * @module
 */

import { binarySize } from "../bytes/sizes.ts";
import type { RuleFinding } from "../check/check.ts";
import { RULES } from "../check/rules/mod.ts";
import type { Dump } from "../dump/dump.ts";
import type { DumpImages } from "../dump/images.ts";
import type { Task } from "../dump/task.ts";
import { views } from "../explore/mod.ts";
import { VIEW_SUMMARIES, type ViewName } from "../explore/names.ts";
import type { Row, View } from "../explore/view.ts";
import { commandLine, type Preflight, preflight } from "../restore/preflight.ts";
import { statsOf } from "../stats/stats.ts";
import { imageNumber } from "../types/registry.ts";
import { addKinds, areasOf } from "./areas.ts";
import type {
  Area,
  Cell,
  ChainLink,
  Comparison,
  Fact,
  KindBytes,
  ReportData,
  ReportFinding,
  RestoreAdvice,
  Table,
  TaskLine,
  TaskPage,
} from "./data.ts";
import { graphOf } from "./graph.ts";
import { cellOf, makeTable, tableOf } from "./tables.ts";

/** How a report is made. */
export interface ReportOptions {
  /** Leave out what may be secret: environment, command lines, queue data. */
  readonly redact?: boolean;
  /** When the report is made. */
  readonly made: Date;
  /** Version of the program that makes it. */
  readonly version: string;
  /** Facts about the container, known to the caller. */
  readonly facts?: readonly Fact[];
  /** The comparison with another dump. */
  readonly comparison?: Comparison;
}

/** Views that a task's page shows; the others are shown for the dump as a whole. */
const TASK_VIEWS: readonly ViewName[] = ["fds", "threads", "limits", "signals"];
/** The same, of views that read an image of all tasks. */
const WHOLE_VIEWS: readonly ViewName[] = ["sk", "locks", "timers"];

/** Views that the report shows in a form of its own. */
const DRAWN: ReadonlySet<string> = new Set([
  "ps",
  "mems",
  "rss",
  "env",
  "fds",
  "limits",
  "signals",
]);

/** CRIU's own measurements in words. */
const TIMES: Readonly<Record<string, string>> = {
  freezing_time: "freezing the tasks",
  frozen_time: "tasks frozen",
  memdump_time: "reading memory",
  memwrite_time: "writing pages",
  irmap_resolve: "resolving inodes",
};

/** Tasks in a block of pages. */
export const BLOCK_SIZE = 50;

/** Most bytes of one argument or variable that the report keeps. */
const LONGEST_TEXT = 4096;

/** Gathers a report; `memory` has seen the pages of all tasks, see {@link taskPages}. */
export function reportOf(dump: Dump, memory: MemorySummary, options: ReportOptions): ReportData {
  const found = preflight(dump, {
    machine: undefined,
    rules: RULES,
    demands: [],
    newPidNamespace: false,
    hasRoot: false,
  });
  const { report } = found;
  const stats = statsOf(dump);
  const graph = graphOf(dump);
  const timings = [...stats.criu.dump ?? []].filter(([name]) => name.endsWith("_time"))
    .map(([name, microseconds]) => ({
      label: TIMES[name] ?? name.replaceAll("_", " "),
      microseconds,
    }));
  return {
    title: dump.path.split("/").filter((part) => part !== "").at(-1) ?? dump.path,
    path: dump.path,
    made: options.made.toISOString(),
    version: options.version,
    redacted: options.redact ?? false,
    verdict: report.counts.error > 0
      ? "broken"
      : report.counts.warning > 0
      ? "suspicious"
      : "consistent",
    facts: [...options.facts ?? [], ...factsOf(dump, stats)],
    tasks: memory.lines,
    kinds: memory.kinds,
    shared: sharedOf(dump),
    nodes: graph.nodes,
    edges: graph.edges,
    leftOut: graph.leftOut,
    tables: wholeTables(dump),
    timings,
    images: [...stats.images].map(([type, { count, bytes }]) => ({ type, count, bytes })),
    chain: chainOf(dump),
    findings: report.findings.map((finding) => findingOf(dump, finding)),
    restore: found.kind === "dump" ? adviceOf(dump, found) : null,
    faults: dump.allFaults.map(({ message }) => message),
    comparison: options.comparison ?? null,
    blockSize: BLOCK_SIZE,
  };
}

/**
 * The pages of the tasks in blocks, each gathered when it is asked for.
 *
 * @param memory adds up the areas of all of them
 */
export function* taskPages(
  dump: Dump,
  memory: MemorySummary,
  redact: boolean,
): Generator<TaskPage[]> {
  // These views read images of the dump as a whole: once for all tasks.
  const whole = WHOLE_VIEWS.map((name) => splitByTask(name, views[name], dump, dump.tasks));
  for (let i = 0; i < dump.tasks.length; i += BLOCK_SIZE) {
    const tasks = dump.tasks.slice(i, i + BLOCK_SIZE);
    const own = TASK_VIEWS.map((name) => splitByTask(name, views[name], dump, tasks));
    yield tasks.map((task) => {
      const areas = areasOf(dump, task);
      memory.add(task, areas);
      return {
        pid: task.pid,
        args: redact ? null : textsOf(task.memory.argumentBytes),
        env: redact ? null : textsOf(task.memory.environmentBytes),
        facts: taskFacts(task),
        areas,
        tables: [...own, ...whole].flatMap((byPid) => byPid.get(task.pid) ?? []),
      };
    });
  }
}

/** Rows of a view by the task that they are about. */
function splitByTask(
  name: ViewName,
  view: View,
  dump: Dump,
  tasks: readonly Task[],
): Map<number, Table> {
  const byPid = new Map<number, Row[]>();
  for (const row of view.rows(dump, { tasks })) {
    for (const pid of new Set(pidsOf(row))) {
      const known = byPid.get(pid);
      if (known === undefined) byPid.set(pid, [row]);
      else known.push(row);
    }
  }
  const docs = Object.fromEntries(Object.entries(view.keys).filter(([key]) => key !== "pid"));
  const keys = Object.keys(docs);
  return new Map([...byPid].map(([pid, rows]) => {
    const cells = rows.map((row): Cell[] => {
      const values = new Map(Object.entries(row));
      return keys.map((key) => cellOf(values.get(key)));
    });
    return [pid, makeTable(name, VIEW_SUMMARIES[name], docs, cells)];
  }));
}

/** The tasks that a row is about: its `pid`, or those of its `fds`. */
function pidsOf(row: Row): number[] {
  const { pid, fds } = row as { pid?: unknown; fds?: unknown };
  if (typeof pid === "number") return [pid];
  if (!Array.isArray(fds)) return [];
  return fds.flatMap((end: { pid?: unknown }) => typeof end.pid === "number" ? end.pid : []);
}

/** Views of the dump as a whole. */
function wholeTables(dump: Dump): Table[] {
  return Object.entries(views).filter(([name]) => !DRAWN.has(name))
    .map(([name, view]) => tableOf(name as ViewName, view, dump))
    .filter(({ rows }) => rows.length > 0);
}

/** Adds up the memory of tasks; an address space that several share counts once. */
export class MemorySummary {
  /** The tasks, with the sizes of their memory. */
  readonly lines: TaskLine[] = [];
  readonly #kinds = new Map<string, KindBytes>();
  readonly #spaces = new Map<string, { pid: number; mapped: number; present: number }>();

  /** Bytes by kind of area, most bytes first. */
  get kinds(): KindBytes[] {
    return [...this.#kinds.values()].sort((a, b) => b.present - a.present);
  }

  /** Adds a task. */
  add(task: Task, areas: readonly Area[]): void {
    const name = task.isDead ? `dead ${task.pid}` : task.mmName;
    let space = this.#spaces.get(name);
    if (space === undefined) {
      addKinds(this.#kinds, areas);
      space = { pid: task.pid, mapped: sumOf(areas, "size"), present: sumOf(areas, "present") };
      this.#spaces.set(name, space);
    }
    this.lines.push({
      pid: task.pid,
      ppid: task.ppid,
      pgid: task.pgid,
      sid: task.sid,
      comm: task.comm ?? "",
      state: task.state,
      threads: task.threads.length,
      uid: task.isDead ? -1 : task.threads[0]?.creds?.euid ?? -1,
      mapped: space.mapped,
      present: space.present,
      memory: space.pid,
    });
  }
}

const sumOf = (areas: readonly Area[], key: "size" | "present") =>
  areas.reduce((sum, area) => sum + area[key], 0);

/** Memory that several tasks map, by the images that hold it. */
function sharedOf(dump: Dump): ReportData["shared"] {
  const pidsOfId = new Map<number, Set<number>>();
  for (const task of dump.tasks) {
    if (task.isDead) continue;
    for (const vma of task.vmas) {
      if ((vma.flags & 1) === 0) continue;
      const id = dump.sharedMemory.idOf(vma);
      if (id === undefined || id === 0) continue;
      const pids = pidsOfId.get(id) ?? new Set();
      pids.add(task.pid);
      pidsOfId.set(id, pids);
    }
  }
  return [...pidsOfId].flatMap(([id, pids]) => {
    const name = `pagemap-shmem-${id}.img`;
    if (!dump.has(name)) return [];
    const bytes = dump.pageMap(name).storedPages * dump.pageSize;
    return [{ name, bytes, pids: [...pids] }];
  });
}

/** This dump and those that it builds upon. */
function chainOf(dump: Dump): ChainLink[] {
  const links: ChainLink[] = [];
  for (let at: DumpImages | undefined = dump; at !== undefined; at = at.parent) {
    const stored = at.dumpFiles.filter(({ type }) => type?.name === "PAGES")
      .reduce((sum, { size }) => sum + size, 0);
    links.push({ path: at.path, stored });
  }
  return links;
}

function adviceOf(dump: Dump, { options, losses }: Preflight): RestoreAdvice {
  return {
    command: commandLine(dump.path, options),
    options: options.map(({ option, reason }) => ({ option: option.option, reason })),
    losses: losses.map(({ what, rule }) => ({ what, why: rule.explanation })),
  };
}

function findingOf(dump: Dump, { rule, image, entry, field, message }: RuleFinding): ReportFinding {
  const number = imageNumber(image);
  return {
    rule: rule.id,
    severity: rule.severity,
    image,
    entry: entry ?? null,
    field: field ?? null,
    message,
    fix: rule.fix.replaceAll("{image}", image),
    pid: number !== undefined && dump.task(number) !== undefined ? number : null,
  };
}

/** What the summary says of the dump. */
function factsOf(dump: Dump, stats: ReturnType<typeof statsOf>): Fact[] {
  const uts = dump.dumpFiles.find(({ type }) => type?.name === "UTSNS")?.name;
  const host = uts === undefined ? undefined : dump.optionalEntry(uts, "utsns_entry")?.nodename;
  const { tasks, memory, release, images } = stats;
  const files = [...images.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  const facts: Array<[string, string | undefined]> = [
    ["Host name", host],
    ["Processes", `${tasks.count}`],
    ["Threads", `${tasks.threads}`],
    ["Memory in the dump", binarySize(memory.present + memory.shared.present)],
    ["Memory in parent dumps", memory.inParent > 0 ? binarySize(memory.inParent) : undefined],
    ["Size of all files", binarySize(files)],
    ["Page size", binarySize(memory.pageSize)],
    ["Image version", release.imageVersion],
    ["Oldest CRIU that reads it", release.oldestRelease],
    ["Kind", stats.preDump ? "pre-dump: memory only" : "dump"],
  ];
  return facts.flatMap(([label, value]) => value === undefined ? [] : [{ label, value }]);
}

function taskFacts(task: Task): Fact[] {
  const creds = task.isDead ? undefined : task.threads[0]?.creds;
  const facts: Array<[string, string | undefined]> = [
    ["Program", task.exe?.reg?.name],
    ["State", task.state],
    ["Parent", `${task.ppid}`],
    ["Process group, session", `${task.pgid}, ${task.sid}`],
    ["User", creds === undefined ? undefined : `${creds.euid} (real ${creds.uid})`],
    ["Group", creds === undefined ? undefined : `${creds.egid} (real ${creds.gid})`],
    ["Threads", `${task.threads.length}`],
  ];
  return facts.flatMap(([label, value]) => value === undefined ? [] : [{ label, value }]);
}

/** Texts that end in a zero byte each. */
function textsOf(bytes: Uint8Array): string[] {
  const text = new TextDecoder().decode(bytes).replace(/\0+$/, "");
  return text === "" ? [] : text.split("\0").map((part) => part.slice(0, LONGEST_TEXT));
}
