/**
 * The edits of one image: in constant memory if only fields are set and deleted, with the whole
 * image in memory if a filter or function wants it.
 *
 * @module
 */

import { joinBytes, sameBytes } from "../bytes/bytes.ts";
import { feed, type SyncReader } from "../bytes/io.ts";
import { countEntries } from "../image/info.ts";
import type { Edit } from "./edit.ts";
import { EntryEditor } from "./entry_editor.ts";
import { readToEnd } from "./size.ts";

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

/** An image that is edited. */
export interface EditInput {
  /** What errors call it. */
  readonly label: string;
  /** In bytes, if known. */
  readonly size: number | undefined;
  /** Whether it can be opened more than once. */
  readonly isRepeatable: boolean;
  /** Opens it at its beginning. */
  open(): SyncReader & Disposable;
}

/** What goes on while an image is read. */
export interface Pace {
  /** So many bytes were read and edited. */
  advance(count: number): void;
  /** Lets others work; a promise that it returns is waited for. */
  turn(): Promise<void> | undefined;
}

/** Takes note of what a session has done. */
export interface SessionTally {
  /** A stage has seen the image, and whether it changed it. */
  staged(stage: Stage, hasChanged: boolean): void;
  /** The image has changed. */
  changed(): void;
}

const NO_PACE: Pace = { advance() {}, turn: () => undefined };

/** The edits that are for one image. */
export class EditSession {
  constructor(
    readonly name: string,
    readonly fields: readonly Edit[],
    readonly stages: readonly Stage[],
    readonly tally: SessionTally,
  ) {}

  /** Whether no edit is for the image. */
  get isEmpty(): boolean {
    return this.fields.length + this.stages.length === 0;
  }

  /**
   * Edits an image as it is read.
   *
   * @param write takes the edited image in pieces
   * @returns whether it has changed
   * @throws {CritError} when an edit cannot be done
   */
  async stream(
    input: EditInput,
    write: (bytes: Uint8Array) => void,
    pace: Pace = NO_PACE,
  ): Promise<boolean> {
    const needsWhole = this.stages.length > 0 || this.#countsFromEnd && !input.isRepeatable;
    if (!needsWhole) {
      const hasChanged = await this.#editFields(input, write, pace);
      if (hasChanged) this.tally.changed();
      return hasChanged;
    }
    using source = input.open();
    const image = await readToEnd(input.label, source);
    const edited = await this.edit(image, input.label);
    write(edited);
    return edited !== image;
  }

  /**
   * Edits a whole image in memory.
   *
   * @param label what errors call it
   * @returns the very same bytes if nothing changed
   * @throws {CritError} when an edit cannot be done
   */
  async edit(image: Uint8Array, label: string = this.name): Promise<Uint8Array> {
    let edited = image;
    if (this.fields.length > 0) {
      const pieces: Uint8Array[] = [];
      const write = (piece: Uint8Array) => pieces.push(piece.slice());
      if (await this.#editFields(inMemory(image, label), write, NO_PACE)) {
        edited = joinBytes(pieces);
      }
    }
    for (const stage of this.stages) {
      const before = edited;
      edited = await stage.edit(label, before);
      this.tally.staged(stage, edited !== before && !sameBytes(edited, before));
    }
    if (sameBytes(edited, image)) return image;
    this.tally.changed();
    return edited;
  }

  get #countsFromEnd(): boolean {
    return this.fields.some(({ countsFromEnd }) => countsFromEnd);
  }

  /** Sets and deletes fields; tells whether anything changed. */
  async #editFields(
    input: EditInput,
    write: (bytes: Uint8Array) => void,
    pace: Pace,
  ): Promise<boolean> {
    const { label: name, size } = input;
    const count = this.#countsFromEnd ? await entriesOf(input, pace) : undefined;
    const editor = new EntryEditor(this.fields, write, { name, size, count });
    using source = input.open();
    await feed(source, editor, (count) => {
      pace.advance(count);
      return pace.turn();
    });
    return editor.changed;
  }
}

async function entriesOf(input: EditInput, pace: Pace): Promise<number> {
  using source = input.open();
  return await countEntries(source, { name: input.label, size: input.size }, () => pace.turn());
}

function inMemory(image: Uint8Array, label: string): EditInput {
  return {
    label,
    size: image.length,
    isRepeatable: true,
    open() {
      let pos = 0;
      return {
        readSync(into) {
          if (pos === image.length) return null;
          const piece = image.subarray(pos, pos + into.length);
          into.set(piece);
          pos += piece.length;
          return piece.length;
        },
        [Symbol.dispose]: () => {},
      };
    },
  };
}
