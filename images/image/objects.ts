/**
 * Images as objects: the library's form, and what the dump model stands on.
 *
 * @module
 */

import type { ImageEntries } from "../../proto/images.ts";
import { joinBytes, numbersOf } from "../bytes/bytes.ts";
import { decodeMessage, encodeMessage, type Message, type Value } from "../codec/objects.ts";
import { CritError, dataError } from "../errors.ts";
import { WireWriter } from "../protobuf/wire.ts";
import type { EntryShape, Extra } from "../types/image_type.ts";
import { typeByName } from "../types/registry.ts";
import { type ExtraRun, planExtra } from "./extra.ts";
import { type Head, headOf, type ImageVersion, jsonName, writeHead } from "./head.ts";
import { type ImageEvents, ImageReader, type ImageReaderOptions, shapeAt } from "./reader.ts";

/** A decoded entry: the payload's fields and, where the image has extras, `extra`. */
export type Entry = Message;

/** Name of an image type, as in the `"magic"` of JSON. */
export type ImageName = keyof ImageEntries;

/** An image of one type. */
export interface ImageOf<N extends ImageName> {
  /** Name of the image type, such as `CORE`. */
  type: N;
  /** Image version of the file; `1.1` when left out. */
  version?: ImageVersion;
  /** Its entries, in file order. */
  entries: ImageEntries[N][];
}

/** An image of any type; comparing its `type` tells what its entries are. */
export type Image = { [N in ImageName]: ImageOf<N> }[ImageName];

/** What {@link encodeImage} takes: an {@link Image}, or one of a type that the compiler has not seen. */
export interface ImageLike {
  /** Name of the image type. */
  readonly type: string;
  /** Image version; `1.1` when left out. */
  readonly version?: ImageVersion;
  /** The entries, in file order. */
  readonly entries: readonly object[];
}

/** Reports each entry as an object as soon as it is whole. */
export class ObjectEvents implements ImageEvents {
  head: Head | undefined;
  #entry: Entry = {};
  #extra: Extra | undefined;
  #runs: Array<{ run: ExtraRun; value: Value }> = [];
  #pieces: Uint8Array[] = [];

  /** @param onEntry takes each entry with its file offset */
  constructor(readonly onEntry: (entry: Entry, offset: number) => void) {}

  #offset = 0;

  begin(head: Head): void {
    this.head = head;
  }

  payload(shape: EntryShape, bytes: Uint8Array, from: number, to: number, offset: number): void {
    this.#entry = decodeMessage(shape.entry, bytes, from, to);
    this.#offset = offset;
    this.#extra = shape.extra;
    this.#runs = [];
  }

  extraBegin(_run: ExtraRun): void {
    this.#pieces = [];
  }

  extraBytes(bytes: Uint8Array, from: number, to: number): void {
    this.#pieces.push(bytes.slice(from, to));
  }

