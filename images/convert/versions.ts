/**
 * Between image versions: head magics and the inventory's version, nothing else.
 *
 * @module
 */

import { uint32At } from "../bytes/buffer.ts";
import type { Dump } from "../dump/dump.ts";
import type { ImageFile } from "../dump/source.ts";
import { dataError } from "../errors.ts";
import { COMMON_HEAD, type ImageVersion, magicsOf, SERVICE_HEAD } from "../image/reader.ts";
import type { ImageType } from "../types/image_type.ts";
import { typeByFileName, typeByMagic } from "../types/registry.ts";
import { rewriteImage } from "./image_rewriter.ts";
import { withVersion } from "./inventory.ts";
import { ImageWriter, type Products } from "./products.ts";
import type { Report } from "./report.ts";

/** What a report calls a new head magic. */
export const HEAD_CHANGE = "head magic";

/**
 * Converts a dump to an image version; a turn after each image.
 *
 * @throws {CritError} `data` when an image is not what its name says
 */
export function* convertVersion(
  dump: Dump,
  version: ImageVersion,
  products: Products,
  report: Report,
): Generator<void> {
  for (const name of dump.source.files.keys()) {
    using file = dump.source.open(name);
    const type = typeOf(file);
    if (type?.entry === "inventory_entry") {
      const { isChanged } = rewriteImage(file, version, products, (_shape, payload) => {
        const changed = withVersion(payload, version);
        return changed === payload ? undefined : [changed];
      });
      report.fate(name, isChanged ? "changed" : "kept");
      if (isChanged) report.change(name, "img_version");
    } else convertHead(file, type, version, products, report);
    yield;
  }
}

/** What a file is; undefined for one without magic. */
export function typeOf(file: ImageFile): ImageType | undefined {
  const byName = typeByFileName(file.name);
  if (byName !== undefined) return byName.entry === undefined ? undefined : byName;
  // A vendor's image may have a name that crit does not know.
  const start = startOf(file);
  if (start.length < 4) return undefined;
  const first = uint32At(start, 0);
  const isHeaded = (first === COMMON_HEAD || first === SERVICE_HEAD) && start.length === 8;
  const type = typeByMagic(isHeaded ? uint32At(start, 4) : first);
  return type?.entry === undefined ? undefined : type;
}

function startOf(file: ImageFile): Uint8Array {
  const start = new Uint8Array(8);
  return start.subarray(0, file.read(0, start));
}

function convertHead(
  file: ImageFile,
  type: ImageType | undefined,
  version: ImageVersion,
  products: Products,
  report: Report,
): void {
  const { name } = file;
  const length = type === undefined ? 0 : headLength(file, type);
  if (type === undefined || length === magicsOf(type, version).length * 4) {
    products.keep(name);
    report.fate(name, "kept");
    return;
  }
  const writer = new ImageWriter(products.create(name));
  writer.begin(type, version);
  writer.copy(file, length, file.size);
  writer.end();
  report.fate(name, "changed");
  report.change(name, HEAD_CHANGE);
}

/** Length in bytes of an image's magic numbers, which must be its type's. */
function headLength(file: ImageFile, type: ImageType): number {
  const start = startOf(file);
  const image = file.name;
  if (start.length < 4) throw dataError("the file ends inside its magic", { image });
  const first = uint32At(start, 0);
  if (first === type.magic) return 4;
  if (first !== COMMON_HEAD && first !== SERVICE_HEAD || type.framing === "bare") {
    throw dataError(`it is not a ${type.name} image by its magic`, { image });
  }
  if (start.length < 8) throw dataError("the file ends inside its magic", { image });
  if (uint32At(start, 4) === type.magic) return 8;
  throw dataError(`it is not a ${type.name} image by its magic`, { image });
}
