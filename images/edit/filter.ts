/**
 * Edits by a program that takes an image's JSON and gives it back changed.
 *
 * @module
 */

import { ImageDecoder } from "../decode.ts";
import { ImageEncoder } from "../encode.ts";
import { CritError, dataError } from "../errors.ts";
import { COMMON_HEAD, jsonName, SERVICE_HEAD } from "../image.ts";
import { joinBytes } from "../objects.ts";
import { uint32At } from "../wire.ts";
import { restoreOdd } from "./odd.ts";

/** Runs a program with `json` as its standard input. */
export interface FilterRunner {
  /**
   * Starts the program and waits for its end.
   *
   * @param json pieces of its input, made as it takes them
   * @param onOutput takes what it writes to its standard output; what it throws ends the program
   * @throws {CritError} `data` when the program cannot be run or fails
   */
  run(
    command: string,
    json: Iterable<Uint8Array>,
    onOutput: (bytes: Uint8Array) => void,
  ): Promise<void>;
}

/** How a filter is run on an image. */
export interface FilterSetting {
  readonly runner: FilterRunner;
  /** The readable form of JSON instead of one line. */
  readonly pretty: boolean;
}

/** Bytes of the image that are decoded at a time. */
const PIECE = 1 << 18;

/**
 * Passes an image through a filter.
 *
 * @param image all of its bytes
 * @throws {CritError} `data` when the filter fails or what it gives is not an image of the type
 */
export async function filterImage(
  { runner, pretty }: FilterSetting,
  command: string,
  name: string,
  image: Uint8Array,
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  const pretended = `the output of ${JSON.stringify(command)}`;
  const encoder = new ImageEncoder((bytes) => pieces.push(bytes.slice()), {
    name: pretended,
    version: isHeaded(image) ? "1.1" : "1.0",
  });
  const decoder = new ImageDecoder((json) => queue.push(json.slice()), {
    name,
    size: image.length,
    pretty,
  });
  const queue: Uint8Array[] = [];
  let damage: CritError | undefined;
  function* json(): Generator<Uint8Array> {
    try {
      for (let from = 0; from < image.length; from += PIECE) {
        decoder.reader.push(image.subarray(from, from + PIECE));
        yield* queue.splice(0);
      }
      decoder.reader.finish();
    } catch (error) {
      if (error instanceof CritError) damage = error;
      throw error;
    }
    yield* queue.splice(0);
  }
  try {
    await runner.run(command, json(), (bytes) => encoder.push(bytes));
    encoder.finish();
  } catch (error) {
    throw damage ?? named(error, pretended, name);
  }
  const edited = joinBytes(pieces);
  // A filter need not read its input: the type is known from the image's head in any case.
  const wanted = decoder.type ?? headType(image, name);
  const got = encoder.type!;
  if (wanted !== undefined && jsonName(got) !== jsonName(wanted)) {
    throw dataError(`${pretended} is a ${jsonName(got)} image`, { image: name });
  }
  return restoreOdd(edited, image, { name });
}

/** Whether an image begins with a head magic. */
function isHeaded(image: Uint8Array): boolean {
  if (image.length < 4) return true;
  const first = uint32At(image, 0);
  return first === COMMON_HEAD || first === SERVICE_HEAD;
}

/** The type of an image of which nothing was read. */
function headType(image: Uint8Array, name: string): ImageDecoder["type"] {
  const decoder = new ImageDecoder(() => {}, { name });
  decoder.reader.push(image.subarray(0, 8));
  return decoder.type;
}

/** An error in what the filter wrote, with the image's name before it. */
function named(error: unknown, pretended: string, name: string): unknown {
  if (!(error instanceof CritError)) return error;
  if (error.place.image !== pretended) return error.at({ image: name });
  const { image: _image, ...place } = error.place;
  const inside = new CritError(error.kind, error.reason, place, error.hint);
  return dataError(`${pretended} makes no image: ${inside.message}`, { image: name });
}
