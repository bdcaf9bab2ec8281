/**
 * Odd entries: payloads that protobuf allows and CRIU would not write, and padding that is not
 * zeros. An edit that decodes an image and encodes it again makes them regular; here those entries
 * that it has not touched get their own bytes back.
 *
 * @module
 */

import { uint32At } from "../bytes/buffer.ts";
import { sameBytes } from "../bytes/bytes.ts";
import { CritError } from "../errors.ts";
import { type ImageEvents, ImageReader, type ImageReaderOptions } from "../image/reader.ts";
import { canonical } from "../protobuf/canonical.ts";
import { WireWriter } from "../protobuf/wire.ts";
import type { EntryShape, ImageType } from "../types/image_type.ts";

/** What an entry has that encoding would not give it back. */
interface Oddity {
  readonly payload: Uint8Array;
  readonly padding: Uint8Array[];
}

/** The odd entries of an image by their regular payload. */
type Oddities = Map<string, Alike>;

/** Odd entries that are alike once they are regular, in file order. */
interface Alike {
  readonly entries: Oddity[];
  /** How many of them have been given back. */
  used: number;
}

/**
 * Gives the untouched entries of an edited image the bytes that they had.
 *
 * @param edited the image after it was decoded, edited and encoded
 * @param original the image before that
 */
export function restoreOdd(
  edited: Uint8Array,
  original: Uint8Array,
  options: ImageReaderOptions,
): Uint8Array {
  const oddities: Oddities = new Map();
  read(original, new OddFinder(oddities), options);
  if (oddities.size === 0 && sameHead(edited, original)) return edited;
  const restorer = new OddRestorer(oddities, original);
  read(edited, restorer, options);
  return restorer.out.view();
}

function read(bytes: Uint8Array, events: ImageEvents, { name }: ImageReaderOptions): void {
  const reader = new ImageReader(events, { name, size: bytes.length });
  reader.push(bytes);
  reader.finish();
}

function sameHead(a: Uint8Array, b: Uint8Array): boolean {
  return a.length >= 4 && b.length >= 4 && uint32At(a, 0) === uint32At(b, 0);
}

/** The regular form of a payload; its own bytes where there is none. */
function regular(shape: EntryShape, bytes: Uint8Array, from: number, to: number): Uint8Array {
  try {
    return canonical(shape.entry, bytes, from, to);
  } catch (error) {
    if (error instanceof CritError) return bytes.subarray(from, to);
    throw error;
  }
}

function keyOf(bytes: Uint8Array): string {
  return bytes.toBase64();
}

/** What both passes have in common. */
abstract class Passage implements ImageEvents {
  abstract begin(type: ImageType): void;
  abstract payload(shape: EntryShape, bytes: Uint8Array, from: number, to: number): void;
  abstract padding(bytes: Uint8Array, from: number, to: number): void;
  extraBegin(_run: Parameters<ImageEvents["extraBegin"]>[0]): void {}
  extraBytes(_bytes: Uint8Array, _from: number, _to: number): void {}
  extraEnd(): void {}
  abstract entryEnd(): void;
  end(): void {}
}

class OddFinder extends Passage {
  #regular: Uint8Array = new Uint8Array();
  #payload: Uint8Array = new Uint8Array();
  #padding: Uint8Array[] = [];
  #isOdd = false;

  constructor(readonly oddities: Oddities) {
    super();
  }

  begin(): void {}

  payload(shape: EntryShape, bytes: Uint8Array, from: number, to: number): void {
    this.#regular = regular(shape, bytes, from, to);
    const payload = bytes.subarray(from, to);
    this.#isOdd = !sameBytes(payload, this.#regular);
    this.#payload = shape.extra === undefined ? payload : payload.slice();
    this.#padding = [];
  }

  padding(bytes: Uint8Array, from: number, to: number): void {
    const padding = bytes.slice(from, to);
    this.#padding.push(padding);
    if (padding.some((byte) => byte !== 0)) this.#isOdd = true;
  }

  entryEnd(): void {
    if (!this.#isOdd) return;
    const key = keyOf(this.#regular);
    const known = this.oddities.get(key) ?? { entries: [], used: 0 };
    this.oddities.set(key, known);
    known.entries.push({ payload: this.#payload.slice(), padding: this.#padding });
  }
}

class OddRestorer extends Passage {
  readonly out = new WireWriter(1 << 16);
  #padding: Uint8Array[] = [];
  #kind = "bytes";

  constructor(readonly oddities: Oddities, readonly original: Uint8Array) {
    super();
  }

  begin(type: ImageType): void {
    const hasHead = this.original.length >= 8 && uint32At(this.original, 4) === type.magic;
    this.out.raw(this.original.subarray(0, hasHead ? 8 : 4));
  }

  payload(shape: EntryShape, bytes: Uint8Array, from: number, to: number): void {
    const known = this.oddities.get(keyOf(regular(shape, bytes, from, to)));
    // Of several alike the first come first, and the last stands for all that follow.
    const odd = known?.entries[Math.min(known.used++, known.entries.length - 1)];
    this.#padding = odd === undefined ? [] : [...odd.padding];
    const payload = odd?.payload ?? bytes.subarray(from, to);
    this.out.fixed32(payload.length);
    this.out.raw(payload);
  }

  override extraBegin(run: Parameters<ImageEvents["extraBegin"]>[0]): void {
    this.#kind = run.kind;
  }

  override extraBytes(bytes: Uint8Array, from: number, to: number): void {
    if (this.#kind === "message") this.out.fixed32(to - from);
    this.out.raw(bytes.subarray(from, to));
  }

  padding(bytes: Uint8Array, from: number, to: number): void {
    const known = this.#padding.shift();
    this.out.raw(known?.length === to - from ? known : bytes.subarray(from, to));
  }

  entryEnd(): void {}
}