  extraEnd(run: ExtraRun): void {
    const bytes = joinBytes(this.#pieces);
    this.#pieces = [];
    const value = run.kind === "message"
      ? decodeMessage(run.message!, bytes)
      : run.kind === "numbers"
      ? numbersOf(bytes)
      : bytes;
    this.#runs.push({ run, value });
  }

  entryEnd(): void {
    if (this.#extra !== undefined) {
      const value = extraValue(this.#extra, this.#runs);
      if (value !== undefined) this.#entry.extra = value;
    }
    this.onEntry(this.#entry, this.#offset);
  }

  end(): void {}
}

function extraValue(
  extra: Extra,
  runs: Array<{ run: ExtraRun; value: Value }>,
): Value | undefined {
  switch (extra.kind) {
    case "record":
      return Object.fromEntries(runs.map(({ run, value }) => [run.part!, value]));
    case "messages":
      return runs.map(({ value }) => value);
    case "rest":
      return runs[0]?.value;
    default:
      return runs[0]?.value ?? new Uint8Array();
  }
}

/**
 * Decodes a whole image.
 *
 * ```ts
 * import { decodeImage } from "@crit/crit";
 *
 * const image = decodeImage(Deno.readFileSync("fixtures/dumps/shloop/pstree.img"));
 * if (image.type === "PSTREE") console.log(image.entries.map(({ pid }) => pid));
 * ```
 *
 * @throws {CritError} `data` when it is not an image or is damaged
 */
export function decodeImage(bytes: Uint8Array, options: ImageReaderOptions = {}): Image {
  // The schema by which entries are read is the one that ImageEntries is made from.
  return decodeObjects(bytes, options) as object as Image;
}

/** An image whose entries are objects of whatever fields they have. */
export interface ObjectImage {
  /** Name of the image type. */
  type: string;
  /** Image version of the file; `1.1` when left out. */
  version?: ImageVersion;
  /** Its entries, in file order. */
  entries: Entry[];
}

/** {@link decodeImage}, for those who look at fields of any image. */
export function decodeObjects(bytes: Uint8Array, options: ImageReaderOptions = {}): ObjectImage {
  const entries: Entry[] = [];
  const events = new ObjectEvents((entry) => entries.push(entry));
  const reader = new ImageReader(events, { size: bytes.length, ...options });
  reader.push(bytes);
  reader.finish();
  const { type, version } = events.head!;
  return { type: jsonName(type), version, entries };
}

/**
 * Encodes a whole image; `version` is the image's own unless given.
 *
 * @throws {CritError} `data` when an entry does not fit its message, `usage` for an unknown magic
 */
export function encodeImage(image: ImageLike, version?: ImageVersion): Uint8Array<ArrayBuffer> {
  const type = typeByName(image.type);
  if (type === undefined) throw new CritError("usage", `there is no image type ${image.type}`);
  const writer = new WireWriter();
  writeHead(writer, headOf(type, version ?? image.version ?? "1.1"));
  image.entries.forEach((entry, index) => {
    try {
      writeEntry(writer, shapeAt(type, index), entry as Entry);
    } catch (error) {
      throw error instanceof CritError ? error.at({ entry: index }) : error;
    }
  });
  return writer.bytes.slice(0, writer.pos);
}

/** Appends one entry: size, payload, extra. */
export function writeEntry(writer: WireWriter, shape: EntryShape, entry: Entry): void {
  const { extra, ...fields } = entry;
  const payload = encodeMessage(shape.entry, shape.extra === undefined ? entry : fields);
  writer.fixed32(payload.length);
  writer.raw(payload);
  if (shape.extra !== undefined) writeExtra(writer, shape, shape.extra, payload, extra);
}

function writeExtra(
  writer: WireWriter,
  shape: EntryShape,
  extra: Extra,
  payload: Uint8Array,
  value: Value | undefined,
): void {
  const given = extraValues(extra, value);
  const plan = planExtra(extra, shape.entry, payload);
  let step = plan.next();
  while (!step.done) {
    const run = step.value;
    const item = run.part === undefined ? given.list.shift() : given.parts[run.part];
    let message: Uint8Array | undefined;
    if (run.kind === "message") {
      message = encodeMessage(run.message!, asMessage(item));
      writer.fixed32(message.length);
      writer.raw(message);
    } else if (run.kind === "numbers") writeNumbers(writer, run, item);
    else writeBytes(writer, run, item);
    writer.raw(new Uint8Array(run.padding));
    step = plan.next(message);
  }
  if (given.list.some((item) => !(item instanceof Uint8Array && item.length === 0))) {
    throw extraError("there is more of it than the entry says");
  }
}

function extraValues(extra: Extra, value: Value | undefined): {
  list: Array<Value | undefined>;
  parts: Message;
} {
  if (extra.kind === "record") return { list: [], parts: asMessage(value) };
  if (extra.kind !== "messages") return { list: value === undefined ? [] : [value], parts: {} };
  if (value !== undefined && !Array.isArray(value)) throw extraError("expected a list");
  return { list: [...(value ?? [])], parts: {} };
}

function asMessage(value: Value | undefined): Message {
  if (typeof value === "object" && !Array.isArray(value) && !(value instanceof Uint8Array)) {
    return value;
  }
  throw extraError("expected an object");
}

function writeBytes(writer: WireWriter, run: ExtraRun, value: Value | undefined): void {
  const bytes = value ?? new Uint8Array();
  if (!(bytes instanceof Uint8Array)) throw extraError("expected bytes");
  if (run.length !== Infinity && bytes.length !== run.length) {
    throw extraError(`${bytes.length} bytes, the entry says ${run.length}`);
  }
  writer.raw(bytes);
}

function writeNumbers(writer: WireWriter, run: ExtraRun, value: Value | undefined): void {
  const numbers = value instanceof Uint8Array ? [] : value ?? [];
  if (!Array.isArray(numbers)) throw extraError("expected a list of numbers");
  if (numbers.length * 2 !== run.length) {
    throw extraError(`${numbers.length} numbers, the entry says ${run.length / 2}`);
  }
  for (const number of numbers) {
    if (typeof number !== "number" || number !== (number & 0xffff)) {
      throw extraError(`${number} is not in 0..65535`);
    }
    writer.raw(Uint8Array.of(number, number >>> 8));
  }
}

function extraError(reason: string): CritError {
  return dataError(reason, { field: "extra" });
}
