/**
 * What a report holds: plain data, which the page's own program lays out.
 *
 * Both sides of the report import these types; nothing here is read from a dump. Numbers of more
 * than 53 bits travel as text.
 *
 * @module
 */

/** A value in a table. */
export type Cell = string | number | boolean | null | readonly Cell[] | { [key: string]: Cell };

/** Rows of a view: keys once, then the values of each row in their order. */
export interface Table {
  /** The word that asks `crit x` for it. */
  readonly name: string;
  /** What it shows, as a phrase. */
  readonly title: string;
  /** Keys of the columns. */
  readonly keys: readonly string[];
  /** What each key means. */
  readonly docs: readonly string[];
  /** The rows. */
  readonly rows: readonly (readonly Cell[])[];
}

/** A label and a value of the summary. */
export interface Fact {
  readonly label: string;
  readonly value: string;
}

/** A task in the list. Ids of other tasks are pids. */
export interface TaskLine {
  readonly pid: number;
  readonly ppid: number;
  readonly pgid: number;
  readonly sid: number;
  readonly comm: string;
  readonly state: string;
  readonly threads: number;
  /** Effective user id; -1 if the dump does not have it. */
  readonly uid: number;
  /** Bytes of addresses. */
  readonly mapped: number;
  /** Bytes in the pages of the dump. */
  readonly present: number;
  /** The pid of the task whose address space this one shares; its own if it shares none. */
  readonly memory: number;
}

/** An area of memory: what a map of the address space draws. */
export interface Area {
  readonly start: string;
  readonly end: string;
  /** In bytes. */
  readonly size: number;
  readonly prot: string;
  /** Name of its kind, such as `heap`. */
  readonly kind: string;
  readonly name: string;
  /** Bytes in this dump, in a parent dump, and to be fetched later. */
  readonly present: number;
  readonly parent: number;
  readonly lazy: number;
  /** Whether the rest is in the mapped file (`file`), zero, or made again by the kernel. */
  readonly rest: "file" | "zero" | "kernel" | "shared";
  /** The area in equal pieces, a letter each: what most of the piece is; see {@link FILL}. */
  readonly fill: string;
}

/** Letters of {@link Area.fill}. */
export const FILL = {
  p: "present",
  r: "in a parent dump",
  l: "lazy",
  ".": "absent",
} as const;

/** All about one task; loaded when it is opened. */
export interface TaskPage {
  readonly pid: number;
  readonly args: readonly string[] | null;
  readonly env: readonly string[] | null;
  readonly facts: readonly Fact[];
  readonly areas: readonly Area[];
  /** Tables of the views that have rows of this task. */
  readonly tables: readonly Table[];
}

/** Bytes of one kind of area over all tasks; shared address spaces count once. */
export interface KindBytes {
  readonly kind: string;
  readonly areas: number;
  readonly mapped: number;
  readonly present: number;
  readonly parent: number;
  readonly lazy: number;
}

/** A node of the graph: a task, or something that tasks share or talk through. */
export interface Node {
  readonly id: string;
  readonly kind:
    | "task"
    | "pipe"
    | "fifo"
    | "unix"
    | "tcp"
    | "udp"
    | "shared memory"
    | "lock"
    | "peer";
  readonly label: string;
  /** The task's pid. */
  readonly pid?: number;
}

/** An edge of the graph. */
export interface Edge {
  readonly from: string;
  readonly to: string;
  /** Such as the descriptors at both ends. */
  readonly label: string;
}

/** What `crit check` found. */
export interface ReportFinding {
  readonly rule: string;
  readonly severity: "error" | "warning" | "note";
  readonly image: string;
  readonly entry: number | null;
  readonly field: string | null;
  readonly message: string;
  readonly fix: string;
  /** The task that it is about. */
  readonly pid: number | null;
}

/** Files of one image type. */
export interface ImageLine {
  readonly type: string;
  readonly count: number;
  readonly bytes: number;
}

/** A dump of a chain, the newest first. */
export interface ChainLink {
  readonly path: string;
  /** Bytes of pages that this link stores. */
  readonly stored: number;
}

/** What a comparison found, a row each. */
export interface Comparison {
  readonly path: string;
  readonly tables: readonly Table[];
}

/** How the dump is restored. */
export interface RestoreAdvice {
  /** The whole command. */
  readonly command: string;
  /** Why each option is there. */
  readonly options: readonly { readonly option: string; readonly reason: string }[];
  /** What a restore loses without a word. */
  readonly losses: readonly { readonly what: string; readonly why: string }[];
}

/** The report but for what is loaded task by task. */
export interface ReportData {
  readonly title: string;
  readonly path: string;
  /** When the report was made, as ISO 8601. */
  readonly made: string;
  readonly version: string;
  readonly redacted: boolean;
  readonly verdict: "consistent" | "suspicious" | "broken";
  readonly facts: readonly Fact[];
  readonly tasks: readonly TaskLine[];
  readonly kinds: readonly KindBytes[];
  readonly shared: readonly {
    readonly name: string;
    readonly bytes: number;
    readonly pids: number[];
  }[];
  readonly nodes: readonly Node[];
  readonly edges: readonly Edge[];
  /** How many nodes were left out because the graph would have had too many. */
  readonly leftOut: number;
  readonly tables: readonly Table[];
  readonly timings: readonly { readonly label: string; readonly microseconds: number }[];
  readonly images: readonly ImageLine[];
  readonly chain: readonly ChainLink[];
  readonly findings: readonly ReportFinding[];
  /** Null of a dump that cannot be restored, as a pre-dump. */
  readonly restore: RestoreAdvice | null;
  readonly faults: readonly string[];
  readonly comparison: Comparison | null;
  /** Tasks in one block of {@link TaskPage}s. */
  readonly blockSize: number;
}
