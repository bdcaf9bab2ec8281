/** Open files: an image for each kind ⇄ files.img for all, CRIU 3.4. @module */

import type { FileEntry } from "../../../proto/types.ts";
import type { Message } from "../../codec/objects.ts";
import { fieldsOf } from "../../codec/typed.ts";
import { KIND_IMAGES, type KindImage } from "../../dump/file_table.ts";
import { FILES_IMAGE } from "./file_images.ts";
import type { Step } from "./step.ts";

/** The step; the functions below change a file. */
export const filesImage: Step = { name: "an image of all files", since: "3.4" };

const byName = new Map(KIND_IMAGES.map((kind) => [kind.name, kind]));
const byType = new Map(KIND_IMAGES.map((kind) => [kind.type, kind]));

/** The kind of an image of files; undefined for files.img. */
export function kindImageOf(image: string): KindImage | undefined {
  return byName.get(image);
}

/** An entry with its image. */
export interface PlacedEntry {
  readonly image: string;
  readonly message: string;
  readonly entry: Message;
}

/** Makes an entry of files.img from one of a kind's image. */
export function merged(kind: KindImage, entry: Message): FileEntry {
  return { type: kind.type, id: entry.id as number, [kind.field]: entry };
}

/**
 * The image and entry of a file when every kind has a separate image. Kinds that are newer than
 * files.img, and a file without the message of its kind, stay in files.img: no older release can
 * represent them.
 */
export function split(file: FileEntry): PlacedEntry {
  const kind = byType.get(file.type);
  const entry = kind === undefined ? undefined : fieldsOf(file)[kind.field] as Message | undefined;
  const isWhole = Object.keys(file).length === 3;
  if (kind === undefined || entry === undefined || entry.id !== file.id || !isWhole) {
    return { image: FILES_IMAGE, message: "file_entry", entry: fieldsOf(file) };
  }
  return { image: kind.name, message: kind.message, entry };
}
