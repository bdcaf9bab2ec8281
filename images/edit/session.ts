/**
 * The edits of one image: in constant memory if they only set and delete fields, or with the whole
 * image in memory for a filter or function.
 *
 * @module
 */

import { joinBytes, sameBytes } from "../bytes/bytes.ts";
import { feed, type SyncReader } from "../bytes/io.ts";
import { countEntries } from "../image/info.ts";
import type { Edit } from "./edit.ts";
import { EntryEditor } from "./entry_editor.ts";
import { readToEnd } from "./size.ts";

/** An edit of a whole image, from its old bytes to its new bytes. */
export interface Stage {
  /** As the user gave it. */
  readonly text: string;
  /** Pattern of its images; undefined for all images with entries. */
  readonly files: string | undefined;
  /**
   * Edits an image.
   *
   * @throws {CritError} if it fails
   */
  edit(name: string, image: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

/** An image to edit. */
export interface EditInput {
  /** Name of the image in errors. */
  readonly label: string;
  /** In bytes, if known. */
  readonly size: number | undefined;
  /** Whether it can be opened more than once. */
  readonly isRepeatable: boolean;
  /** Opens it at its beginning. */
  open(): SyncReader & Disposable;
}

/** Callbacks while an image is read. */
export interface Pace {
  /** `count` bytes were read and edited. */
  advance(count: number): void;
  /** Yields to other work; a promise that it returns is waited for. */
  turn(): Promise<void> | undefined;
}

/** Receives the results of a session. */
export interface SessionTally {
  /** A stage has processed the image. */
  staged(stage: Stage, hasChanged: boolean): void;
  /** The image has changed. */
  changed(): void;
}

const NO_PACE: Pace = { advance() {}, turn: () => undefined };

/** The edits of one image. */
export class EditSession {
  constructor(
    readonly name: string,
    readonly fields: readonly Edit[],
    readonly stages: readonly Stage[],
    readonly tally: SessionTally,
  ) {}

  /** Whether no edit applies to the image. */
  get isEmpty(): boolean {
    return this.fields.length + this.stages.length === 0;
  }

  /**
   * Edits an image as it is read.
   *
   * @param write receives the edited image in pieces
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
   * @param label name of the image in errors
   * @returns the same array if nothing changed
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

  /** Sets and deletes fields; returns whether anything changed. */
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
