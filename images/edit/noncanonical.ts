/**
 * Keeps the bytes of noncanonical entries: non-zero padding, which CRIU writes, and payloads that
 * protobuf allows but CRIU does not write. Decoding and encoding an image normalizes them. Entries
 * that the edit has not changed get their original bytes back.
 *
 * @module
 */

import { toBase64 } from "../bytes/base64.ts";
import { sameBytes } from "../bytes/bytes.ts";
import { CritError } from "../errors.ts";
import type { ExtraRun } from "../image/extra.ts";
import { type Head, writeHead } from "../image/head.ts";
import { type ImageEvents, ImageReader, type ImageReaderOptions } from "../image/reader.ts";
import { normalizePayload } from "../protobuf/normalize.ts";
import { WireWriter } from "../protobuf/wire.ts";
import type { EntryShape } from "../types/image_type.ts";

/** Bytes of entries with the same normal form, in file order. */
interface Originals {
  readonly normal: Uint8Array;
  readonly entries: Uint8Array[];
}

/**
 * Restores the original bytes of unchanged entries in an edited image.
 *
 * @param edited the image after it was decoded, edited and encoded
 * @param original the image before that
 */
export function restoreOriginalBytes(
  edited: Uint8Array,
  original: Uint8Array,
  options: ImageReaderOptions,
): Uint8Array {
  const known = new Map<string, Originals>();
  const head = eachEntry(original, options, (entry, normal) => {
    if (sameBytes(entry, normal)) return;
    const key = keyOf(normal);
    const originals = known.get(key);
    if (originals === undefined) known.set(key, { normal, entries: [entry] });
    else if (sameBytes(originals.normal, normal)) originals.entries.push(entry);
  });
  const out = new WireWriter(edited.length + 64);
  writeHead(out, head);
  eachEntry(edited, options, (entry, normal) => {
    const originals = known.size === 0 ? undefined : known.get(keyOf(normal));
    if (originals === undefined || !sameBytes(originals.normal, normal)) return out.raw(entry);
    // The first come first, and the last stands for all that follow.
    out.raw(originals.entries.length > 1 ? originals.entries.shift()! : originals.entries[0]!);
  });
  return out.view();
}

/** Bytes of an entry that tell it from others, beside its length. */
const TELLING = 256;

function keyOf(entry: Uint8Array): string {
  return `${entry.length} ${toBase64(entry.subarray(0, TELLING))}`;
}

/** Takes an entry's bytes, from its size to the end of its extra, and their normal form. */
type TakeEntry = (entry: Uint8Array, normal: Uint8Array) => void;

/** Gives each entry of an image, and returns the image's head. */
function eachEntry(image: Uint8Array, { name }: ImageReaderOptions, take: TakeEntry): Head {
  const entries = new EntryBytes(image, take);
  const reader = new ImageReader(entries, { name, size: image.length });
  reader.push(image);
  reader.finish();
  return entries.head!;
}

/** Follows where the parts of entries stand in an image, and normalizes them. */
class EntryBytes implements ImageEvents {
  head: Head | undefined;
  #start = 0;
  #pos = 0;
  #isMessage = false;
  readonly #normal = new WireWriter();

  constructor(readonly image: Uint8Array, readonly take: TakeEntry) {}

  begin(head: Head): void {
    this.head = head;
  }

  payload(shape: EntryShape, bytes: Uint8Array, from: number, to: number, offset: number): void {
    this.#start = offset;
    this.#pos = offset + 4 + to - from;
    this.#normal.pos = 0;
    const payload = normalOr(shape.entry, bytes.subarray(from, to));
    this.#normal.word(payload.length, this.head!.byteOrder);
    this.#normal.raw(payload);
  }

  extraBegin({ kind }: ExtraRun): void {
    this.#isMessage = kind === "message";
  }

  extraBytes(bytes: Uint8Array, from: number, to: number): void {
    if (this.#isMessage) {
      this.#pos += 4;
      this.#normal.word(to - from, this.head!.byteOrder);
    }
    this.#pos += to - from;
    this.#normal.raw(bytes.subarray(from, to));
  }

  extraEnd(): void {}

  padding(_bytes: Uint8Array, from: number, to: number): void {
    this.#pos += to - from;
    this.#normal.raw(new Uint8Array(to - from));
  }

  entryEnd(): void {
    this.take(this.image.subarray(this.#start, this.#pos), this.#normal.view().slice());
  }

  end(): void {}
}

/** The normal form of a payload; its own bytes if it has none. */
function normalOr(message: string, payload: Uint8Array): Uint8Array {
  try {
    return normalizePayload(message, payload, 0, payload.length);
  } catch (error) {
    if (error instanceof CritError) return payload;
    throw error;
  }
}
