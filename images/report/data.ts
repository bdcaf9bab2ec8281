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

/** What a table is about, and what its columns mean. */
export interface TableHead {
  /** The word that asks `crit x` for it. */
  readonly name: string;
  /** What it shows, as a phrase. */
  readonly title: string;
  /** Keys of the columns. */
  readonly keys: readonly string[];
  /** What each key means. */
  readonly docs: readonly string[];
}

/** Rows of a view: keys once, then the values of each row in their order. */
export interface Table extends TableHead {
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
  /** The same by kind of area; empty if the address space is another task's. */
  readonly kinds: Readonly<Record<string, number>>;
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
  /**
   * The area in equal pieces, a letter each: what most of the piece is, see {@link FILL}. One letter
   * if all pieces are alike.
   */
  readonly fill: string;
}

/** Letters of {@link Area.fill}. */
export const FILL = {
  p: "present",
  r: "in a parent dump",
  l: "lazy",
  ".": "absent",
} as const;

/** Rows of a view that are about one task. */
export interface TaskRows {
  /** The view, one of {@link ReportData.taskViews}. */
  readonly name: string;
  readonly rows: readonly (readonly Cell[])[];
}

/** All about one task; loaded when it is opened. */
export interface TaskPage {
  readonly pid: number;
  /** Null if it is left out. */
  readonly args: readonly string[] | null;
  /** Null if it is left out. */
  readonly env: readonly string[] | null;
  readonly facts: readonly Fact[];
  readonly areas: readonly Area[];
  /** Of the views that have rows of this task. */
  readonly tables: readonly TaskRows[];
}

/** A {@link TaskPage} whose parts are indices into the lists of its {@link TaskBlock}. */
export interface PackedPage {
  readonly pid: number;
  readonly args: number;
  readonly env: number;
  readonly facts: readonly Fact[];
  readonly areas: number;
  readonly tables: readonly number[];
}

/** The pages of some tasks; what several of them have alike is there once. */
export interface TaskBlock {
  readonly texts: readonly (readonly string[] | null)[];
  readonly areas: readonly (readonly Area[])[];
  readonly tables: readonly TaskRows[];
  readonly pages: readonly PackedPage[];
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

/** A place in the dump's images, with the task that it belongs to. */
export interface ReportPlace {
  readonly image: string;
  readonly entry: number | null;
  readonly field: string | null;
  readonly pid: number | null;
}

/** What `crit check` found. */
export interface ReportFinding {
  readonly rule: string;
  readonly severity: "error" | "warning" | "note";
  /** What must be so, as a phrase. */
  readonly summary: string;
  /** Why it must. */
  readonly why: string;
  readonly place: ReportPlace;
  readonly message: string;
  readonly fix: string;
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
  /** When its images were written, as ISO 8601. */
  readonly made: string | null;
  readonly tasks: number;
  /** Bytes of pages that this link stores. */
  readonly stored: number;
  /** Bytes of them that the newest dump still uses: the rest was written again later. */
  readonly used: number;
  /** Microseconds that the tasks were frozen. */
  readonly frozen: number | null;
}

/** What a comparison found, a row each. */
export interface Comparison {
  readonly path: string;
  readonly tables: readonly Table[];
}

/** What came of asking a machine for what the dump demands. */
export interface MachineOutcome {
  readonly demand: string;
  /** What must be so, as a phrase. */
  readonly summary: string;
  readonly state: "fails" | "unknown";
  readonly what: string;
  readonly expected: string;
  readonly found: string;
  readonly fix: string | null;
  readonly place: ReportPlace | null;
}

/** How the dump is restored: what `crit preflight` found. */
export interface RestoreAdvice {
  /** The whole command. */
  readonly command: string;
  /** Why each option is there. */
  readonly options: readonly {
    readonly option: string;
    readonly reason: string;
    /** What CRIU does without it. */
    readonly without: string;
    readonly isOptional: boolean;
    readonly places: readonly ReportPlace[];
  }[];
  /** What a restore loses without a word. */
  readonly losses: readonly {
    readonly rule: string;
    readonly what: string;
    readonly why: string;
    readonly place: ReportPlace;
  }[];
  /** The machine that was asked; null if none was. */
  readonly machine: string | null;
  /** What it lacks and what is unknown, the worst first. */
  readonly outcomes: readonly MachineOutcome[];
  /** Demands that are fulfilled, and how often. */
  readonly fulfilled: readonly {
    readonly demand: string;
    readonly summary: string;
    readonly count: number;
  }[];
  /** How many outcomes there are of each state. */
  readonly counts: Readonly<Record<"ok" | MachineOutcome["state"], number>>;
}

/** A part of the summary. */
export interface FactGroup {
  readonly title: string;
  readonly facts: readonly Fact[];
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
  /** How many findings of check there are of each severity. */
  readonly counts: Readonly<Record<ReportFinding["severity"], number>>;
  /** Why the dump, or this copy of it, looks unfinished. */
  readonly unfinished: { readonly isCopy: boolean; readonly signs: readonly string[] } | null;
  readonly groups: readonly FactGroup[];
  readonly tasks: readonly TaskLine[];
  readonly kinds: readonly KindBytes[];
  readonly shared: readonly {
    /** The page map that has it. */
    readonly name: string;
    readonly label: string;
    readonly bytes: number;
    readonly pids: readonly number[];
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
  /** Findings beyond those that are listed. */
  readonly leftOutFindings: number;
  /** Null of a dump that cannot be restored, as a pre-dump. */
  readonly restore: RestoreAdvice | null;
  readonly faults: readonly string[];
  readonly comparison: Comparison | null;
  /** Columns of the tables of {@link TaskPage}s. */
  readonly taskViews: readonly TableHead[];
  /** Tasks in one {@link TaskBlock}. */
  readonly blockSize: number;
}
