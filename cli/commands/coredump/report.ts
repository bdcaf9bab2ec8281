/**
 * What `crit coredump` says about the core files that it wrote, and about those that it did not.
 *
 * @module
 */

import type { MissingFile } from "../../../images/coredump/mapped_files.ts";
import type { CoreReport } from "../../../images/coredump/write.ts";
import type { Task } from "../../../images/dump/task.ts";
import type { CritError } from "../../../images/errors.ts";
import { inDump } from "../../files/error_places.ts";
import { failureOf } from "../../terminal/failure.ts";
import { warn } from "../../terminal/terminal.ts";

/** A core file that was written. */
export interface WrittenCore extends CoreReport {
  readonly path: string;
}

/** Collects the result for each process, and reports it. */
export class CoredumpReport {
  /** One a process, for programs. */
  readonly rows: object[] = [];
  readonly #missing = new Map<string, MissingFile>();
  readonly #failures = new Map<string, CritError>();
  readonly #parent = new Absent();
  readonly #lazy = new Absent();
  readonly #holes = new Absent();

  /** @param dump its path, as it was typed */
  constructor(readonly dump: string) {}

  /** Whether no parent dump was missing. */
  get hasParents(): boolean {
    return this.#parent.isNone;
  }

  /** A process is dead. */
  dead({ pid, comm }: Task): void {
    warn(`crit: process ${pid} is dead and has no memory: it gets no core file`);
    this.rows.push({ pid, comm, path: null, reason: "it is dead and has no memory" });
  }

  /** A core file was written. */
  written(
    { pid, comm }: Task,
    { path, size, missing, absentPages, punchedPages }: WrittenCore,
  ): void {
    for (const file of missing) this.#missing.set(file.name, file);
    this.#parent.add(absentPages.parent);
    this.#lazy.add(absentPages.lazy);
    this.#holes.add(punchedPages);
    this.rows.push({
      pid,
      comm,
      path,
      size,
      pages_in_missing_parent: absentPages.parent,
      lazy_pages: absentPages.lazy,
      punched_pages: punchedPages,
      missing_files: missing.map(({ name, reason }) => ({ name, reason })),
    });
  }

  /** A core file could not be made. */
  failed({ pid, comm }: Task, error: CritError): void {
    this.#failures.set(error.message, error);
    this.rows.push({ pid, comm, path: null, reason: inDump(error, this.dump).message });
  }

  /**
   * Says what core files go without.
   *
   * @throws {CritError} what was wrong with the last one that could not be made; the others are
   * reported
   */
  finish(): void {
    this.#parent.tell("in a missing parent dump");
    this.#lazy.tell("to be fetched later");
    this.#holes.tell("holes in the dump's files, which --auto-dedup punched", "zeros");
    for (const { name, reason } of this.#missing.values()) {
      warn(`crit: ${name} ${reason}: pages of it that were not changed are left out`);
    }
    const last = [...this.#failures.values()].pop();
    for (const error of this.#failures.values()) {
      if (error !== last) warn(failureOf(inDump(error, this.dump)).line!);
    }
    if (last !== undefined) throw last;
  }
}

/** Pages that core files go without. */
class Absent {
  #pages = 0;
  #tasks = 0;

  /** Whether there are none. */
  get isNone(): boolean {
    return this.#pages === 0;
  }

  /** Adds those of a task. */
  add(pages: number): void {
    this.#pages += pages;
    if (pages > 0) this.#tasks++;
  }

  /** Says how many there are, where they are, and what the core file has there. */
  tell(where: string, instead = "left out"): void {
    if (this.#pages === 0) return;
    const [pages, be, they] = this.#pages === 1
      ? ["1 page", "is", "it is"]
      : [`${this.#pages} pages`, "are", "they are"];
    const tasks = this.#tasks === 1 ? "a process" : `${this.#tasks} processes`;
    warn(`crit: ${pages} of ${tasks} ${be} ${where}: ${they} ${instead}`);
  }
}
