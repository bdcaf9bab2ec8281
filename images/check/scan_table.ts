/**
 * The results of reading a dump's images. Most images are alike: one entry and no fault. Equal
 * facts are stored once.
 *
 * @module
 */

import type { ByteOrder } from "../bytes/byte_order.ts";
import { IndexedMap } from "../bytes/lazy_map.ts";
import { NameTable } from "../bytes/name_table.ts";
import type { ImageVersion } from "../image/head.ts";
import type { ImageType } from "../types/image_type.ts";
import type { FieldFault, ImageScan, ScanError } from "./scan.ts";

/** What is the same of many images; the place of the error does not name the image. */
type Facts = Omit<ImageScan, "name" | "size">;

/** Results by image name, in the order in which they were added. */
export class ScanTable extends IndexedMap<ImageScan> {
  readonly #names = new NameTable();
  readonly #facts: Facts[] = [];
  /** Facts about images without faults in fields. */
  readonly #same = new Map<string, Facts>();

  /** @param sizeOf size in bytes of an image */
  constructor(readonly sizeOf: (name: string) => number | undefined) {
    super();
  }

  get size(): number {
    return this.#names.size;
  }

  /** Adds the result of an image that was not read before. */
  add(scan: ImageScan): void {
    const { name, size: _size, ...facts } = scan;
    this.#facts[this.#names.add(name)] = this.#shared({ ...facts, error: errorFacts(scan) });
  }

  get(name: string): ImageScan | undefined {
    const number = this.#names.numberOf(name);
    return number === undefined ? undefined : this.valueAt(number);
  }

  has(name: string): boolean {
    return this.#names.numberOf(name) !== undefined;
  }

  /** Whether an image exists and is undamaged. */
  isWhole(name: string): boolean {
    const number = this.#names.numberOf(name);
    return number !== undefined && this.#facts[number]!.isWhole;
  }

  /** Names of the images whose names stand for entries of a message. */
  namesOf(message: string): string[] {
    const names: string[] = [];
    for (const [index, { expected }] of this.#facts.entries()) {
      if (expected.entry === message) names.push(this.keyAt(index));
    }
    return names;
  }

  keyAt(index: number): string {
    return this.#names.nameOf(index);
  }

  valueAt(index: number): ImageScan {
    return new ListedScan(this, index, this.#facts[index]!);
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

/** A reading in a table; its name and size are looked up when they are asked for. */
class ListedScan implements ImageScan {
  readonly #table: ScanTable;
  readonly #index: number;
  readonly #facts: Facts;

  constructor(table: ScanTable, index: number, facts: Facts) {
    this.#table = table;
    this.#index = index;
    this.#facts = facts;
  }

  get name(): string {
    return this.#table.keyAt(this.#index);
  }

  get size(): number {
    return this.#table.sizeOf(this.name) ?? 0;
  }

  get expected(): ImageType {
    return this.#facts.expected;
  }

  get type(): ImageType | undefined {
    return this.#facts.type;
  }

  get version(): ImageVersion {
    return this.#facts.version;
  }

  get byteOrder(): ByteOrder {
    return this.#facts.byteOrder;
  }

  get entries(): number {
    return this.#facts.entries;
  }

  get faults(): readonly FieldFault[] {
    return this.#facts.faults;
  }

  get error(): ScanError | undefined {
    const { error } = this.#facts;
    return error && errorOf(error, this.name);
  }

  get isWhole(): boolean {
    return this.#facts.isWhole;
  }

  get isCut(): boolean {
    return this.#facts.isCut;
  }
}

function errorFacts({ error, name }: ImageScan): ScanError | undefined {
  if (error === undefined) return undefined;
  const { kind, reason, hint, place } = error;
  const image = place.image === name ? undefined : place.image;
  return { kind, reason, hint, place: { ...place, image } };
}

function errorOf(error: ScanError, name: string): ScanError {
  if (error.place.image !== undefined) return error;
  return { ...error, place: { ...error.place, image: name } };
}
