/**
 * What `crit convert` reads: a dump, or a single image as a dump that has nothing else.
 *
 * @module
 */

import { inFile } from "../../../images/bytes/io.ts";
import { baseName } from "../../../images/bytes/paths.ts";
import { permissionsOf } from "../../../images/bytes/written_file.ts";
import { typeOf } from "../../../images/convert/versions.ts";
import { DirectoryFile } from "../../../images/dump/directory.ts";
import { Dump } from "../../../images/dump/dump.ts";
import { openDump, type OpenOptions } from "../../../images/dump/open.ts";
import type { ImageFile, ImageSource } from "../../../images/dump/source.ts";
import { dataError } from "../../../images/errors.ts";
import { typeByFileName } from "../../../images/types/registry.ts";
import { inputKind } from "../../files/paths.ts";

/** What is converted. */
export interface Subject extends Disposable {
  readonly dump: Dump;
  /** Name of the image, when it is a single one. */
  readonly image: string | undefined;
  /** Permission bits of the single image. */
  readonly mode: number;
}

/**
 * Opens a dump or an image by its path.
 *
 * @throws {CritError} when it is neither
 */
export async function openSubject(path: string, options: OpenOptions): Promise<Subject> {
  const isImage = await inputKind(path) === "file" && startsAsImage(path);
  const dump = isImage ? new Dump(new SingleImage(path)) : await openDump(path, options);
  const image = isImage ? baseName(path) : undefined;
  if (![...dump.source.files.keys()].some((name) => isImage || typeByFileName(name))) {
    throw dataError("there is no image in it", { image: path });
  }
  const mode = isImage ? permissionsOf(Deno.statSync(path)).mode : 0;
  return { dump, image, mode, [Symbol.dispose]: () => dump[Symbol.dispose]() };
}

function startsAsImage(path: string): boolean {
  using file = openFile(path);
  return typeOf(file) !== undefined;
}

function openFile(path: string): ImageFile {
  return inFile(path, () => new DirectoryFile(baseName(path), Deno.openSync(path)));
}

/** An image without the rest of its dump. */
class SingleImage implements ImageSource {
  readonly identity: string;
  readonly files: ReadonlyMap<string, number>;
  readonly parentLink = undefined;

  constructor(readonly path: string) {
    this.identity = path;
    this.files = new Map([[baseName(path), Deno.statSync(path).size]]);
  }

  open(): ImageFile {
    return openFile(this.path);
  }

  openParent(): ImageSource {
    throw dataError("a single image has no parent", { image: this.path });
  }

  [Symbol.dispose](): void {}
}
