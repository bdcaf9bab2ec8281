/**
 * Finds dumps in directories of engines and of unpacked archives.
 *
 * @module
 */

import { isDirectory, kindOf } from "../bytes/io.ts";
import { dataError } from "../errors.ts";
import { typeByFileName } from "../types/registry.ts";
import { DirectorySource, namesIn } from "./directory.ts";
import { ENGINE_DIRECTORIES } from "./surroundings.ts";

/** Most directories that are looked at for a dump. */
const MOST_DIRECTORIES = 1000;

/** Whether there is any image in a directory. */
export function hasImages(path: string): boolean {
  if (kindOf(`${path}/inventory.img`) === "file") return true;
  return namesIn(path).some((name) => {
    const type = typeByFileName(name);
    return type !== undefined && type.framing !== "service" && kindOf(`${path}/${name}`) === "file";
  });
}

/**
 * The dump of a directory: the directory itself, the only dump in it, or the last of a chain in it.
 *
 * @returns the directory itself if there is none
 * @throws {CritError} `data` when there are several
 */
export function dumpIn(path: string): string {
  if (hasImages(path)) return path;
  const tips = tipsBelow(path);
  if (tips.length <= 1) return tips[0] ?? path;
  const base = path.replace(/(?<=.)\/+$/, "");
  const names = tips.map((tip) => tip.slice(base.length + 1));
  const some = names.slice(0, 4).join(", ") + (names.length > 4 ? ", …" : "");
  const reason = `the directory holds ${names.length} dumps: ${some}`;
  throw dataError(reason, { image: path }, `name one of them as ${tips.at(-1)}`);
}

/** The last dump of each chain in a directory, at the places that engines use, or anywhere. */
export function tipsBelow(path: string): readonly string[] {
  const base = path.replace(/(?<=.)\/+$/, "");
  for (const usual of ENGINE_DIRECTORIES) {
    if (hasImages(`${base}/${usual}`)) return [`${base}/${usual}`];
  }
  const names = namesIn(`${base}/checkpoints`).map((name) => `checkpoints/${name}`);
  const below = names.length > 0 ? names : namesIn(base);
  const dumps = below.slice(0, MOST_DIRECTORIES).map((name) => `${base}/${name}`)
    .filter((path) => isDirectory(path) && hasImages(path));
  return tipsAmong(dumps);
}

/** The dumps that are not the parent of another; all of them if they form a circle. */
export function tipsAmong(dumps: readonly string[]): readonly string[] {
  const parents = new Set(dumps.map(parentOf));
  const tips = dumps.filter((dump) => !parents.has(new DirectorySource(dump).identity));
  return tips.length > 0 ? tips : dumps;
}

/** Identity of the dump that one builds on. */
function parentOf(path: string): string | undefined {
  const link = new DirectorySource(path).parentLink;
  if (!link) return undefined;
  const parent = link.startsWith("/") ? link : `${path}/${link}`;
  return isDirectory(parent) ? new DirectorySource(parent).identity : undefined;
}
