/**
 * Names of the pages of many dumps.
 *
 * @module
 */

import { withoutArchiveEnding } from "../../../images/archive/compress.ts";
import { plainPath } from "../../../images/bytes/paths.ts";

/** Longest name in bytes, before `.html` and a number; file systems take 255. */
const LONGEST = 200;

/**
 * A name for the page of each dump, by the dump's path: that of the dump, with as many of the
 * directories above it as tell it from others, or a number if they do not.
 */
export function pageNames(paths: readonly string[]): Map<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const [name, group] of Map.groupBy(new Set(paths), (path) => nameOf(path, 1))) {
    for (const [path, one] of group.length === 1 ? [[group[0]!, name]] : told(group)) {
      let [free, number] = [one!, 2];
      while (taken.has(free)) free = `${one}-${number++}`;
      taken.add(free);
      names.set(path!, `${free}.html`);
    }
  }
  return names;
}

/** Names of dumps whose last names are the same. */
function told(paths: readonly string[]): Array<[path: string, name: string]> {
  let names = paths.map((path) => nameOf(path, 1));
  for (let parts = 2; new Set(names).size < paths.length; parts++) {
    const longer = paths.map((path) => nameOf(path, parts));
    if (longer.every((name, i) => name === names[i])) break;
    names = longer;
  }
  return paths.map((path, i) => [path, names[i]!]);
}

/** The last so many parts of a path as a file's name. */
function nameOf(path: string, parts: number): string {
  const words = plainPath(path).split("/").filter((word) => word !== "");
  const [last = "dump", ...above] = words.slice(-parts).reverse();
  const name = [...above.reverse(), withoutArchiveEnding(last)].join("-");
  // What begins with a dot is hidden, with a dash an option.
  return shortened(name).replace(/^[.-]+/, "") || "dump";
}

/** The end of a name that is too long. */
function shortened(name: string): string {
  const bytes = new TextEncoder().encode(name);
  if (bytes.length <= LONGEST) return name;
  return new TextDecoder().decode(bytes.subarray(-LONGEST)).replace(/^\ufffd+/, "");
}
