/**
 * Encodes directories of JSON files into dumps.
 *
 * @module
 */

import type { ByteOrder } from "../../images/bytes/byte_order.ts";
import { baseName, placeAbove } from "../../images/bytes/paths.ts";
import type { ImageVersion } from "../../images/image/head.ts";
import { decodeObjects } from "../../images/image/objects.ts";
import { typeByFileName } from "../../images/types/registry.ts";
import type { Tree } from "../files/tree.ts";
import { encodeInto } from "../images/encode_image.ts";
import type { Job } from "./convert.ts";
import { type BatchArguments, runBatch } from "./run.ts";

/** Ending of the names of JSON files. */
const JSON_ENDING = ".json";

/** Name of the image that tells a dump's image version. */
const INVENTORY = "inventory.img";

/** No inventory's JSON is as large as this, in bytes. */
const LARGE = 1 << 20;

/** How images are written. */
export interface EncodeAllSettings {
  /** Image version; that of each dump's inventory when left out. */
  readonly version: ImageVersion | undefined;
  /** Byte order of JSON without the key. */
  readonly byteOrder?: ByteOrder;
  /** Refuse the names and shapes that older tools write. */
  readonly strict: boolean;
}

/**
 * Writes `NAME` for each `NAME.json` of an image, and copies all other files. Returns the exit
 * code.
 */
export function encodeAll(args: BatchArguments, settings: EncodeAllSettings): Promise<number> {
  const { version, byteOrder, strict } = settings;
  return runBatch(args, {
    conversion: { to: "image", byteOrder, strict },
    convertedPlace: (tree, { place }) =>
      isImageJson(tree, place) ? place.slice(0, -JSON_ENDING.length) : undefined,
    convertsName: (place) => place.endsWith(`.img${JSON_ENDING}`),
    complete: async (tree, jobs) => {
      if (version !== undefined) return jobs.map((job) => ({ ...job, version }));
      const versions = await inventoryVersions(tree, jobs);
      return jobs.map((job) => ({ ...job, version: versions.get(placeAbove(job.place)) ?? "1.1" }));
    },
  });
}

/** Whether a file is an image's JSON, by its name. */
function isImageJson(tree: Tree, place: string): boolean {
  if (!place.endsWith(JSON_ENDING)) return false;
  const image = place.slice(0, -JSON_ENDING.length);
  const type = typeByFileName(baseName(image));
  if (type !== undefined) return type.entry !== undefined;
  return tree.isNamed || image.endsWith(".img");
}

/** The image version that the inventory of each directory tells. */
async function inventoryVersions(
  tree: Tree,
  jobs: readonly Job[],
): Promise<Map<string, ImageVersion>> {
  const versions = new Map<string, ImageVersion>();
  for (const job of jobs) {
    if (baseName(job.place) !== INVENTORY + JSON_ENDING || job.size > LARGE) continue;
    const version = await inventoryVersion(tree, job);
    if (version !== undefined) versions.set(placeAbove(job.place), version);
  }
  return versions;
}

async function inventoryVersion(tree: Tree, job: Job): Promise<ImageVersion | undefined> {
  const pieces: Uint8Array[] = [];
  try {
    using input = tree.open(job);
    const output = { write: (bytes: Uint8Array) => pieces.push(bytes.slice()) };
    await encodeInto(output, input, { version: "1.1", strict: false }, () => undefined);
    const bytes = new Uint8Array(await new Blob(pieces as BlobPart[]).arrayBuffer());
    const version = decodeObjects(bytes).entries[0]?.img_version;
    return version === 1 ? "1.0" : version === 2 ? "1.1" : undefined;
  } catch {
    // Encoding it again says what is wrong with it.
    return undefined;
  }
}
