/**
 * Reads the values at paths from an image in chunks, and returns them as JSON in the order of the
 * entries.
 *
 * @module
 */

import { type ByteOrder, numbersOf } from "../bytes/byte_order.ts";
import { joinBytes } from "../bytes/bytes.ts";
import { JsonWriter } from "../codec/json_writer.ts";
import { printValue } from "../codec/print_value.ts";
import { type FieldTable, type Form, type MessageTable, messageTable } from "../codec/table.ts";
import { JsonPrinter, writeBase64String } from "../codec/to_json.ts";
import { CritError, dataError, inField } from "../errors.ts";
import { ImageDecoder } from "../image/decode.ts";
import type { ExtraRun } from "../image/extra.ts";
import { EXTRA, ExtraCollector, type ExtraPart } from "../image/extra_parts.ts";
import type { Head } from "../image/head.ts";
import { type ImageEvents, ImageReader, type ImageReaderOptions } from "../image/reader.ts";
import type { EntryShape } from "../types/image_type.ts";
import { checkEdit } from "./check_edit.ts";
import { Edit } from "./edit.ts";
import { follow, type Visitor } from "./follow.ts";
import type { Scope } from "./meant.ts";
import { parseEditTarget, type Which } from "./path.ts";
import { type ListItem, RawMessage } from "./raw_message.ts";
import { Search, type WireRange } from "./search.ts";
import { checkEditedSize } from "./size.ts";
import { objectMembers } from "./value.ts";

/** A value at a path. */
export interface ValueMatch {
  readonly search: Search;
  /** Index of the entry. */
  readonly entry: number;
  /** The value as JSON on one line. */
  readonly json: Uint8Array;
}

/**
 * A path for reading, checked as far as possible without images.
 *
 * @throws {CritError} `usage` if the path is invalid, or does not name an image of a dump
 */
export function readingSearch(text: string, scope: Scope): Search {
  const target = parseEditTarget(text);
  const which = [target.entries, ...target.steps.map(({ which }) => which)];
  if (which.some((one) => one?.kind === "append")) {
    throw new CritError("usage", `${text}: [+] cannot be read`);
  }
  if (scope === "dump" && target.files === undefined) {
    const hint = `as in core-*.img:${text}`;
    throw new CritError("usage", `${text}: it names no image of the dump`, {}, hint);
  }
  checkEdit(Edit.delete(text));
  return new Search(text, target);
}

/** How values are read. */
export interface GetOptions extends ImageReaderOptions {
  /** The form that `show` prints, or the one that `decode` prints. */
  readonly form: Exclude<Form, "hex">;
  /** Number of entries; needed if a path counts from the end. */
  readonly count?: number;
}

/** Reads values from one image. */
export class ValueReader implements ImageEvents {
  /** The framing: push chunks here. */
  readonly reader: ImageReader;
  #head: Head | undefined;
  #shape: EntryShape | undefined;
  #payload: Uint8Array = new Uint8Array();
  /** Those that have to wait for the entry's extra. */
  #waiting: Search[] = [];
  readonly #extra = new ExtraCollector();
  #size = 0;

  constructor(
    readonly searches: readonly Search[],
    readonly give: (value: ValueMatch) => void,
    readonly options: GetOptions,
  ) {
    this.reader = new ImageReader(this, options);
    for (const search of searches) search.images++;
  }

  begin(head: Head): void {
    this.#head = head;
    for (const search of this.searches) search.byteOrder = head.byteOrder;
  }

  payload(shape: EntryShape, bytes: Uint8Array, from: number, to: number): void {
    const table = messageTable(shape.entry, "pretty");
    const { index } = this.reader;
    const range = (): WireRange => ({ table, bytes, from, to });
    const count = this.options.count ?? Infinity;
    const meant = this.searches.filter((search) =>
      search.attempt(0, () => search.takes(search.target.entries, index, count, range))
    );
    this.#waiting = [];
    if (meant.length === 0) return;
    this.#shape = shape;
    this.#payload = bytes.slice(from, to);
    this.#size = 0;
    let message: RawMessage | undefined;
    for (const search of meant) {
      const [first] = search.target.steps;
      if (first === undefined || first.field === EXTRA && shape.extra !== undefined) {
        this.#waiting.push(search);
      } else this.#follow(search, message ??= new RawMessage(table, this.#payload), 0);
    }
  }

