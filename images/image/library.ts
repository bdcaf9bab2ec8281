/**
 * The functions of the library for images: whole images, streams, and entry by entry.
 *
 * @module
 */

import type { ImageEntries } from "../../proto/images.ts";
import { joinBytes } from "../bytes/bytes.ts";
import { dataError } from "../errors.ts";
import { type DecodeOptions, ImageDecoder } from "./decode.ts";
import { type EncodeOptions, ImageEncoder } from "./encode.ts";
import { jsonName } from "./head.ts";
import { type Entry, type ImageName, ObjectEvents } from "./objects.ts";
import { ImageReader, type ImageReaderOptions } from "./reader.ts";

/**
 * Decodes a whole image to JSON text, as `crit decode` prints it.
 *
 * @throws {CritError} `data` when it is not an image or is damaged
 */
export function imageToJson(image: Uint8Array, options: DecodeOptions = {}): string {
  const pieces: Uint8Array[] = [];
  const decoder = new ImageDecoder((json) => pieces.push(json.slice()), {
    size: image.length,
    ...options,
  });
  decoder.reader.push(image);
  decoder.reader.finish();
  return new TextDecoder().decode(joinBytes(pieces));
}

/**
 * Encodes JSON text to a whole image, as `crit encode` does.
 *
 * @throws {CritError} `data` with line and column if the text does not describe an image
 */
export function jsonToImage(
  json: string | Uint8Array,
  options: EncodeOptions = {},
): Uint8Array {
  const pieces: Uint8Array[] = [];
  const encoder = new ImageEncoder((image) => pieces.push(image.slice()), options);
  encoder.push(typeof json === "string" ? new TextEncoder().encode(json) : json);
  encoder.finish();
  return joinBytes(pieces);
}

/** A stream from the bytes of an image to the bytes of its JSON. */
export class ImageToJsonStream extends TransformStream<Uint8Array, Uint8Array<ArrayBuffer>> {
  /** Makes a stream that prints as `options` say. */
  constructor(options: DecodeOptions = {}) {
    let decoder: ImageDecoder;
    super({
      start(controller) {
        decoder = new ImageDecoder((json) => controller.enqueue(json.slice()), options);
      },
      transform(chunk) {
        decoder.reader.push(chunk);
      },
      flush() {
        decoder.reader.finish();
      },
    });
  }
}

/** A stream from the bytes of JSON text to the bytes of an image. */
export class JsonToImageStream extends TransformStream<Uint8Array, Uint8Array<ArrayBuffer>> {
  /** Makes a stream that writes as `options` say. */
  constructor(options: EncodeOptions = {}) {
    let encoder: ImageEncoder;
    super({
      start(controller) {
        encoder = new ImageEncoder((image) => controller.enqueue(image.slice()), options);
      },
      transform(chunk) {
        encoder.push(chunk);
      },
      flush() {
        encoder.finish();
      },
    });
  }
}

/** How {@link readEntries} reads an image. */
export interface ReadEntriesOptions<N extends ImageName = ImageName> extends ImageReaderOptions {
  /** The type that the image must have, which types the entries. */
  readonly type?: N;
}

/**
 * Reads an image entry by entry, as objects; at most the entries of one chunk are in memory. With
 * the option `type`, the entries are typed by the image type.
 *
 * @throws {CritError} `data` when the image is of another type, or damaged, after the entries
 * before the damage
 */
export function readEntries<N extends ImageName>(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: ReadEntriesOptions<N> & { readonly type: N },
): AsyncGenerator<ImageEntries[N], void>;
/**
 * The same for an image of any type.
 *
 * @throws {CritError} `data` when the image is damaged, after the entries before the damage
 */
export function readEntries(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options?: ImageReaderOptions,
): AsyncGenerator<Entry, void>;
export async function* readEntries(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: ReadEntriesOptions = {},
): AsyncGenerator<object, void> {
  let entries: Entry[] = [];
  const events = new ObjectEvents((entry) => entries.push(entry));
  const reader = new ImageReader(events, options);
  const advance = (work: () => void) => {
    try {
      work();
      return undefined;
    } catch (error) {
      return { error };
    }
  };
  const checkType = () => {
    const { type, name } = options;
    const found = events.head && jsonName(events.head.type);
    if (type === undefined || found === undefined || found === type) return;
    throw dataError(`it is a ${found} image, not a ${type} image`, { image: name });
  };
  for await (const chunk of chunks) {
    const failed = advance(() => reader.push(chunk));
    checkType();
    yield* entries;
    entries = [];
    if (failed !== undefined) throw failed.error;
  }
  const failed = advance(() => reader.finish());
  checkType();
  yield* entries;
  if (failed !== undefined) throw failed.error;
}
