/**
 * Images as objects, for the library and the dump model.
 *
 * @module
 */

import type { ImageEntries } from "../../proto/images.ts";
import { type ByteOrder, numberBytes, numbersOf } from "../bytes/byte_order.ts";
import { decodeMessage, encodeMessage, type Message, type Value } from "../codec/objects.ts";
import { CritError, dataError, inField } from "../errors.ts";
import { WireWriter } from "../protobuf/wire.ts";
import type { EntryShape, Extra } from "../types/image_type.ts";
import { typeByName } from "../types/registry.ts";
import type { ExtraRun } from "./extra.ts";
import { EXTRA, ExtraCollector, type ExtraPart, writeExtra } from "./extra_parts.ts";
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
  /** Byte order of the machine that the image is from; `little` when left out. */
  byteOrder?: ByteOrder;
  /** Its entries, in file order. */
  entries: ImageEntries[N][];
}

/** An image of any type; comparing its `type` narrows the type of its entries. */
export type Image = { [N in ImageName]: ImageOf<N> }[ImageName];

/** The input of {@link encodeImage}: an {@link Image}, or an image of another registered type. */
export interface ImageLike {
  /** Name of the image type. */
  readonly type: string;
  /** Image version; `1.1` when left out. */
  readonly version?: ImageVersion;
  /** Byte order of the machine that the image is from; `little` when left out. */
  readonly byteOrder?: ByteOrder;
  /** The entries, in file order. */
  readonly entries: readonly object[];
}

/** Reports each entry as an object as soon as it is complete. */
export class ObjectEvents implements ImageEvents {
  head: Head | undefined;
  #entry: Entry = {};
  #extra: Extra | undefined;
  readonly #collector = new ExtraCollector();
  #offset = 0;

  /** @param onEntry takes each entry with its file offset */
  constructor(readonly onEntry: (entry: Entry, offset: number) => void) {}

  begin(head: Head): void {
    this.head = head;
  }

  payload(shape: EntryShape, bytes: Uint8Array, from: number, to: number, offset: number): void {
    this.#entry = decodeMessage(shape.entry, bytes, from, to);
    this.#offset = offset;
    this.#extra = shape.extra;
  }

  extraBegin(): void {
    this.#collector.extraBegin();
  }

  extraBytes(bytes: Uint8Array, from: number, to: number): void {
    this.#collector.extraBytes(bytes, from, to);
  }

  extraEnd(run: ExtraRun): void {
    this.#collector.extraEnd(run);
  }

