/**
 * The images of a dump, opened on demand and parsed at most once.
 *
 * Damage to one image does not affect the others. For a missing or damaged image, callers get the
 * entries that could be read, and the fault is kept once in {@link DumpImages.faults}.
 *
 * @module
 */

import type { InventoryEntry, Messages } from "../../proto/types.ts";
import type { ByteOrder } from "../bytes/byte_order.ts";
import { typed, typedList } from "../codec/typed.ts";
import { CritError, dataError } from "../errors.ts";
import { LONGEST_HEAD, type Magics, readMagics } from "../image/head.ts";
import type { Entry } from "../image/objects.ts";
import type { ImageEvents } from "../image/reader.ts";
import { typeByMagic } from "../types/registry.ts";
import { type DumpFile, DumpFiles } from "./dump_files.ts";
import {
  collect,
  type DumpImage,
  EntryReader,
  type ImageCollector,
  missingImage,
  scanImage,
  SeveralReaders,
} from "./image.ts";
import { missingPageMap, type PageMap, PageMapReader } from "./page_map.ts";
import { HeldFile, type ImageFile, type ImageSource } from "./source.ts";

/** Size in bytes up to which a file is small: it is read at once. */
const LARGEST_HELD = 1 << 16;

/** The image that CRIU reads first. */
const INVENTORY = "inventory.img";

/** Most faults of a dump that are told one by one. */
const MOST_FAULTS = 1000;

/** Most files that are held open for their pages. */
const MOST_OPEN = 32;

/** The images of a dump and its parents. */
export class DumpImages implements Disposable {
  /** Faults found so far in images that were read. */
  readonly faults: CritError[] = [];
  readonly #faultTexts = new Set<string>();
  readonly #missingNames = new Set<string>();
  readonly #images = new Map<string, DumpImage>();
  readonly #pageMaps = new Map<string, PageMap>();
  readonly #open = new Map<string, ImageFile>();
  /** Where a small file is read, unless another one is being read there. */
  #room: Uint8Array<ArrayBuffer> | undefined;
  /** The file whose bytes are still in {@link #room}, for whoever reads it next. */
  #inRoom: { readonly name: string; readonly bytes: Uint8Array } | undefined;
  #parent: DumpImages | null | undefined;
  #byteOrder: ByteOrder | undefined;
  #dumpFiles: DumpFiles | undefined;

  /**
   * Makes the images of a source.
   *
   * @param source where the images are; closed with the dump
   * @param givenParent the parent dump, instead of the target of the link `parent`
   * @param descendants identities of the dumps that build on this one
   */
  constructor(
    readonly source: ImageSource,
    readonly givenParent?: ImageSource,
    readonly descendants: readonly string[] = [],
  ) {
    this.#note(source.fault);
  }

  /** The path that led to the dump. */
  get path(): string {
    return this.source.path;
  }

  /** All regular files, by name. */
  get dumpFiles(): DumpFiles {
    return this.#dumpFiles ??= new DumpFiles(this.source.files);
  }

  /** Byte order of the dumped machine, from the magic of the inventory or another image. */
  get byteOrder(): ByteOrder {
    return this.#byteOrder ??= this.#readByteOrder();
  }

