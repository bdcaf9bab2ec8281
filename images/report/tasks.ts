/**
 * The tasks of a report: a line each for the list, and their pages in blocks.
 *
 * @module
 */

import type { CoreEntryMarch, RlimitEntry } from "../../proto/types.ts";
import { sameBytes } from "../bytes/bytes.ts";
import { decodeText } from "../bytes/utf8.ts";
import { type FileKey, fileKey } from "../dump/descriptors.ts";
import type { Dump } from "../dump/dump.ts";
import type { Task } from "../dump/task.ts";
import { type CredsRow, setText } from "../explore/creds.ts";
import type { FdRow } from "../explore/fds.ts";
import { views } from "../explore/mod.ts";
import type { ViewName } from "../explore/names.ts";
import type { Row } from "../explore/view.ts";
import { AreaMaker } from "./areas.ts";
import type { Area, Fact, PackedPage, TaskLine, TaskRows } from "./data.ts";
import { Parts } from "./parts.ts";
import { cellsOf, DumpRows, headOf } from "./tables.ts";

/** Tasks in a block of pages. */
export const BLOCK_SIZE = 50;

/** Views that a task's page shows, in their order. */
const TASK_VIEWS = [
  "fds",
  "sk",
  "locks",
  "timers",
  "threads",
  "creds",
  "signals",
  "limits",
  "cpu",
] as const;
/** Those of them that are asked block by block: their rows are many, and nothing else needs them. */
const OWN_VIEWS: ReadonlySet<ViewName> = new Set(["threads", "creds", "signals", "limits", "cpu"]);

/** Most bytes of one argument or variable that the report keeps. */
const LONGEST_TEXT = 4096;

/** Credentials with their sets of capabilities in few words. */
function shortSets(row: CredsRow): Row {
  return {
    ...row,
    effective: setText(row.effective),
    permitted: setText(row.permitted),
    inheritable: setText(row.inheritable),
    bounding: setText(row.bounding),
    ambient: row.ambient && setText(row.ambient),
  };
}

/** The columns of the tables of pages: the page tells which task it is. */
export const TASK_HEADS = TASK_VIEWS.map((name) => headOf(name, (key) => key === "pid"));

/** The tasks of a report. */
export class ReportTasks {
  /** The tasks whose block was made. */
  readonly lines: TaskLine[] = [];
  /** Address spaces by the name of their image; several tasks may have the same. */
  readonly #spaces = new Map<string, { pid: number } & AreaSums>();
  /** What lists of areas come to; tasks with alike areas have the same list. */
  readonly #sums = new WeakMap<readonly Area[], AreaSums>();

  readonly #areas = new AreaMaker();
  readonly #args = new LastTexts();
  readonly #env = new LastTexts();
  #limits: LimitTable | undefined;
  /** Names of open files. */
  #fileNames: ReadonlyMap<FileKey, string> | undefined;

  constructor(readonly dump: Dump, readonly rows: DumpRows, readonly redact: boolean) {}

  /** The pages of all tasks, each block made when it is asked for: {@link TaskBlock} as JSON. */
  *blocks(): Generator<string> {
    const { tasks } = this.dump;
    for (let i = 0; i < tasks.length; i += BLOCK_SIZE) {
      yield this.#block(tasks.slice(i, i + BLOCK_SIZE));
    }
  }

  #block(tasks: readonly Task[]): string {
    const [texts, areas, tables] = [new Parts(), new Parts(), new Parts()];
    const ownRows = new DumpRows(this.dump, { tasks });
    const pages = tasks.map((task): PackedPage => {
      const { pid } = task;
      const own = this.#areas.areasOf(task);
      this.#addLine(task, own);
      const start = this.redact ? undefined : task.memory.startBytes;
      return {
        pid,
        args: texts.add(start === undefined ? null : this.#args.of(start.args, task.comm)),
        env: texts.add(start === undefined ? null : this.#env.of(start.env, task.comm)),
        facts: factsOf(task),
        areas: areas.add(own),
        tables: this.#tables(task, ownRows).map((table) => tables.add(table)),
      };
    });
    return `{"texts":${texts.json},"areas":${areas.json},"tables":${tables.json},` +
      `"pages":${JSON.stringify(pages)}}`;
  }

  #tables(task: Task, ownRows: DumpRows): TaskRows[] {
    return TASK_HEADS.flatMap(({ keys }, i) => {
      const name = TASK_VIEWS[i]!;
      if (name === "limits") return this.#limitsOf(task, keys);
      const rows = this.#rowsOf(name, task, OWN_VIEWS.has(name) ? ownRows : this.rows);
      return rows.length === 0 ? [] : [{ name, rows: cellsOf(keys, rows) }];
    });
  }

