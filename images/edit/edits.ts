/**
 * All edits of a run: the edits for each image, and whether each has matched.
 *
 * @module
 */

import { Glob, isExact } from "../bytes/glob.ts";
import { nearest } from "../bytes/nearest.ts";
import { type CritError, dataError } from "../errors.ts";
import { checkEdit, checkFiles } from "./check_edit.ts";
import type { Edit } from "./edit.ts";
import { isMeant, type Scope } from "./meant.ts";
import { EditSession, type Stage } from "./session.ts";

/** The results of a run. */
export interface EditTally {
  /** Number of places that were set or deleted, and of images that a filter or function changed. */
  edits: number;
  /** Number of changed images. */
  images: number;
}

/**
 * The edits of a run. Those of fields come first, in their order, each seeing what the ones before
 * it left; then the stages in theirs. Numbers of entries and items are those before any edit.
 */
export class Edits {
  #stageEdits = 0;
  #images = 0;
  readonly #seen: string[] = [];
  readonly #used = new Set<Stage>();
  readonly #globs = new Map<string, Glob>();

  /**
   * @param fields edits of fields
   * @param stages filters and functions, after the edits of fields
   * @param scope whether there is a single image, which all edits without a file name select
   */
  constructor(
    readonly fields: readonly Edit[],
    readonly stages: readonly Stage[],
    readonly scope: Scope,
  ) {}

  /** Whether there are no edits. */
  get isEmpty(): boolean {
    return this.fields.length === 0 && this.stages.length === 0;
  }

  /** The results so far. */
  get tally(): EditTally {
    const places = this.fields.reduce((sum, { matches }) => sum + matches, 0);
    return { edits: places + this.#stageEdits, images: this.#images };
  }

  /** Names of images that must exist, because an edit names only them. */
  get names(): string[] {
    const files = [
      ...this.fields.filter(({ mustMatch }) => mustMatch).map(({ target }) => target.files),
      ...this.stages.map(({ files }) => files),
    ];
    return files.filter((name) => name !== undefined && isExact(name)) as string[];
  }

  /**
   * Checks each edit without reading an image.
   *
   * @throws {CritError} `usage` when there is no such field or image, or a value does not fit
   */
  check(): void {
    for (const edit of this.fields) checkEdit(edit);
    for (const { text, files } of this.stages) if (files !== undefined) checkFiles(text, files);
  }

  /** The edits of fields alone, in their initial state. */
  rehearsal(): Edits {
    return new Edits(this.fields.map((edit) => edit.fresh()), [], this.scope);
  }

  /** The edits of an image of this name, which may be none. */
  session(name: string): EditSession {
    if (this.#seen.at(-1) !== name) this.#seen.push(name);
    const fields = this.fields.filter(({ target }) => this.#isFor(target.files, name));
    const stages = this.stages.filter(({ files }) => this.#isFor(files, name));
    return new EditSession(name, fields, stages, {
      staged: (stage, hasChanged) => {
        this.#used.add(stage);
        if (hasChanged) this.#stageEdits++;
      },
      changed: () => this.#images++,
    });
  }

  #isFor(files: string | undefined, name: string): boolean {
    return isMeant(files === undefined ? undefined : this.#glob(files), name, this.scope);
  }

  #glob(files: string): Glob {
    const known = this.#globs.get(files) ?? new Glob(files);
    this.#globs.set(files, known);
    return known;
  }

  /**
   * Ends the run.
   *
   * @throws {CritError} `data` if an edit matched nothing
   */
  finish(): void {
    for (const edit of this.fields) {
      if (edit.matches > 0 || !edit.mustMatch) continue;
      throw edit.images > 0 ? edit.nothing() : this.#noImage(edit.text, edit.target.files);
    }
    for (const stage of this.stages) {
      if (stage.files !== undefined && !this.#used.has(stage)) {
        throw this.#noImage(stage.text, stage.files);
      }
    }
  }

  #noImage(text: string, files: string | undefined): CritError {
    const near = files === undefined ? undefined : nearest(files, this.#seen);
    const reason = `${text} matches no image`;
    return dataError(reason, {}, near && `did you mean ${near}?`);
  }
}