  #readByteOrder(): ByteOrder {
    const inventory = this.#byteOrderOf(INVENTORY);
    if (inventory !== undefined) return inventory;
    for (const { name, type } of this.dumpFiles) {
      const order = type?.entry === undefined ? undefined : this.#byteOrderOf(name);
      if (order !== undefined) return order;
    }
    return "little";
  }

  /** Byte order of an image by its magic; undefined if it has none or cannot be read. */
  #byteOrderOf(name: string): ByteOrder | undefined {
    const magics = this.has(name) ? this.#magicsOf(name) : undefined;
    const isKnown = magics !== undefined && typeByMagic(magics.magic) !== undefined;
    return isKnown ? magics.byteOrder : undefined;
  }

  /** The magic numbers of a file; undefined if it ends inside them or cannot be read. */
  #magicsOf(name: string): Magics | undefined {
    try {
      using file = this.source.open(name);
      const start = new Uint8Array(LONGEST_HEAD);
      return readMagics(start.subarray(0, file.read(0, start)));
    } catch (error) {
      if (error instanceof CritError) return undefined;
      throw error;
    }
  }

  /** Whether a file of this name exists. */
  has(name: string): boolean {
    return this.source.files.has(name);
  }

  /** Size of a file in bytes; undefined when there is none of this name. */
  sizeOf(name: string): number | undefined {
    return this.source.files.get(name);
  }

  /** A required image, whose absence is a fault; its entries have no extras. */
  image(name: string): DumpImage {
    let image = this.#images.get(name);
    if (image === undefined && !this.has(name)) return this.#missing(name);
    if (image === undefined) {
      image = this.#collect(name, new EntryReader());
      this.#keep(this.#images, name, image);
    }
    return image;
  }

  /**
   * {@link DumpImages.scan} for several readers in one pass. In the same pass, it keeps the entries
   * or the page map of a small image for later callers.
   */
  scanAndKeep(
    { name, size, type }: DumpFile,
    ...readers: readonly ImageEvents[]
  ): Array<CritError | undefined> {
    const isPageMap = type?.entry === "pagemap_entry";
    const isKept = (isPageMap ? this.#pageMaps : this.#images).has(name);
    if (isKept || size > LARGEST_HELD) return this.#scanAll(name, readers);
    if (isPageMap) return this.#scanInto(this.#pageMaps, name, new PageMapReader(), readers);
    return this.#scanInto(this.#images, name, new EntryReader(), readers);
  }

  #scanAll(name: string, readers: readonly ImageEvents[]): Array<CritError | undefined> {
    const all = new SeveralReaders(readers);
    const failure = this.#tryOpen(name, (file) => all.scan(file));
    return failure === undefined ? all.errors : readers.map(() => failure);
  }

  #scanInto<T extends { readonly error: CritError | undefined }>(
    kept: Map<string, T>,
    name: string,
    collector: ImageCollector<T>,
    readers: readonly ImageEvents[],
  ): Array<CritError | undefined> {
    const [error, ...errors] = this.#scanAll(name, [collector, ...readers]);
    const made = collector.result(name, this.sizeOf(name) ?? 0, error);
    this.#keep(kept, name, made);
    return errors;
  }

  /**
   * Keeps what was read; a hostile dump has nothing but damaged images, and they are read again.
   */
  #keep<T extends { readonly error: CritError | undefined }>(
    kept: Map<string, T>,
    name: string,
    made: T,
  ): void {
    if (made.error === undefined || this.faults.length <= MOST_FAULTS) kept.set(name, made);
    this.#note(made.error);
  }

  /** What stands in for an image that is not there: it is not kept, a damaged list names many. */
  #missing(name: string): DumpImage {
    const image = missingImage(name);
    if (this.faults.length > MOST_FAULTS || this.#missingNames.has(name)) return image;
    this.#missingNames.add(name);
    this.#note(image.error);
    return image;
  }

  /** Entries of an image that must be there; those before the damage if it is damaged. */
  entries<M extends keyof Messages>(name: string, message: M): Messages[M][] {
    return typedList<M>(this.#entriesOf(this.image(name), message));
  }

  #entriesOf({ name, type, entries }: DumpImage, message: string): readonly Entry[] {
    if (type === undefined || type.entry === message) return entries;
    this.#note(dataError(`it is a ${type.name} image by its magic`, { image: name }));
    return [];
  }

  /** Entries of an image that need not be there. */
  optionalEntries<M extends keyof Messages>(name: string, message: M): Messages[M][] {
    return this.has(name) ? this.entries(name, message) : [];
  }

  /** The only entry of an image that must be there. */
  entry<M extends keyof Messages>(name: string, message: M): Messages[M] | undefined {
    const image = this.image(name);
    const entry = this.#entriesOf(image, message)[0];
    if (entry === undefined && image.type?.entry === message && image.error === undefined) {
      this.#note(dataError("it has no entry", { image: name }));
    }
    return entry && typed<M>(entry);
  }

  /** The only entry of an image that need not be there. */
  optionalEntry<M extends keyof Messages>(name: string, message: M): Messages[M] | undefined {
    return this.has(name) ? this.entry(name, message) : undefined;
  }

  /**
   * Reads an image into `events` without keeping it. Returns its fault, which is not added to
   * {@link DumpImages.faults}.
   */
  scan(name: string, events: ImageEvents): CritError | undefined {
    let error: CritError | undefined;
    return this.#tryOpen(name, (file) => error = scanImage(file, events)) ?? error;
  }

  /** Releases images that are kept, here and in the parents; they are read again if needed. */
  release(names: readonly string[]): void {
    for (const name of names) {
      this.#images.delete(name);
      this.#pageMaps.delete(name);
    }
    this.#inRoom = undefined;
    this.#parent?.release(names);
  }

  /** A sorted page map; if it is missing, which is a fault, one without ranges. */
  pageMap(name: string): PageMap {
    let map = this.#pageMaps.get(name);
    if (map === undefined && !this.has(name)) return missingPageMap(this.#missing(name));
    if (map === undefined) {
      map = this.#collect(name, new PageMapReader());
      this.#keep(this.#pageMaps, name, map);
    }
    return map;
  }

  /**
   * Reads bytes of a file, which stays open; returns how many there are, fewer only at its end.
   *
   * @throws {CritError} when the file is missing or cannot be read
   */
  read(name: string, offset: number, into: Uint8Array): number {
    let file = this.#open.get(name);
    if (file === undefined) {
      if (!this.has(name)) throw missingImage(name).error!;
      if (this.#open.size >= MOST_OPEN) this.#closeFiles();
      this.#open.set(name, file = this.source.open(name));
    }
    return file.read(offset, into);
  }

  /** Size in bytes of a pages file; a size other than `expected` is a fault. */
  pagesSize(name: string, expected: number): number {
    const size = this.sizeOf(name);
    if (size === undefined) this.#note(missingImage(name).error);
    else if (size < expected) {
      this.#note(dataError(`it has ${size} bytes, the page map has ${expected}`, { image: name }));
    }
    return size ?? 0;
  }

  /** Version of the images and other facts about the dump. */
  get inventory(): InventoryEntry | undefined {
    return this.entry("inventory.img", "inventory_entry");
  }

  /**
   * The parent dump, if there is one. A dangling link, or a link back to a dump that builds on this
   * one, is a fault.
   */
  get parent(): DumpImages | undefined {
    if (this.#parent === undefined) this.#parent = this.#openParent() ?? null;
    return this.#parent ?? undefined;
  }

  /** {@link DumpImages.faults} of this dump and, as `parent/IMAGE`, of its parents. */
  get allFaults(): CritError[] {
    const inherited = this.#parent?.allFaults ?? [];
    return [...this.faults, ...inherited.map((fault) => inParent(fault))];
  }

  /** Closes the dump, its source and its parents. */
  [Symbol.dispose](): void {
    this.#closeFiles();
    (this.#parent ?? this.givenParent)?.[Symbol.dispose]();
    this.source[Symbol.dispose]();
  }

  #openParent(): DumpImages | undefined {
    const { source, givenParent, descendants } = this;
    if (givenParent === undefined && source.parentLink === undefined) return undefined;
    try {
      const parent = givenParent ?? source.openParent();
      const line = [...descendants, source.identity];
      if (line.includes(parent.identity)) {
        if (parent !== givenParent) parent[Symbol.dispose]();
        throw dataError(`it leads back to ${parent.path}`, { image: "parent" });
      }
      return new DumpImages(parent, undefined, line);
    } catch (error) {
      if (!(error instanceof CritError)) throw error;
      this.#note(error);
      return undefined;
    }
  }

  /** What a collector makes of a file; of one that cannot be opened, nothing and the error. */
  #collect<T>(name: string, collector: ImageCollector<T>): T {
    let made: T | undefined;
    const error = this.#tryOpen(name, (file) => made = collect(file, collector));
    return made ?? collector.result(name, this.sizeOf(name) ?? 0, error);
  }

  /** Runs `action` on a file that is open until it returns. Returns why that cannot be. */
  #tryOpen(name: string, action: (file: ImageFile) => void): CritError | undefined {
    const size = this.sizeOf(name);
    if (size === undefined) return missingImage(name).error;
    const room = this.#room ?? new Uint8Array(LARGEST_HELD);
    let held = this.#inRoom?.name === name ? this.#inRoom.bytes : undefined;
    this.#room = this.#inRoom = undefined;
    try {
      if (size > LARGEST_HELD) {
        using file = this.source.open(name);
        action(file);
      } else {
        held ??= room.subarray(0, this.#readFirst(name, room.subarray(0, size)));
        action(new HeldFile(name, held));
      }
    } catch (error) {
      if (error instanceof CritError) return error;
      throw error;
    } finally {
      this.#room = room;
      this.#inRoom = held && { name, bytes: held };
    }
  }

  #readFirst(name: string, room: Uint8Array): number {
    const { source } = this;
    if (source.readFirst !== undefined) return source.readFirst(name, room);
    using file = source.open(name);
    return file.read(0, room);
  }

  #note(error: CritError | undefined): void {
    if (error === undefined || this.faults.length > MOST_FAULTS) return;
    if (this.#faultTexts.has(error.message)) return;
    this.#faultTexts.add(error.message);
    if (this.faults.length < MOST_FAULTS) this.faults.push(error);
    else if (this.faults.length === MOST_FAULTS) {
      this.faults.push(dataError("further faults are not listed", { image: this.path }));
    }
  }

  #closeFiles(): void {
    for (const file of this.#open.values()) file[Symbol.dispose]();
    this.#open.clear();
  }
}

function inParent({ kind, reason, place, hint, cause }: CritError): CritError {
  const image = place.image === undefined ? "parent" : `parent/${place.image}`;
  return new CritError(kind, reason, { ...place, image }, hint, { cause });
}
