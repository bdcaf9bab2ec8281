/**
 * All edits of a run: which of them are for which image, and whether each found what it is for.
 *
 * @module
 */

import { joinBytes, sameBytes } from "../bytes/bytes.ts";
import { Glob, isExact } from "../bytes/glob.ts";
import { nearest } from "../bytes/nearest.ts";
import { type CritError, dataError } from "../errors.ts";
import { InfoReader } from "../image/info.ts";
import { checkEdit, checkFiles } from "./check_edit.ts";
import type { Edit } from "./edit.ts";
import { EntryEditor } from "./entry_editor.ts";
import { isMeant, type Scope } from "./meant.ts";

/** An edit of an image as a whole: its bytes before, its bytes after. */
export interface Stage {
  /** As the user gave it. */
  readonly text: string;
  /** The images that it is for: a pattern, or undefined for all that have entries. */
  readonly files: string | undefined;
  /**
   * Edits an image.
   *
   * @throws {CritError} when it cannot
   */
  edit(name: string, image: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

/** What a run has done. */
export interface EditTally {
  /** Places that were set or deleted, and images that a filter or function changed. */
  edits: number;
  /** Images that have changed. */
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
   * @param fields what is set and deleted
   * @param stages what is done after that
   * @param scope whether there is one image, which all edits without a file name are for
   */
  constructor(
    readonly fields: readonly Edit[],
    readonly stages: readonly Stage[],
    readonly scope: Scope,
  ) {}

  /** Whether there is nothing to do. */
  get isEmpty(): boolean {
    return this.fields.length === 0 && this.stages.length === 0;
  }

  /** What was done so far. */
  get tally(): EditTally {
    const places = this.fields.reduce((sum, { matches }) => sum + matches, 0);
    return { edits: places + this.#stageEdits, images: this.#images };
  }

  /** Names of the images that must be there, because an edit is for them only. */
  get names(): string[] {
    const files = [
      ...this.fields.filter(({ mustMatch }) => mustMatch).map(({ target }) => target.files),
      ...this.stages.map(({ files }) => files),
    ];
    return files.filter((name) => name !== undefined && isExact(name)) as string[];
  }

  /**
   * Checks, without any image, that each edit can be for one.
   *
   * @throws {CritError} `usage` when there is no such field or image, or a value does not fit
   */
  check(): void {
    for (const edit of this.fields) checkEdit(edit);
    for (const { text, files } of this.stages) if (files !== undefined) checkFiles(text, files);
  }

  /** The edits of fields alone, before they have been tried on anything. */
  rehearsal(): Edits {
    return new Edits(this.fields.map((edit) => edit.fresh()), [], this.scope);
  }

  /** Whether any edit is for an image of this name. */
  concern(name: string): boolean {
    return this.fieldsFor(name).length > 0 || this.stagesFor(name).length > 0;
  }

  /** The edits of fields that are for an image. */
  fieldsFor(name: string): Edit[] {
    this.#note(name);
    return this.fields.filter(({ target }) => this.#isFor(target.files, name));
  }

  /** The edits of the whole that are for an image. */
  stagesFor(name: string): Stage[] {
    this.#note(name);
    return this.stages.filter(({ files }) => this.#isFor(files, name));
  }

  #isFor(files: string | undefined, name: string): boolean {
    return isMeant(files === undefined ? undefined : this.#glob(files), name, this.scope);
  }

  #glob(files: string): Glob {
    const known = this.#globs.get(files) ?? new Glob(files);
    this.#globs.set(files, known);
    return known;
  }

  #note(name: string): void {
    if (this.#seen.at(-1) !== name) this.#seen.push(name);
  }

  /** Takes note that an image has changed. */
  changed(): void {
    this.#images++;
  }

  /**
   * Edits a whole image in memory.
   *
   * @param name the file name by which edits know it
   * @param label what errors call it
   * @returns the very same bytes if nothing changed
   * @throws {CritError} when an edit cannot be done
   */
  async edit(name: string, image: Uint8Array, label: string = name): Promise<Uint8Array> {
    let edited = this.#editFields(name, image, label);
    for (const stage of this.stagesFor(name)) {
      const before = edited;
      edited = await stage.edit(label, before);
      this.#used.add(stage);
      if (edited !== before && !sameBytes(edited, before)) this.#stageEdits++;
    }
    if (sameBytes(edited, image)) return image;
    this.changed();
    return edited;
  }

  #editFields(name: string, image: Uint8Array, label: string): Uint8Array {
    const edits = this.fieldsFor(name);
    if (edits.length === 0) return image;
    const pieces: Uint8Array[] = [];
    const options = { name: label, size: image.length };
    const count = edits.some(({ countsFromEnd }) => countsFromEnd)
      ? countEntries(image, options)
      : undefined;
    const editor = new EntryEditor(edits, (piece) => pieces.push(piece.slice()), {
      ...options,
      count,
    });
    pushInto(editor, image);
    return editor.changed ? joinBytes(pieces) : image;
  }

  /**
   * Ends the run.
   *
   * @throws {CritError} `data` when an edit found nothing that it could be for
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
    const reason = `${text} is for no image that is here`;
    return dataError(reason, {}, near && `did you mean ${near}?`);
  }
}

function countEntries(image: Uint8Array, options: { name: string; size: number }): number {
  const { reader } = new InfoReader(options);
  reader.push(image);
  reader.finish();
  return reader.index;
}

function pushInto(editor: EntryEditor, image: Uint8Array): void {
  for (let from = 0; from < image.length;) {
    const room = editor.room();
    const count = Math.min(room.length, image.length - from);
    room.set(image.subarray(from, from + count));
    from += count;
    editor.advance(count);
  }
  editor.finish();
}