  /** The table of a task's limits: the same as for the task before if the limits are. */
  #limitsOf(task: Task, keys: readonly string[]): TaskRows[] {
    const { rlimits, core } = task;
    const last = this.#limits;
    if (last !== undefined && last.machine === core?.mtype && isSame(last.rlimits, rlimits)) {
      return last.tables;
    }
    const rows = cellsOf(keys, [...views.limits.rows(this.dump, { tasks: [task] })]);
    const tables = rows.length === 0 ? [] : [{ name: "limits", rows }];
    this.#limits = { machine: core?.mtype, rlimits, tables };
    return tables;
  }

  #rowsOf(name: (typeof TASK_VIEWS)[number], { pid }: Task, all: DumpRows): readonly Row[] {
    const rows = all.ofTask(name, pid);
    if (name === "fds") return rows.map((row) => this.#named(row as FdRow));
    return name === "creds" ? rows.map((row) => shortSets(row as CredsRow)) : rows;
  }

  /** A descriptor with what its file is called if it has no path: a socket's addresses, a pipe. */
  #named(row: FdRow): FdRow {
    if (row.name !== undefined) return row;
    this.#fileNames ??= new Map(
      this.rows.of("files").map(({ type, id, name }) => [fileKey(type, id), name]),
    );
    return { ...row, name: this.#fileNames.get(fileKey(row.type, row.id)) };
  }

  #addLine(task: Task, areas: readonly Area[]): void {
    const name = task.isDead ? `dead ${task.pid}` : task.mmName;
    let space = this.#spaces.get(name);
    const isFirst = space === undefined;
    if (space === undefined) {
      this.#spaces.set(name, space = { pid: task.pid, ...this.#sumsOf(areas) });
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
      kinds: isFirst ? space.kinds : NO_KINDS,
      memory: space.pid,
    });
  }

  #sumsOf(areas: readonly Area[]): AreaSums {
    let sums = this.#sums.get(areas);
    if (sums === undefined) {
      const [mapped, present] = [sumOf(areas, "size"), sumOf(areas, "present")];
      this.#sums.set(areas, sums = { mapped, present, kinds: presentByKind(areas) });
    }
    return sums;
  }
}

/** What the areas of an address space come to, in bytes. */
type AreaSums = Pick<TaskLine, "mapped" | "present" | "kinds">;

const NO_KINDS: AreaSums["kinds"] = {};

const sumOf = (areas: readonly Area[], key: "size" | "present") =>
  areas.reduce((sum, area) => sum + area[key], 0);

/** Bytes in the dump by kind of area. */
function presentByKind(areas: readonly Area[]): Record<string, number> {
  const kinds: Record<string, number> = {};
  for (const { kind, present } of areas) {
    if (present > 0) kinds[kind] = (kinds[kind] ?? 0) + present;
  }
  return kinds;
}

function factsOf(task: Task): Fact[] {
  const creds = task.isDead ? undefined : task.threads[0]?.creds;
  const { fs, dump } = task;
  const pathOf = (id: number | undefined) =>
    id === undefined ? undefined : dump.files.get("REG", id)?.reg?.name;
  const facts: Fact[] = [];
  const add = (label: string, value: string | undefined) => {
    if (value !== undefined) facts.push({ label, value });
  };
  add("Program", task.exe?.reg?.name);
  add("Working directory", pathOf(fs?.cwd_id));
  add("State", task.state);
  add("Parent", `${task.ppid}`);
  add("Process group, session", `${task.pgid}, ${task.sid}`);
  add("User", creds && `${creds.euid} (real ${creds.uid})`);
  add("Group", creds && `${creds.egid} (real ${creds.gid})`);
  add("Threads", `${task.threads.length}`);
  return facts;
}

/** Limits and their table. */
interface LimitTable {
  readonly machine: CoreEntryMarch | undefined;
  readonly rlimits: readonly RlimitEntry[];
  readonly tables: TaskRows[];
}

function isSame(a: readonly RlimitEntry[], b: readonly RlimitEntry[]): boolean {
  return a.length === b.length &&
    a.every(({ cur, max }, i) => cur === b[i]!.cur && max === b[i]!.max);
}

/** Most names of tasks whose texts are remembered. */
const MOST_REMEMBERED = 64;

/** Decodes texts; those that are as the last task's of the same name, as forks have, only once. */
class LastTexts {
  readonly #last = new Map<string | undefined, { bytes: Uint8Array; texts: string[] }>();

  of(bytes: Uint8Array, comm: string | undefined): string[] {
    const last = this.#last.get(comm);
    if (last !== undefined && sameBytes(last.bytes, bytes)) return last.texts;
    if (this.#last.size >= MOST_REMEMBERED) this.#last.clear();
    const texts = textsOf(bytes);
    this.#last.set(comm, { bytes, texts });
    return texts;
  }
}

/** Texts that end in a zero byte each. */
function textsOf(bytes: Uint8Array): string[] {
  const text = decodeText(bytes, 0, bytes.length).replace(/\0+$/, "");
  return text === "" ? [] : text.split("\0").map((part) => part.slice(0, LONGEST_TEXT));
}
