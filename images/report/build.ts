/**
 * Gathers what a report holds, from the views, figures and rules that the commands use.
 *
 * @module
 */

import type { RootfsChange } from "../container/rootfs.ts";
import { CheckContext } from "../check/context.ts";
import { RULES } from "../check/rules/mod.ts";
import type { Dump } from "../dump/dump.ts";
import { sharedPageMapName } from "../dump/shared_memory.ts";
import { views } from "../explore/mod.ts";
import type { ViewName } from "../explore/names.ts";
import type { Demand } from "../restore/demand.ts";
import type { Machine } from "../restore/machine.ts";
import { type Preflight, preflight } from "../restore/preflight.ts";
import { ReleaseScan, type ReleaseStats, releaseStats } from "../stats/release.ts";
import { type Stats, statsOf } from "../stats/stats.ts";
import { chainOf } from "./chain.ts";
import type { Comparison, ReportData, Table } from "./data.ts";
import { graphOf, sharedLabel } from "./graph.ts";
import { adviceOf, findingOf } from "./restore.ts";
import { summaryOf } from "./summary.ts";
import { DumpRows, tableOf } from "./tables.ts";
import { BLOCK_SIZE, ReportTasks, TASK_HEADS } from "./tasks.ts";

/** A machine that is asked whether the dump can be restored there. */
export interface AskedMachine {
  readonly machine: Machine;
  readonly demands: readonly Demand[];
  /** What the report calls it. */
  readonly name: string;
}

/** How a report is made. */
export interface ReportOptions {
  /** Leave out what may be secret: environments and command lines. */
  readonly redact?: boolean;
  /** When the report is made. */
  readonly made: Date;
  /** Version of the program that makes it. */
  readonly version: string;
  /** The machine on which the dump may be restored; undefined if none is asked. */
  readonly asked?: AskedMachine;
  /** What the container changed of its root file system. */
  readonly changes?: readonly RootfsChange[];
  /** The comparison with another dump. */
  readonly comparison?: Comparison;
}

/** Views of which the report shows, for the dump as a whole, only rows that are about no task. */
const OF_TASKS: ReadonlySet<string> = new Set(["cpu"]);
/** Views that the report shows in a form of its own, or on the pages of tasks only. */
const DRAWN: ReadonlySet<string> = new Set(
  ["ps", "mems", "rss", "env", "fds", "limits", "signals", "threads", "creds"],
);

/** CRIU's own measurements in words. */
const TIMES: Readonly<Record<string, string>> = {
  freezing_time: "freezing the tasks",
  frozen_time: "tasks frozen",
  memdump_time: "reading memory",
  memwrite_time: "writing pages",
  irmap_resolve: "resolving inodes",
};

/** A report in the making. Its tasks come first, the rest when they are done. */
export class ReportMaker {
  readonly tasks: ReportTasks;
  readonly #rows: DumpRows;
  readonly #found: Preflight;
  readonly #release: ReleaseStats;

  /** Checks the dump: every image is read once, and what else is asked of it is then at hand. */
  constructor(readonly dump: Dump, readonly options: ReportOptions) {
    const { redact = false, changes = [], asked } = options;
    this.#rows = new DumpRows(dump, { changes });
    this.tasks = new ReportTasks(dump, this.#rows, redact);
    const releases = new ReleaseScan(dump);
    const context = new CheckContext(dump, undefined, releases);
    this.#found = preflight(dump, {
      machine: asked?.machine,
      demands: asked?.demands ?? [],
      rules: RULES,
      newPidNamespace: false,
      onlyUnfulfilled: true,
      hasRoot: asked !== undefined && asked.machine.root !== "/",
      context,
    });
    this.#release = releaseStats(dump, releases);
  }

  /** The report but for the pages of tasks, all of which were made before. */
  finish(): ReportData {
    const { dump, options } = this;
    const { redact = false } = options;
    const { report } = this.#found;
    const stats = statsOf(dump, { release: this.#release });
    const { nodes, edges, leftOut } = graphOf(this.#rows);
    const { groups, faults } = summaryOf(dump, stats, redact);
    return {
      title: titleOf(dump),
      path: dump.path,
      made: options.made.toISOString(),
      version: options.version,
      redacted: redact,
      verdict: report.counts.error > 0
        ? "broken"
        : report.counts.warning > 0
        ? "suspicious"
        : "consistent",
      counts: report.counts,
      unfinished: report.unfinished ?? null,
      groups,
      tasks: this.tasks.lines,
      kinds: kindsOf(stats),
      shared: sharedOf(this.#rows),
      nodes,
      edges,
      leftOut,
      tables: wholeTables(this.#rows),
      timings: timingsOf(stats),
      images: [...stats.images].map(([type, { count, bytes }]) => ({ type, count, bytes })),
      chain: chainOf(dump),
      findings: report.findings.map((finding) => findingOf(dump, finding)),
      leftOutFindings: report.leftOut,
      restore: adviceOf(dump, this.#found, options.asked?.name ?? null),
      faults: [...dump.allFaults, ...faults].map(({ message }) => message),
      comparison: options.comparison ?? null,
      taskViews: TASK_HEADS,
      blockSize: BLOCK_SIZE,
    };
  }
}

/** The last part of a dump's path. */
export function titleOf({ path }: Dump): string {
  return path.split("/").filter((part) => part !== "" && part !== ".").at(-1) ?? path;
}

/** Views of the dump as a whole. */
function wholeTables(rows: DumpRows): Table[] {
  const names = Object.keys(views) as ViewName[];
  return names.filter((name) => !DRAWN.has(name)).map((name) => {
    const isOfTasks = OF_TASKS.has(name);
    return tableOf(
      name,
      isOfTasks ? [...views[name].rows(rows.dump, { tasks: [] })] : rows.of(name),
    );
  }).filter(({ rows }) => rows.length > 0);
}

/** CRIU's own times, in microseconds. */
function timingsOf({ criu }: Stats): ReportData["timings"] {
  return [...criu.dump ?? []].filter(([name]) => name.endsWith("_time")).map((
    [name, microseconds],
  ) => ({ label: TIMES[name] ?? name.replaceAll("_", " "), microseconds }));
}

/** Bytes by kind of area, most bytes first. */
function kindsOf({ memory }: Stats): ReportData["kinds"] {
  return [...memory.byKind].map(([kind, { areas, mapped, present, inParent, lazy }]) => ({
    kind,
    areas,
    mapped,
    present,
    parent: inParent,
    lazy,
  })).sort((a, b) => b.present - a.present || b.mapped - a.mapped);
}

/** Memory that tasks share, by the page maps that have it. */
function sharedOf({ dump, sharedAreas }: DumpRows): ReportData["shared"] {
  const mappings = new Map<string, { label: string; pids: Set<number> }>();
  for (const { pid, vma } of sharedAreas) {
    const id = dump.sharedMemory.idOf(vma);
    if (id === undefined) continue;
    const name = sharedPageMapName(id);
    const known = mappings.get(name);
    if (known !== undefined) known.pids.add(pid);
    else mappings.set(name, { label: sharedLabel(dump, vma), pids: new Set([pid]) });
  }
  const pageMaps = dump.dumpFiles.ofTypes(({ name }) => name === "SHMEM_PAGEMAP");
  return pageMaps.map(({ name }) => {
    const { label, pids } = mappings.get(name) ?? { label: "mapped by no task", pids: [] };
    const bytes = dump.pageMap(name).storedPages * dump.pageSize;
    return { name, label, bytes, pids: [...pids] };
  });
}
