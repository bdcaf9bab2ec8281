/**
 * The files in one directory of an archive.
 *
 * @module
 */

import { IndexedMap, LazyMap } from "../bytes/lazy_map.ts";
import { baseName, below } from "../bytes/paths.ts";
import type { ArchivedFile } from "./archived_file.ts";
import type { MemberTable } from "./member_table.ts";

/** The members of a directory, as numbers. */
export interface DirectoryPlace {
  readonly table: MemberTable;
  readonly directory: string;
  /** Numbers of its files and of links to files, in the order of the archive. */
  numbers(): Int32Array;
  /** The number of the file at a path, after following links; undefined if there is none. */
  numberAt(path: string): number | undefined;
}

/** Files of a directory by name, including targets of links. */
export class DirectoryFiles extends LazyMap<ArchivedFile> {
  constructor(readonly place: DirectoryPlace) {
    super();
  }

  get size(): number {
    return this.place.numbers().length;
  }

  get(name: string): ArchivedFile | undefined {
    const number = numberIn(this.place, name);
    return number === undefined ? undefined : this.place.table.fileOf(number);
  }

  has(name: string): boolean {
    return numberIn(this.place, name) !== undefined;
  }

  *keys(): Generator<string, undefined> {
    const { place } = this;
    for (const number of place.numbers()) yield baseName(place.table.pathOf(number));
  }

  /** Sizes in bytes by name, sorted by name, without one of them. */
  sizes(except: string): ReadonlyMap<string, number> {
    return new DirectorySizes(this.place, except);
  }
}

class DirectorySizes extends IndexedMap<number> {
  readonly #numbers: Int32Array;

  constructor(readonly place: DirectoryPlace, readonly except: string) {
    super();
    const { table } = place;
    const number = table.numberOf(below(place.directory, except));
    this.#numbers = place.numbers().filter((other) => other !== number);
    this.#numbers.sort((a, b) => table.compare(a, b));
  }

  get size(): number {
    return this.#numbers.length;
  }

  get(name: string): number | undefined {
    if (name === this.except) return undefined;
    const number = numberIn(this.place, name);
    return number === undefined ? undefined : this.place.table.sizeOf(number);
  }

  has(name: string): boolean {
    return name !== this.except && numberIn(this.place, name) !== undefined;
  }

  keyAt(index: number): string {
    return baseName(this.place.table.pathOf(this.#numbers[index]!));
  }

  valueAt(index: number): number {
    const { table, directory, numberAt } = this.place;
    const number = this.#numbers[index]!;
    // The size of a link is that of its target.
    if (table.isFile(number)) return table.sizeOf(number);
    return table.sizeOf(numberAt(below(directory, this.keyAt(index)))!);
  }
}

function numberIn({ directory, numberAt }: DirectoryPlace, name: string): number | undefined {
  if (name === "" || name.includes("/")) return undefined;
  return numberAt(below(directory, name));
}
