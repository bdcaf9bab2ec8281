/**
 * What the readings of a dump's images found. Most images are alike: one entry and no fault. What
 * is the same of many is kept once.
 *
 * @module
 */

import { IndexedMap } from "../bytes/lazy_map.ts";
import { NameTable } from "../bytes/name_table.ts";
import type { ImageScan, ScanError } from "./scan.ts";

/** What is the same of many images; the place of the error does not name the image. */
type Facts = Omit<ImageScan, "name" | "size">;

/** Readings of images by the images' names, in the order in which they were added. */
export class ScanTable extends IndexedMap<ImageScan> {
  readonly #names = new NameTable();
  readonly #facts: Facts[] = [];
  /** What was found of images without a fault in a field. */
  readonly #same = new Map<string, Facts>();

  /** @param sizeOf size in bytes of an image */
  constructor(readonly sizeOf: (name: string) => number | undefined) {
    super();
  }

  get size(): number {
    return this.#names.size;
  }

  /** Adds what was found of an image that was not read before. */
  add(scan: ImageScan): void {
    const { name, size: _size, ...facts } = scan;
    this.#facts[this.#names.add(name)] = this.#shared({ ...facts, error: errorFacts(scan) });
  }

  get(name: string): ImageScan | undefined {
    const number = this.#names.numberOf(name);
    return number === undefined ? undefined : this.#scan(name, this.#facts[number]!);
  }

  has(name: string): boolean {
    return this.#names.numberOf(name) !== undefined;
  }

  /** Whether an image is there and all of it can be used. */
  isWhole(name: string): boolean {
    const number = this.#names.numberOf(name);
    return number !== undefined && this.#facts[number]!.isWhole;
  }

  keyAt(index: number): string {
    return this.#names.nameOf(index);
  }

  valueAt(index: number): ImageScan {
    return this.#scan(this.keyAt(index), this.#facts[index]!);
  }

  #scan(name: string, facts: Facts): ImageScan {
    const error = errorOf(facts.error, name);
    return { ...facts, name, size: this.sizeOf(name) ?? 0, error };
  }

  #shared(facts: Facts): Facts {
    const { expected, type, version, byteOrder, entries, isCut, error } = facts;
    if (facts.faults.length > 0) return facts;
    const about = [expected.name, type?.name, version, byteOrder, entries, isCut, error];
    const key = JSON.stringify(about);
    const same = this.#same.get(key) ?? facts;
    this.#same.set(key, same);
    return same;
  }
}

function errorFacts({ error, name }: ImageScan): ScanError | undefined {
  if (error === undefined) return undefined;
  const { kind, reason, hint, place } = error;
  const image = place.image === name ? undefined : place.image;
  return { kind, reason, hint, place: { ...place, image } };
}

function errorOf(error: ScanError | undefined, name: string): ScanError | undefined {
  if (error === undefined || error.place.image !== undefined) return error;
  return { ...error, place: { ...error.place, image: name } };
}
