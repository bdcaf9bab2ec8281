/**
 * Edits by programs that read an image's JSON and write it back changed.
 *
 * @module
 */

import { joinBytes } from "../bytes/bytes.ts";
import { CritError, dataError } from "../errors.ts";
import { type BigNumbers, ImageDecoder } from "../image/decode.ts";
import { ImageEncoder } from "../image/encode.ts";
import { type Head, jsonName, LONGEST_HEAD, readHead } from "../image/head.ts";
import { typeByFileName } from "../types/registry.ts";
import { checkLossless, hasBigNumbers } from "./lossy_filter.ts";
import { restoreOriginalBytes } from "./noncanonical.ts";
import { refuseManyFields } from "./raw_field.ts";
import { checkEditedSize } from "./size.ts";

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
  /** Whether to use the readable form of JSON instead of one line. */
  readonly pretty: boolean;
  /** How numbers beyond 2^53 are written. */
  readonly bigNumbers: BigNumbers;
}

/** Bytes of the image that are decoded at a time. */
const PIECE = 1 << 18;

/**
 * Passes an image through a filter.
 *
 * @param image all of its bytes
 * @throws {CritError} `data` when the filter fails, when what it gives is not an image of the type,
 * or when it has rounded a number or replaced bytes that are not UTF-8
 */
export async function filterImage(
  setting: FilterSetting,
  command: string,
  name: string,
  image: Uint8Array,
): Promise<Uint8Array> {
  refuseManyFields(image, name);
  const pieces: Uint8Array[] = [];
  const pretended = `the output of ${JSON.stringify(command)}`;
  let size = 0;
  const take = (bytes: Uint8Array) => {
    checkEditedSize(name, size += bytes.length);
    pieces.push(bytes.slice());
  };
  const head = headAt(image, name);
  const { version, byteOrder } = head;
  const encoder = new ImageEncoder(take, { name: pretended, version, byteOrder });
  const hasBigStrings = setting.bigNumbers === "string";
  try {
    await setting.runner.run(command, jsonOf(image, name, setting), (bytes) => encoder.push(bytes));
    encoder.finish();
  } catch (error) {
    throw named(error, pretended, name, () => !hasBigStrings && hasBigNumbers(image, { name }));
  }
  const [wanted, got] = [jsonName(head.type), jsonName(encoder.type!)];
  if (got !== wanted) throw dataError(`${pretended} is a ${got} image`, { image: name });
  if (encoder.byteOrder !== byteOrder) {
    throw dataError(`${pretended} is a ${encoder.byteOrder}-endian image`, { image: name });
  }
  const edited = restoreOriginalBytes(joinBytes(pieces), image, { name });
  checkLossless(`the filter ${JSON.stringify(command)}`, image, edited, { hasBigStrings }, {
    name,
  });
  return edited;
}

/** An image's JSON in pieces, each made when it is asked for. */
function* jsonOf(
  image: Uint8Array,
  name: string,
  { pretty, bigNumbers }: FilterSetting,
): Generator<Uint8Array> {
  const made: Uint8Array[] = [];
  const decoder = new ImageDecoder((json) => made.push(json.slice()), {
    name,
    size: image.length,
    pretty,
    bigNumbers,
  });
  for (let from = 0; from < image.length; from += PIECE) {
    decoder.reader.push(image.subarray(from, from + PIECE));
    yield* made.splice(0);
  }
  decoder.reader.finish();
  yield* made.splice(0);
}

/** The head of an image, which a filter need not have read. */
function headAt(image: Uint8Array, name: string): Head {
  let head: Head | undefined;
  try {
    head = readHead(image.subarray(0, LONGEST_HEAD), typeByFileName(name));
  } catch (error) {
    throw error instanceof CritError ? error.at({ image: name }) : error;
  }
  if (head === undefined) throw dataError("it has no magic", { image: name });
  return head;
}

/**
 * An error in what the filter wrote, with the image's name before it.
 *
 * @param mayRound whether a number that is out of range may be one that the filter rounded
 */
function named(
  error: unknown,
  pretended: string,
  name: string,
  mayRound: () => boolean,
): unknown {
  if (!(error instanceof CritError)) return error;
  if (error.place.image !== pretended) return error.at({ image: name });
  const { image: _image, ...place } = error.place;
  const isNumber = error.code === "number" && mayRound();
  const hint = isNumber
    ? "it may have rounded numbers beyond 2^53, which --big-numbers=string prevents"
    : error.hint;
  const inside = new CritError(error.kind, error.reason, place, hint);
  return dataError(`${pretended} makes no image: ${inside.message}`, { image: name });
}
