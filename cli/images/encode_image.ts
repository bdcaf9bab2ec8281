/**
 * One image from JSON.
 *
 * @module
 */

import type { ByteOrder } from "../../images/bytes/byte_order.ts";
import { feed } from "../../images/bytes/io.ts";
import { ImageEncoder } from "../../images/image/encode.ts";
import type { ImageVersion } from "../../images/image/head.ts";
import type { Input } from "../files/input.ts";
import type { Output } from "../files/output.ts";
import type { OnRead } from "./decode_image.ts";

/** How an image is written. */
export interface EncodeSettings {
  /** Image version. */
  readonly version: ImageVersion;
  /** Byte order of JSON that does not tell it. */
  readonly byteOrder?: ByteOrder;
  /** Refuse the names and shapes that older tools write. */
  readonly strict: boolean;
}

/**
 * Writes the image that JSON describes.
 *
 * @throws {CritError} `data` when the JSON is no whole, correct image
 */
export async function encodeInto(
  output: Pick<Output, "write">,
  input: Input,
  settings: EncodeSettings,
  onRead: OnRead,
): Promise<void> {
  const encoder = new ImageEncoder((image) => output.write(image), {
    name: input.name ?? "standard input",
    size: input.size,
    ...settings,
  });
  await feed(input, encoder, onRead);
}
