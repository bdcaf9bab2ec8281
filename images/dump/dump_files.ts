/**
 * The files of a dump with their image types: a few bytes a file, since there may be many.
 *
 * @module
 */

import { IndexedMap } from "../bytes/lazy_map.ts";
import type { ImageType } from "../types/image_type.ts";
import { typeByFileName } from "../types/registry.ts";

/** A file of a dump and what it is by its name. */
export interface DumpFile {
  /** Its place among the dump's files. */
  readonly index: number;
  /** Name without directories. */
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** Image type that the name tells; undefined for a file that is no image. */
  readonly type: ImageType | undefined;
}

/** The files of a dump, in the order of their names. */
export class DumpFiles implements Iterable<DumpFile> {
  readonly #sizes: IndexedMap<number>;
  /** For each file, where in {@link DumpFiles.#types} its type is. */
  readonly #typeNumbers: Uint16Array;
  readonly #types: (ImageType | undefined)[] = [undefined];

  /**
   * Lists files.
   *
   * @param sizes sizes in bytes by name
   */
  constructor(sizes: ReadonlyMap<string, number>) {
    this.#sizes = sizes instanceof IndexedMap ? sizes : new ListedSizes(sizes);
    this.#typeNumbers = new Uint16Array(sizes.size);
    const numbers = new Map<ImageType | undefined, number>([[undefined, 0]]);
    for (let i = 0; i < this.length; i++) {
      const type = typeByFileName(this.#sizes.keyAt(i));
      let number = numbers.get(type);
      if (number === undefined) numbers.set(type, number = this.#types.push(type) - 1);
      this.#typeNumbers[i] = number;
    }
  }

  /** How many files there are. */
  get length(): number {
    return this.#sizes.size;
  }

  /** The files one by one. */
  *[Symbol.iterator](): Generator<DumpFile, undefined> {
    for (let i = 0; i < this.length; i++) {
      yield this.at(i);
    }
  }

  /** The files of the image types for which `isWanted`, which is asked once a type, is true. */
  ofTypes(isWanted: (type: ImageType) => boolean): DumpFile[] {
    const wanted = this.#types.map((type) => type !== undefined && isWanted(type));
    const files: DumpFile[] = [];
    if (!wanted.includes(true)) return files;
    const numbers = this.#typeNumbers;
    for (let i = 0; i < numbers.length; i++) if (wanted[numbers[i]!]) files.push(this.at(i));
    return files;
  }

  /** How many files there are of each type and their bytes together, in the order of names. */
  sums(): Map<ImageType | undefined, { count: number; bytes: number }> {
    const sums = this.#types.map(() => ({ count: 0, bytes: 0 }));
    const byType = new Map<ImageType | undefined, { count: number; bytes: number }>();
    for (let i = 0; i < this.length; i++) {
      const number = this.#typeNumbers[i]!;
      const sum = sums[number]!;
      if (sum.count++ === 0) byType.set(this.#types[number], sum);
      sum.bytes += this.#sizes.valueAt(i);
    }
    return byType;
  }

  /** The file of an index below {@link DumpFiles.length}. */
  at(index: number): DumpFile {
    return new ListedFile(this.#sizes, index, this.#types[this.#typeNumbers[index]!]);
  }

  /** The files for which `isWanted` is true. */
  filter(isWanted: (file: DumpFile) => boolean): DumpFile[] {
    const wanted: DumpFile[] = [];
    for (const file of this) if (isWanted(file)) wanted.push(file);
    return wanted;
  }

  /** Whether `isWanted` is true for a file. */
  some(isWanted: (file: DumpFile) => boolean): boolean {
    return this.find(isWanted) !== undefined;
  }

  /** The first file for which `isWanted` is true. */
  find(isWanted: (file: DumpFile) => boolean): DumpFile | undefined {
    for (const file of this) if (isWanted(file)) return file;
    return undefined;
  }

  /** What `make` makes of each file. */
  map<T>(make: (file: DumpFile) => T): T[] {
    return Array.from(this, make);
  }
}

/** A file in a list; its name is made when it is asked for. */
class ListedFile implements DumpFile {
  readonly #sizes: IndexedMap<number>;
  #name: string | undefined;

  constructor(
    sizes: IndexedMap<number>,
    readonly index: number,
    readonly type: ImageType | undefined,
  ) {
    this.#sizes = sizes;
  }

  get name(): string {
    return this.#name ??= this.#sizes.keyAt(this.index);
  }

  get size(): number {
    return this.#sizes.valueAt(this.index);
  }
}

/** Sizes from a map that knows no numbers. */
class ListedSizes extends IndexedMap<number> {
  readonly #names: readonly string[];

  constructor(readonly map: ReadonlyMap<string, number>) {
    super();
    this.#names = [...map.keys()];
  }

  get size(): number {
    return this.#names.length;
  }

  get(name: string): number | undefined {
    return this.map.get(name);
  }

  has(name: string): boolean {
    return this.map.has(name);
  }

  keyAt(index: number): string {
    return this.#names[index]!;
  }

  valueAt(index: number): number {
    return this.map.get(this.keyAt(index)) ?? 0;
  }
}
