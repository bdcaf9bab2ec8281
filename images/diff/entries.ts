/**
 * The entries of an image as they are compared: payloads in one array, long extras in the file.
 *
 * @module
 */

import { type ByteOrder, numbersOf, swapped32 } from "../bytes/byte_order.ts";
import { joinBytes } from "../bytes/bytes.ts";
import { decodeMessage, type Message } from "../codec/objects.ts";
import { type MessageTable, messageTable, Shape } from "../codec/table.ts";
import { scanImage } from "../dump/image.ts";
import type { ImageFile } from "../dump/source.ts";
import type { CritError } from "../errors.ts";
import type { ExtraRun } from "../image/extra.ts";
import type { Head } from "../image/head.ts";
import { type ImageEvents, shapeAt } from "../image/reader.ts";
import { Kind } from "../protobuf/schema.ts";
import type { EntryShape, ImageType } from "../types/image_type.ts";
import { FileBytes, type SomeBytes } from "./bytes.ts";

/** Runs of extras up to this are held in memory, in bytes. */
export const MOST_HELD = 1 << 16;

/** One run of an entry's extra, in memory or where it is in the file. */
export interface ComparedRun {
  readonly run: ExtraRun;
  readonly bytes: SomeBytes;
}

/** An image's entries. */
export class ImageEntries implements ImageEvents {
  type: ImageType | undefined;
  /** What is wrong with the image; the entries before it are there. */
  readonly error: CritError | undefined;
  #order: ByteOrder = "little";
  #count = 0;
  /** Payloads back to back. */
  #payloads = new Uint8Array(1 << 12);
  /** Where each payload ends in `#payloads`. */
  #ends = new Float64Array(64);
  /** Extras by index of their entry. */
  readonly #extras = new Map<number, ComparedRun[]>();
  #parts: ComparedRun[] = [];
  #shape: EntryShape | undefined;
  /** Where in the file the next run begins. */
  #offset = 0;
  #pieces: Uint8Array[] = [];
  #length = 0;
  #run: ExtraRun | undefined;

  /**
   * Reads an image and decodes all of it once, so that whatever is wrong with it is found.
   *
   * @param isKept false: only look for what is wrong
   */
  constructor(readonly file: ImageFile, readonly isKept = true) {
    this.error = scanImage(file, this);
  }

  /** Number of entries that are there whole. */
  get count(): number {
    return this.#count;
  }

  /** The table of an entry, in the pretty form. */
  table(index: number): MessageTable {
    return messageTable(shapeAt(this.type!, index).entry, "pretty");
  }

  /** An entry's payload. */
  message(index: number): Message {
    const { entry } = shapeAt(this.type!, index);
    return this.#decode(entry, this.#payloads, this.#start(index), this.#ends[index]!);
  }

  /** A message; addresses lie in it as on a little-endian machine, to be compared with any. */
  #decode(name: string, bytes: Uint8Array, from: number, to: number): Message {
    const message = decodeMessage(name, bytes, from, to);
    return this.#order === "little"
      ? message
      : withSwappedAddresses(messageTable(name, "pretty"), message);
  }

  /** The message in a run of an extra. */
  messageOf({ run, bytes }: ComparedRun): Message {
    return this.#decode(run.message!, bytes as Uint8Array, 0, bytes.length);
  }

  /** The numbers in a run of an extra. */
  numbersOf(bytes: Uint8Array): number[] {
    return numbersOf(bytes, this.#order);
  }

  /** The runs of an entry's extra. */
  extra(index: number): readonly ComparedRun[] {
    return this.#extras.get(index) ?? [];
  }

  /** Whether an entry has the same payload as one of another image, and neither has an extra. */
  isSame(index: number, other: ImageEntries, otherIndex: number): boolean {
    if (this.#extras.has(index) || other.#extras.has(otherIndex)) return false;
    if (this.#order !== other.#order) return false;
    const start = this.#start(index);
    const length = this.#ends[index]! - start;
    const otherStart = other.#start(otherIndex);
    if (other.#ends[otherIndex]! - otherStart !== length) return false;
    const [bytes, otherBytes] = [this.#payloads, other.#payloads];
    let i = 0;
    while (i < length && bytes[start + i] === otherBytes[otherStart + i]) i++;
    return i === length;
  }

  begin({ type, byteOrder }: Head): void {
    this.type = type;
    this.#order = byteOrder;
  }

  payload(shape: EntryShape, bytes: Uint8Array, from: number, to: number, offset: number): void {
    decodeMessage(shape.entry, bytes, from, to);
    this.#shape = shape;
    this.#offset = offset + 4 + to - from;
    this.#parts = [];
    if (this.isKept) this.#keep(bytes.subarray(from, to));
  }

  extraBegin(run: ExtraRun): void {
    this.#run = run;
    if (run.kind === "message") this.#offset += 4;
    this.#pieces = [];
    this.#length = 0;
  }

  extraBytes(bytes: Uint8Array, from: number, to: number): void {
    if (this.#run!.kind === "message") decodeMessage(this.#run!.message!, bytes, from, to);
    this.#length += to - from;
    if (!this.#isHeld) this.#pieces = [];
    else if (this.isKept) this.#pieces.push(bytes.slice(from, to));
  }

  extraEnd(run: ExtraRun): void {
    const bytes = this.#isHeld
      ? joinBytes(this.#pieces)
      : new FileBytes(this.file, this.#offset, this.#length);
    this.#parts.push({ run, bytes });
    this.#offset += this.#length + run.padding;
  }

  entryEnd(): void {
    if (this.isKept && this.#shape!.extra !== undefined) this.#extras.set(this.#count, this.#parts);
    this.#count++;
  }

  end(): void {}

  /** Whether the run so far is in memory. Messages come whole and are. */
  get #isHeld(): boolean {
    return this.#length <= MOST_HELD || this.#run!.kind === "message";
  }

  #start(index: number): number {
    return index === 0 ? 0 : this.#ends[index - 1]!;
  }

  #keep(payload: Uint8Array): void {
    const start = this.#start(this.#count);
    const end = start + payload.length;
    if (end > this.#payloads.length) {
      const grown = new Uint8Array(Math.max(end, this.#payloads.length * 2));
      grown.set(this.#payloads.subarray(0, start));
      this.#payloads = grown;
    }
    this.#payloads.set(payload, start);
    if (this.#count === this.#ends.length) {
      const grown = new Float64Array(this.#ends.length * 2);
      grown.set(this.#ends);
      this.#ends = grown;
    }
    this.#ends[this.#count] = end;
  }
}

/** A message with the bytes of the words of addresses in reverse, in place. */
function withSwappedAddresses(table: MessageTable, message: Message): Message {
  for (const field of table.list) {
    const value = message[field.name];
    if (value === undefined) continue;
    if (field.shape === Shape.Address) message[field.name] = (value as number[]).map(swapped32);
    else if (field.kind === Kind.Message) {
      const inner = Array.isArray(value) ? value : [value];
      for (const one of inner) withSwappedAddresses(field.message(), one as Message);
    }
  }
  return message;
}
