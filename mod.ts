/**
 * crit reads, edits and writes the image files of CRIU (Checkpoint/Restore In Userspace).
 *
 * Whole images as objects, with exact numbers (64-bit ones are bigints):
 *
 * ```ts
 * import { decodeImage, encodeImage } from "@crit/crit";
 *
 * const bytes = Deno.readFileSync("fixtures/dumps/shloop/pstree.img");
 * const image = decodeImage(bytes);
 * if (image.type === "PSTREE") {
 *   console.log(image.entries.map((task) => task.pid));
 *   image.entries[0]!.sid = 1;
 * }
 * const edited = encodeImage(image);
 * ```
 *
 * As JSON text, as the command line prints it:
 *
 * ```ts
 * import { imageToJson, jsonToImage } from "@crit/crit";
 *
 * const bytes = Deno.readFileSync("fixtures/dumps/shloop/pstree.img");
 * const json = imageToJson(bytes, { pretty: true });
 * console.log(jsonToImage(json).length === bytes.length);
 * ```
 *
 * As streams, in constant memory:
 *
 * ```ts
 * import { ImageToJsonStream } from "@crit/crit";
 *
 * using file = await Deno.open("fixtures/dumps/shloop/files.img");
 * const json = file.readable.pipeThrough(new ImageToJsonStream());
 * console.log((await new Response(json).text()).length);
 * ```
 *
 * Entry by entry:
 *
 * ```ts
 * import { readEntries } from "@crit/crit";
 *
 * const file = await Deno.open("fixtures/dumps/shloop/files.img");
 * for await (const { id, reg } of readEntries(file.readable, { type: "FILES" })) {
 *   console.log(id, reg?.name);
 * }
 * ```
 *
 * Dumps, with their tasks, files and memory, are in `@crit/crit/dump`; docs/LIBRARY.md lists all
 * modules. This module uses only the language, and works in browsers and in Node too.
 *
 * @module
 */

import "./plugins/mod.ts";

export type { Message, Value } from "./images/codec/objects.ts";
export type { DecodeOptions } from "./images/image/decode.ts";
export type { EncodeOptions } from "./images/image/encode.ts";
export {
  CritError,
  type CritErrorOptions,
  type ErrorCode,
  type ErrorKind,
  type Place,
} from "./images/errors.ts";
export type { ByteOrder } from "./images/bytes/byte_order.ts";
export type { ImageVersion } from "./images/image/head.ts";
export {
  imageToJson,
  ImageToJsonStream,
  jsonToImage,
  JsonToImageStream,
  readEntries,
  type ReadEntriesOptions,
} from "./images/image/library.ts";
export type { ImageReaderOptions } from "./images/image/reader.ts";
export type { ImageEntries } from "./proto/images.ts";
export {
  decodeImage,
  encodeImage,
  type Entry,
  type Image,
  type ImageLike,
  type ImageName,
  type ImageOf,
} from "./images/image/objects.ts";
export type {
  BytesExtra,
  EntryShape,
  Extra,
  Framing,
  Hint,
  Hints,
  ImageNumber,
  ImageType,
  MessagesExtra,
  NumberNames,
  NumbersExtra,
  RecordExtra,
  RestExtra,
} from "./images/types/image_type.ts";
export { parseProto } from "./images/protobuf/proto_text.ts";
export {
  allTypes,
  register,
  typeByFileName,
  typeByMagic,
  typeByName,
} from "./images/types/registry.ts";
export { addSchema, type SchemaText } from "./images/protobuf/schema.ts";
export type * from "./proto/types.ts";
export { VERSION } from "./version.ts";