  /** Gives what a path leads to in a message, from its step `from` on. */
  #follow(search: Search, message: RawMessage, from: number): void {
    const depth = from + 1;
    const steps = search.attempt(depth, () => search.steps(message.table, from));
    if (steps === undefined) return;
    const give = (json: Uint8Array) => this.#give(search, json, 0);
    const reading = new Reading(this.options.form, search.byteOrder, give);
    search.matches += follow(search, reading, message, steps, depth);
  }

  #give(search: Search, json: Uint8Array, matches = 1): void {
    search.matches += matches;
    this.give({ search, entry: this.reader.index, json });
  }

  extraBegin(): void {
    this.#extra.extraBegin();
  }

  extraBytes(bytes: Uint8Array, from: number, to: number): void {
    if (this.#waiting.length === 0) return;
    checkEditedSize(this.options.name ?? "standard input", this.#size += to - from);
    this.#extra.extraBytes(bytes, from, to);
  }

  extraEnd(run: ExtraRun): void {
    this.#extra.extraEnd(run);
  }

  entryEnd(): void {
    const waiting = this.#waiting;
    const parts = this.#extra.take();
    this.#waiting = [];
    for (const search of waiting) {
      if (search.target.steps.length === 0) this.#give(search, this.#entryJson(parts));
      else this.#inExtra(search, parts);
    }
  }

  end(): void {}

  /** The entry at hand as `decode` and `show` print it. */
  #entryJson(parts: readonly ExtraPart[]): Uint8Array {
    const pieces: Uint8Array[] = [];
    const printer = new ImageDecoder((json) => pieces.push(json.slice()), {
      pretty: this.options.form === "pretty",
      oneLine: true,
    });
    printer.begin(this.#head!);
    printer.payload(this.#shape!, this.#payload, 0, this.#payload.length);
    for (const { kind, name, bytes } of parts) {
      const run: ExtraRun = { kind, part: name, length: bytes.length, padding: 0 };
      printer.extraBegin(run);
      printer.extraBytes(bytes, 0, bytes.length);
      printer.extraEnd(run);
    }
    printer.entryEnd();
    printer.end();
    // {"magic": "TYPE", "entries": [ENTRY]}
    const json = joinBytes(pieces);
    return json.subarray(json.indexOf(0x5b) + 1, json.length - 2);
  }

  /** Gives what a path leads to in the extra. */
  #inExtra(search: Search, parts: readonly ExtraPart[]): void {
    const extra = this.#shape!.extra!;
    const [own, part, further] = search.target.steps;
    try {
      if (own!.which === undefined && part === undefined) {
        const entry = new TextDecoder().decode(this.#entryJson(parts));
        const json = objectMembers(entry).get(EXTRA);
        if (json !== undefined) this.#give(search, new TextEncoder().encode(json));
      } else if (extra.kind === "record" && own!.which === undefined && !part!.which && !further) {
        const found = parts.find(({ name }) => name === part!.field);
        if (found !== undefined) this.#give(search, base64(found.bytes));
        else search.missed(2, `the extra has no part ${part!.field}`);
      } else if (extra.kind === "numbers" && own!.which !== undefined && part === undefined) {
        this.#numbers(search, own!.which, parts);
      } else if (extra.kind === "messages" && own!.which !== undefined) {
        this.#messages(search, own!.which, messageTable(extra.message, "pretty"), parts);
      } else throw dataError("the path does not lead into it");
    } catch (error) {
      throw inField(error, EXTRA);
    }
  }

  #numbers(search: Search, which: Which, parts: readonly ExtraPart[]): void {
    const numbers = numbersOf(parts[0]?.bytes ?? new Uint8Array(), search.byteOrder);
    const before = search.matches;
    numbers.forEach((number, i) => {
      if (!search.takes(which, i, numbers.length, undefined)) return;
      this.#give(search, new TextEncoder().encode(`${number}`));
    });
    if (search.matches === before) search.missedItem(1, which, numbers.length, "number");
  }

  #messages(
    search: Search,
    which: Which,
    table: MessageTable,
    parts: readonly ExtraPart[],
  ): void {
    const goesOn = search.target.steps.length > 1;
    let isMeant = false;
    for (const [i, { kind, bytes }] of parts.entries()) {
      const range = kind === "message"
        ? () => ({ table, bytes, from: 0, to: bytes.length })
        : undefined;
      if (!search.attempt(1, () => search.takes(which, i, parts.length, range))) continue;
      isMeant = true;
      if (kind !== "message") {
        if (goesOn) throw dataError("the bytes of an item have no fields");
        this.#give(search, base64(bytes));
      } else if (goesOn) this.#follow(search, new RawMessage(table, bytes), 1);
      else this.#give(search, this.#messageJson(table, bytes));
    }
    if (!isMeant) search.missedItem(1, which, parts.length, "item");
  }

  #messageJson({ schema }: MessageTable, bytes: Uint8Array): Uint8Array {
    const out = new JsonWriter(false, bytes.length * 4 + 128);
    const printer = new JsonPrinter(out);
    printer.byteOrder = this.#head!.byteOrder;
    printer.open(messageTable(schema.name, this.options.form), bytes, 0, bytes.length, 0);
    out.ascii("}");
    return out.take();
  }
}

function base64(bytes: Uint8Array): Uint8Array {
  const out = new JsonWriter(false, bytes.length * 2 + 16);
  writeBase64String(out, bytes);
  return out.take();
}

/** Prints what a path leads to. */
class Reading implements Visitor {
  constructor(
    readonly form: GetOptions["form"],
    readonly order: ByteOrder,
    readonly give: (json: Uint8Array) => void,
  ) {}

  field(message: RawMessage, field: FieldTable): boolean {
    const raw = message.raw(field);
    if (raw === undefined) return false;
    this.#print(message, field, raw, "whole");
    return true;
  }

  item(message: RawMessage, field: FieldTable, { raw }: ListItem): void {
    this.#print(message, field, raw, "item");
  }

  append(): void {
    throw new CritError("usage", "[+] cannot be read");
  }

  #print(message: RawMessage, field: FieldTable, raw: Uint8Array, part: "whole" | "item"): void {
    const { name } = message.table.schema;
    const printed = this.form === "pretty"
      ? field
      : messageTable(name, "plain").byName.get(field.name)!;
    this.give(printValue(printed, raw, part, this.order));
  }
}
