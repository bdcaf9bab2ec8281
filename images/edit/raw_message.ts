/**
 * A message that is edited on the wire: all fields that no edit touches, including unknown ones,
 * keep their bytes and their order.
 *
 * @module
 */

import { joinBytes } from "../bytes/bytes.ts";
import type { FieldTable, MessageTable } from "../codec/table.ts";
import { dataError } from "../errors.ts";
import { Kind } from "../protobuf/schema.ts";
import { mergedMessage, Wire, WireWriter } from "../protobuf/wire.ts";
import {
  contentOf,
  isField,
  isPacked,
  type RawField,
  rawFields,
  sameValue,
  unpacked,
} from "./raw_field.ts";

/** A field of a {@link RawMessage}, or an item of its list. */
interface Node extends RawField {
  raw: Uint8Array;
  /** The message in it, after an edit has read it. */
  message?: RawMessage;
  /** Whether it is deleted; it still counts, so that items keep their indexes for later edits. */
  deleted?: boolean;
}

/** One item of a list. */
export type ListItem = Node;

/** A message and its fields. */
export class RawMessage {
  readonly table: MessageTable;
  readonly #original: Uint8Array;
  #fields: Node[];
  #changed = false;

  /**
   * Splits a message into fields.
   *
   * @param bytes must not change
   * @throws {CritError} `data` when they are no message
   */
  constructor(table: MessageTable, bytes: Uint8Array) {
    this.table = table;
    this.#original = bytes;
    this.#fields = rawFields(bytes);
  }

  /** Whether any edit changed it. */
  get changed(): boolean {
    return this.#changed || this.#fields.some(({ message }) => message?.changed);
  }

  /** The message in its present state; the original array if nothing changed. */
  bytes(): Uint8Array {
    if (!this.changed) return this.#original;
    const writer = new WireWriter(this.#original.length + 64);
    for (const { raw, number, message, deleted } of this.#fields) {
      if (deleted) continue;
      if (!message?.changed) writer.raw(raw);
      else {
        const content = message.bytes();
        writer.varint((number << 3 | Wire.Bytes) >>> 0);
        writer.varint(content.length);
        writer.raw(content);
      }
    }
    return writer.view();
  }

  /** The message in a singular field; undefined if there is none. */
  message(field: FieldTable): RawMessage | undefined {
    const node = this.#merged(field);
    return node && this.inside(field, node);
  }

  /** The message in an item of a list. */
  inside(field: FieldTable, node: ListItem): RawMessage {
    return node.message ??= new RawMessage(field.message(), contentOf(node));
  }

  /** The items of a list, including deleted ones, which keep their indexes. */
  items(field: FieldTable): readonly ListItem[] {
    if (this.#fields.some((node) => node.number === field.number && isPacked(field, node))) {
      this.#fields = this.#fields.flatMap((node) =>
        isField(field, node) && isPacked(field, node) ? unpacked(field, node) : [node]
      );
    }
    return this.#fields.filter((node) => isField(field, node));
  }

  /** The occurrences of a field on the wire; undefined if there are none. */
  raw(field: FieldTable): Uint8Array | undefined {
    const found = this.#occurrences(field);
    return found.length === 0 ? undefined : joinBytes(found.map((node) => current(node).raw));
  }

  /** Sets the value of a singular field. */
  set(field: FieldTable, encoded: Uint8Array): void {
    const value = rawFields(encoded)[0]!;
    this.#merged(field);
    const found = this.#occurrences(field);
    const last = found.at(-1);
    if (last !== undefined && sameValue(field, current(last), value)) return;
    this.#replaceAll(field, found, [value]);
  }

  /** Sets all items of a list. */
  setList(field: FieldTable, encoded: Uint8Array): void {
    const items = this.items(field);
    const values = rawFields(encoded);
    const isSame = items.length === values.length &&
      items.every((item, i) => !item.deleted && sameValue(field, current(item), values[i]!));
    if (!isSame) this.#replaceAll(field, items, values);
  }

  /** Sets the value of an item of a list. */
  setItem(field: FieldTable, item: ListItem, encoded: Uint8Array): void {
    const [value, ...more] = rawFields(encoded) as [RawField, ...RawField[]];
    if (more.length > 0) throw dataError(`it is ${more.length + 1} items: set the list as a whole`);
    if (sameValue(field, current(item), value)) return;
    item.raw = value.raw;
    item.message = undefined;
    this.#changed = true;
  }

  /** Adds items at a list's end. */
  append(field: FieldTable, encoded: Uint8Array): void {
    this.items(field);
    this.#insert(field, rawFields(encoded));
  }

  /** Deletes an item of a list; the others keep their indexes. */
  deleteItem(item: ListItem): void {
    item.deleted = true;
    this.#changed = true;
  }

  /** Deletes a field or a whole list; returns whether it existed. */
  delete(field: FieldTable): boolean {
    const found = new Set(this.#occurrences(field));
    if (found.size === 0) return false;
    this.#fields = this.#fields.filter((node) => !found.has(node));
    this.#changed = true;
    return true;
  }

  #occurrences(field: FieldTable): Node[] {
    return this.#fields.filter((node) => !node.deleted && isField(field, node));
  }

  /**
   * What is in a singular field; several occurrences of a message are merged.
   */
  #merged(field: FieldTable): Node | undefined {
    const found = this.#occurrences(field);
    const last = found.at(-1);
    if (found.length < 2 || field.kind !== Kind.Message) return last;
    const writer = new WireWriter();
    writer.varint(field.tag);
    const start = writer.open();
    writer.raw(mergedMessage(found.map((node) => contentOf(current(node)))));
    writer.close(start);
    const merged = { number: field.number, wire: Wire.Bytes, raw: writer.view() };
    const gone = new Set(found);
    this.#fields = this.#fields
      .map((node) => node === last ? merged : node)
      .filter((node) => !gone.has(node));
    return merged;
  }

  #replaceAll(field: FieldTable, found: readonly Node[], values: readonly RawField[]): void {
    const at = this.#fields.findIndex((node) => node === found.at(-1));
    if (at < 0) return this.#insert(field, values);
    const gone = new Set(found);
    this.#fields = [
      ...this.#fields.slice(0, at).filter((node) => !gone.has(node)),
      ...values,
      ...this.#fields.slice(at + 1),
    ];
    this.#changed = true;
  }

  /** Puts fields behind all of their number or, if there are none, where ascending order wants. */
  #insert(field: FieldTable, values: readonly RawField[]): void {
    const last = this.#fields.findLastIndex(({ number }) => number === field.number);
    const after = this.#fields.findIndex(({ number }) => number > field.number);
    const at = last >= 0 ? last + 1 : after >= 0 ? after : this.#fields.length;
    this.#fields = [...this.#fields.slice(0, at), ...values, ...this.#fields.slice(at)];
    this.#changed = true;
  }
}

/** A field as it is now, with what was changed inside it. */
function current(node: Node): RawField {
  if (!node.message?.changed) return node;
  const writer = new WireWriter();
  writer.varint((node.number << 3 | Wire.Bytes) >>> 0);
  const start = writer.open();
  writer.raw(node.message.bytes());
  writer.close(start);
  return { number: node.number, wire: node.wire, raw: writer.view() };
}
