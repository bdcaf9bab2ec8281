/**
 * The library's ways in and out: whole images, streams, entry by entry.
 *
 * @module
 */

import { joinBytes } from "../bytes/bytes.ts";
import { type DecodeOptions, ImageDecoder } from "./decode.ts";
import { type EncodeOptions, ImageEncoder } from "./encode.ts";
import { type Entry, ObjectEvents } from "./objects.ts";
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
 * @throws {CritError} `data` with line and column when the text makes no image
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

/** A stream that takes an image's bytes and gives its JSON's bytes. */
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

/** A stream that takes the bytes of JSON text and gives an image's bytes. */
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

/**
 * Reads an image entry by entry, as objects; at most one chunk's entries are held at a time.
 *
 * @typeParam E what the entries are, such as `FileEntry`: the caller's knowledge, not checked
 * @throws {CritError} `data` when the image is damaged, after the entries before the damage
 */
export async function* readEntries<E = Entry>(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: ImageReaderOptions = {},
): AsyncGenerator<E, void> {
  let entries: E[] = [];
  const reader = new ImageReader(new ObjectEvents((entry) => entries.push(entry as E)), options);
  const advance = (work: () => void) => {
    try {
      work();
      return undefined;
    } catch (error) {
      return { error };
    }
  };
  for await (const chunk of chunks) {
    const failed = advance(() => reader.push(chunk));
    yield* entries;
    entries = [];
    if (failed !== undefined) throw failed.error;
  }
  const failed = advance(() => reader.finish());
  yield* entries;
  if (failed !== undefined) throw failed.error;
}
