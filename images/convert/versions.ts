/**
 * Converts between image versions: changes only head magics and the inventory's version.
 *
 * @module
 */

import type { Dump } from "../dump/dump.ts";
import type { ImageFile } from "../dump/source.ts";
import { dataError } from "../errors.ts";
import {
  type Head,
  headLength,
  headOf,
  type ImageVersion,
  knownHead,
  LONGEST_HEAD,
  readMagics,
} from "../image/head.ts";
import type { ImageType } from "../types/image_type.ts";
import { typeByFileName, typeByMagic } from "../types/registry.ts";
import { rewriteImage } from "./image_rewriter.ts";
import { withVersion } from "./inventory.ts";
import { type ConversionOutput, ImageWriter } from "./output.ts";
import type { ConversionReport } from "./report.ts";

/** Name of a change of the head magic in a report. */
export const HEAD_CHANGE = "head magic";

/**
 * Converts a dump to an image version; yields after each image.
 *
 * @throws {CritError} `data` if an image does not have the type of its name
 */
export function* convertVersion(
  dump: Dump,
  version: ImageVersion,
  products: ConversionOutput,
  report: ConversionReport,
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

/** The image type of a file; undefined if it has no magic. */
export function typeOf(file: ImageFile): ImageType | undefined {
  const byName = typeByFileName(file.name);
  if (byName !== undefined) return byName.entry === undefined ? undefined : byName;
  // A vendor's image may have a name that crit does not know.
  const magics = readMagics(startOf(file));
  const type = magics && typeByMagic(magics.magic);
  return type?.entry === undefined ? undefined : type;
}

function startOf(file: ImageFile): Uint8Array {
  const start = new Uint8Array(LONGEST_HEAD);
  return start.subarray(0, file.read(0, start));
}

function convertHead(
  file: ImageFile,
  type: ImageType | undefined,
  version: ImageVersion,
  products: ConversionOutput,
  report: ConversionReport,
): void {
  const { name } = file;
  const head = type && headAt(file, type);
  const wanted = head && headOf(head.type, version, head.byteOrder);
  if (wanted === undefined || headLength(head!) === headLength(wanted)) {
    products.keep(name);
    report.fate(name, "kept");
    return;
  }
  const writer = new ImageWriter(products.create(name));
  writer.begin(wanted);
  writer.copy(file, headLength(head!), file.size);
  writer.end();
  report.fate(name, "changed");
  report.change(name, HEAD_CHANGE);
}

/** The head of an image, which must belong to its type. */
function headAt(file: ImageFile, type: ImageType): Head {
  const image = file.name;
  const magics = readMagics(startOf(file));
  if (magics === undefined) throw dataError("the file ends inside its magic", { image });
  const isPossible = type.framing !== "bare" || magics.words.length === 1;
  if (magics.magic === type.magic && isPossible) return knownHead(magics, type);
  throw dataError(`it is not a ${type.name} image by its magic`, { image });
}
