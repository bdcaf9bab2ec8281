/**
 * The head of an image: the magic numbers before its first entry.
 *
 * ```text
 * v1.1 image ::= u32 head magic, u32 magic, ENTRY*
 * v1.0 image ::= u32 magic, ENTRY*
 * ```
 *
 * The words have the byte order of the machine that wrote them, big-endian on s390x. Nothing else
 * in an image shows the byte order. (CRIU: criu/include/magic.h, criu/image.c `img_write_magic`)
 *
 * @module
 */

import type { ByteBuffer } from "../bytes/buffer.ts";
import { type ByteOrder, swapped32, wordAt } from "../bytes/byte_order.ts";
import { type CritError, dataError } from "../errors.ts";
import type { ImageType } from "../types/image_type.ts";
import { typeByMagic } from "../types/registry.ts";
import { foreignFormat } from "./foreign.ts";

/** Image version: 1.1 with head magics (CRIU 1.6 and later), or 1.0 without. */
export type ImageVersion = "1.0" | "1.1";

/** First u32 of a v1.1 image (IMG_COMMON_MAGIC). */
const COMMON_HEAD = 0x54564319;
/** First u32 of a v1.1 service image (IMG_SERVICE_MAGIC): stats, irmap-cache. */
const SERVICE_HEAD = 0x55105940;

/** Length in bytes of the longest head. */
export const LONGEST_HEAD = 8;

/** The magic numbers at the beginning of a file. */
export interface Magics {
  /** Byte order of the machine that wrote the file. */
  readonly byteOrder: ByteOrder;
  /** All of them, in file order: one or two. */
  readonly words: readonly number[];
  /** The one that belongs to an image type, if the file is an image. */
  readonly magic: number;
}

/** The head of an image of a known type. */
export interface Head extends Magics {
  /** Image type, by the magic. */
  readonly type: ImageType;
  /** Image version, by the head magic. */
  readonly version: ImageVersion;
}

/**
 * The magic numbers that a file begins with; undefined if it ends inside them.
 *
 * @param bytes its first {@link LONGEST_HEAD} bytes, or all there are
 */
export function readMagics(bytes: Uint8Array): Magics | undefined {
  if (bytes.length < 4) return undefined;
  const byteOrder = orderOf(wordAt(bytes, 0, "little"));
  const first = wordAt(bytes, 0, byteOrder);
  if (!isHeadMagic(first)) return { byteOrder, words: [first], magic: first };
  if (bytes.length < LONGEST_HEAD) return undefined;
  const magic = wordAt(bytes, 4, byteOrder);
  return { byteOrder, words: [first, magic], magic };
}

/** The byte order of a file by its first word; no magic number is another one in reverse. */
function orderOf(first: number): ByteOrder {
  if (isHeadMagic(first) || typeByMagic(first) !== undefined) return "little";
  const swapped = swapped32(first);
  return isHeadMagic(swapped) || typeByMagic(swapped) !== undefined ? "big" : "little";
}

function isHeadMagic(word: number): boolean {
  return word === COMMON_HEAD || word === SERVICE_HEAD;
}

/**
 * The head of an image; undefined if the bytes end inside it.
 *
 * @param bytes the first {@link LONGEST_HEAD} bytes of the file, or all there are
 * @param expected the image type that the file's name stands for
 * @throws {CritError} `data` if the magic belongs to no image type
 */
export function readHead(bytes: Uint8Array, expected?: ImageType): Head | undefined {
  const magics = readMagics(bytes);
  if (magics === undefined) return undefined;
  const { magic } = magics;
  const byMagic = typeByMagic(magic);
  if (byMagic === undefined) {
    const hint = expected === undefined ? undefined : `a ${expected.name} image is expected`;
    const foreign = foreignFormat(bytes);
    const reason = foreign === undefined
      ? `unknown magic 0x${magic.toString(16).padStart(8, "0")}`
      : `it is ${foreign}, not an image`;
    throw dataError(reason, {}, hint);
  }
  // Two types share a magic; the name tells them apart.
  return knownHead(magics, expected?.magic === magic ? expected : byMagic);
}

/** The head with these magic numbers, for their image type. */
export function knownHead(magics: Magics, type: ImageType): Head {
  const isNew = magics.words.length === 2 || type.framing === "bare";
  return { ...magics, type, version: isNew ? "1.1" : "1.0" };
}

/**
 * The head that CRIU writes for an image type.
 *
 * @throws {CritError} `data` for a raw image, which has none
 */
export function headOf(
  type: ImageType,
  version: ImageVersion,
  byteOrder: ByteOrder = "little",
): Head {
  const { magic } = type;
  if (magic === undefined) throw withoutEntries(type);
  const first = type.framing === "service" ? SERVICE_HEAD : COMMON_HEAD;
  const isBare = version === "1.0" || type.framing === "bare";
  return { type, version, byteOrder, magic, words: isBare ? [magic] : [first, magic] };
}

/** Length of a head in bytes. */
export function headLength({ words }: Magics): number {
  return words.length * 4;
}

/** Appends a head. */
export function writeHead(out: Pick<ByteBuffer, "word">, { words, byteOrder }: Magics): void {
  for (const word of words) out.word(word, byteOrder);
}

/** The error that a raw image has no entries. */
export function withoutEntries({ name, raw }: ImageType): CritError {
  return dataError(`${name} images have no entries: ${raw ?? "raw"}`);
}

/** Name of the image type in JSON; two types that share a magic have the name of the first. */
export function jsonName(type: ImageType): string {
  return type.sameMagicAs ?? type.name;
}
