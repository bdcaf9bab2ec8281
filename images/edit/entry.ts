/**
 * One entry while it is edited.
 *
 * @module
 */

import type { ByteOrder } from "../bytes/byte_order.ts";
import { sameBytes } from "../bytes/bytes.ts";
import { type MessageTable, messageTable } from "../codec/table.ts";
import { dataError } from "../errors.ts";
import { EXTRA, type ExtraPart, writeExtra } from "../image/extra_parts.ts";
import { normalizePayload } from "../protobuf/normalize.ts";
import type { WireWriter } from "../protobuf/wire.ts";
import type { EntryShape } from "../types/image_type.ts";
import { applyInside } from "./apply.ts";
import type { Edit } from "./edit.ts";
import { editExtra, extraFrom } from "./extra_edit.ts";
import { RawMessage } from "./raw_message.ts";
import type { WireRange } from "./search.ts";
import { encodeObject } from "./value.ts";

/** The payload of an entry, and the edits of its extra. */
export class EditedEntry {
  /** Whether the entry is deleted. */
  deleted = false;
  readonly #table: MessageTable;
  readonly #original: Uint8Array;
  #message: RawMessage;
  /** The extra that came with a new entry; undefined: the extra is the one in the file. */
  #given: readonly ExtraPart[] | undefined;
  /** Edits of the extra, in their order. */
  readonly #extraEdits: Edit[] = [];

  /** @param payload must not change */
  constructor(readonly shape: EntryShape, readonly order: ByteOrder, payload: Uint8Array) {
    this.#table = messageTable(shape.entry, "pretty");
    this.#original = payload;
    this.#message = new RawMessage(this.#table, payload);
  }

  /** The payload in its present state. */
  get payload(): Uint8Array {
    return this.#message.bytes();
  }

  /** The payload as a message, for selections. */
  get range(): WireRange {
    const bytes = this.payload;
    return { table: this.#table, bytes, from: 0, to: bytes.length };
  }

  /** Whether the payload has changed. */
  get changed(): boolean {
    return this.#message.changed || this.#given !== undefined;
  }

  /** Whether the extra must be in memory before the entry can be written. */
  get needsExtra(): boolean {
    return this.#extraEdits.length > 0;
  }

  /** Whether the extra in the file is left out: it is replaced, or the entry is deleted. */
  get dropsExtra(): boolean {
    return this.deleted || this.#given !== undefined && !this.needsExtra;
  }

  /** Applies an edit. */
  apply(edit: Edit): void {
    const { steps } = edit.target;
    const { extra } = this.shape;
    if (steps.length === 0) {
      edit.matches++;
      if (edit.value === undefined) this.deleted = true;
      else this.#replace(edit.value);
    } else if (extra !== undefined && steps[0]!.field === EXTRA) this.#extraEdits.push(edit);
    else edit.matches += applyInside(edit, this.#message, 0);
  }

  #replace(text: string): void {
    const { payload, extra } = entryFrom(this.shape, this.order, text);
    this.#message = new RawMessage(this.#table, payload);
    this.#given = extra;
    this.#extraEdits.length = 0;
  }

  /**
   * Appends the payload with its size.
   *
   * @throws {CritError} `data` when a required field is missing
   */
  writePayload(writer: WireWriter): void {
    const { payload } = this;
    if (!sameBytes(payload, this.#original)) {
      normalizePayload(this.shape.entry, payload, 0, payload.length);
    }
    writer.word(payload.length, this.order);
    writer.raw(payload);
  }

  /**
   * Appends the extra.
   *
   * @param stored the extra that is in the file
   */
  writeExtra(writer: WireWriter, stored: readonly ExtraPart[]): void {
    const { extra, entry } = this.shape;
    if (extra === undefined) return;
    let parts = this.#given ?? stored;
    for (const edit of this.#extraEdits) parts = editExtra(edit, extra, parts);
    writeExtra(writer, this.order, extra, entry, this.payload, parts);
  }
}

/** Appends an entry that is given as JSON. @throws {CritError} `data` when the text is none */
export function writeNewEntry(
  writer: WireWriter,
  order: ByteOrder,
  shape: EntryShape,
  text: string,
): void {
  const { payload, extra } = entryFrom(shape, order, text);
  writer.word(payload.length, order);
  writer.raw(payload);
  if (shape.extra === undefined) return;
  writeExtra(writer, order, shape.extra, shape.entry, payload, extra);
}

function entryFrom(shape: EntryShape, order: ByteOrder, text: string): {
  payload: Uint8Array;
  extra: readonly ExtraPart[];
} {
  if (!text.trimStart().startsWith("{")) throw dataError("an entry must be a JSON object");
  const otherKey = shape.extra === undefined ? undefined : EXTRA;
  const { payload, other } = encodeObject(
    messageTable(shape.entry, "pretty"),
    text,
    order,
    otherKey,
  );
  return { payload, extra: other === undefined ? [] : extraFrom(shape.extra!, other, order) };
}