  entryEnd(): void {
    if (this.#extra !== undefined) {
      const value = extraValue(this.#extra, this.#collector.take(), this.head!.byteOrder);
      if (value !== undefined) this.#entry.extra = value;
    }
    this.onEntry(this.#entry, this.#offset);
  }

  end(): void {}
}

function extraValue(
  extra: Extra,
  parts: readonly ExtraPart[],
  order: ByteOrder,
): Value | undefined {
  const [first] = parts;
  switch (extra.kind) {
    case "record":
      return Object.fromEntries(parts.map(({ name, bytes }) => [name!, bytes]));
    case "messages":
      return parts.map(({ kind, bytes }) =>
        kind === "message" ? decodeMessage(extra.message, bytes) : bytes
      );
    case "numbers":
      return first && numbersOf(first.bytes, order);
    case "rest":
      return first?.bytes;
    default:
      return first?.bytes ?? new Uint8Array();
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
  return asImage(decodeObjects(bytes, options));
}

/** A decoded image, typed by the name of its type. */
export function asImage(image: ImageLike): Image {
  // The schema by which entries are read is the one that ImageEntries is made from.
  return image as Image;
}

/** An image whose entries are objects with any fields. */
export interface ObjectImage {
  /** Name of the image type. */
  type: string;
  /** Image version of the file; `1.1` when left out. */
  version?: ImageVersion;
  /** Byte order of the machine that the image is from; `little` when left out. */
  byteOrder?: ByteOrder;
  /** Its entries, in file order. */
  entries: Entry[];
}

/** {@link decodeImage} without types, for code that reads fields of any image. */
export function decodeObjects(bytes: Uint8Array, options: ImageReaderOptions = {}): ObjectImage {
  const entries: Entry[] = [];
  const events = new ObjectEvents((entry) => entries.push(entry));
  const reader = new ImageReader(events, { size: bytes.length, ...options });
  reader.push(bytes);
  reader.finish();
  const { type, version, byteOrder } = events.head!;
  const image = { type: jsonName(type), version, entries };
  return byteOrder === "little" ? image : { ...image, byteOrder };
}

/**
 * Encodes a whole image, in its own version unless `version` is given.
 *
 * @throws {CritError} `data` when an entry does not fit its message, `usage` for an unknown magic
 */
export function encodeImage(image: ImageLike, version?: ImageVersion): Uint8Array<ArrayBuffer> {
  const type = typeByName(image.type);
  if (type === undefined) throw new CritError("usage", `there is no image type ${image.type}`);
  const writer = new WireWriter();
  const { byteOrder = "little" } = image;
  writeHead(writer, headOf(type, version ?? image.version ?? "1.1", byteOrder));
  image.entries.forEach((entry, index) => {
    try {
      writeEntry(writer, byteOrder, shapeAt(type, index), entry as Entry);
    } catch (error) {
      throw error instanceof CritError ? error.at({ entry: index }) : error;
    }
  });
  return writer.bytes.slice(0, writer.pos);
}

/** Appends one entry: size, payload, extra. */
function writeEntry(writer: WireWriter, order: ByteOrder, shape: EntryShape, entry: Entry): void {
  const { extra, ...fields } = entry;
  const payload = encodeMessage(shape.entry, shape.extra === undefined ? entry : fields);
  writer.word(payload.length, order);
  writer.raw(payload);
  if (shape.extra === undefined) return;
  const parts = within(() => partsOf(shape.extra!, extra, order));
  writeExtra(writer, order, shape.extra, shape.entry, payload, parts);
}

/** An extra's value as its parts. */
function partsOf(extra: Extra, value: Value | undefined, order: ByteOrder): ExtraPart[] {
  switch (extra.kind) {
    case "record":
      if (!isMessage(value)) throw dataError("expected an object");
      return Object.entries(value).filter(([, part]) => part !== undefined)
        .map(([name, part]) => {
          if (!Object.hasOwn(extra.parts, name)) throw dataError(`there is no part ${name}`);
          return { kind: "bytes", name, bytes: bytesIn(part) };
        });
    case "messages": {
      if (value !== undefined && !Array.isArray(value)) throw dataError("expected a list");
      return (value ?? []).map((item) =>
        isMessage(item)
          ? { kind: "message", bytes: encodeMessage(extra.message, item) }
          : { kind: "bytes", bytes: bytesIn(item) }
      );
    }
    case "numbers":
      return [{ kind: "numbers", bytes: numberBytes(numbersIn(value), order) }];
    default:
      return value === undefined ? [] : [{ kind: "bytes", bytes: bytesIn(value) }];
  }
}

function isMessage(value: Value | undefined): value is Message {
  return typeof value === "object" && !Array.isArray(value) && !(value instanceof Uint8Array);
}

function bytesIn(value: Value | undefined): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw dataError("expected bytes");
}

/** Numbers of 16 bits; an empty extra has none. */
function numbersIn(value: Value | undefined): number[] {
  const numbers = value instanceof Uint8Array ? [] : value ?? [];
  if (!Array.isArray(numbers)) throw dataError("expected a list of numbers");
  return numbers.map((number) => {
    if (typeof number === "number" && number === (number & 0xffff)) return number;
    throw dataError(`${number} is not in 0..65535`);
  });
}

/** Runs `work`, whose errors are about the extra. */
function within<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw inField(error, EXTRA);
  }
}
