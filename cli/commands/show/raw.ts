/** Raw images of networks as JSON. @module */

import { baseName } from "../../../images/bytes/paths.ts";
import { CritError } from "../../../images/errors.ts";
import { isReadable, readRawImage } from "../../../images/net/raw_images.ts";
import { typeByFileName } from "../../../images/types/registry.ts";
import "../../../plugins/raw.ts";
import { openInputAt } from "../../files/input_at.ts";
import { jsonText } from "../../terminal/json_text.ts";
import { writeText } from "../../terminal/terminal.ts";

/** Largest image that is read, in bytes. */
const LARGEST = 64 << 20;

/**
 * Prints an image as JSON.
 *
 * @returns whether it is an image of networks
 * @throws {CritError} `data` when it is damaged
 */
export async function showRawImage(path: string): Promise<boolean> {
  const name = baseName(path);
  const type = typeByFileName(name);
  if (type === undefined || !isReadable(type.name)) return false;
  using input = await openInputAt(path);
  const pieces: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const piece = new Uint8Array(1 << 16);
    const count = input.readSync(piece);
    if (count === null) break;
    size += count;
    if (size > LARGEST) throw new CritError("unsupported", "it is too large", { image: name });
    pieces.push(piece.subarray(0, count));
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  try {
    writeText(
      jsonText({ magic: type.name, entries: readRawImage(type.name, bytes, isLittle(bytes)) }),
    );
  } catch (error) {
    throw error instanceof CritError ? error.at({ image: name }) : error;
  }
  return true;
}

/** Byte order by the first length or magic, which is small or known. */
function isLittle(bytes: Uint8Array): boolean {
  if (bytes.length < 4) return true;
  const view = new DataView(bytes.buffer);
  const magics = [0x47361222, 0x45311224, 0x71706986];
  if (magics.includes(view.getUint32(0))) return false;
  return magics.includes(view.getUint32(0, true)) || view.getUint32(0, true) <= view.getUint32(0);
}
