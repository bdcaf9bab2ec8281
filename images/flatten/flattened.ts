/**
 * A chain of incremental dumps as one dump without parents.
 *
 * Nothing is written: changed images are made when they are read. Page maps contain the parents'
 * pages, and files of pages are assembled from those of the chain. All other images are those of
 * the last dump.
 *
 * @module
 */

import { ByteBuffer } from "../bytes/buffer.ts";
import { encodeMessage, type Message } from "../codec/objects.ts";
import type { Dump } from "../dump/dump.ts";
import { extentsOf, pagesName } from "../dump/extent.ts";
import { scanImage } from "../dump/image.ts";
import type { DumpImages } from "../dump/images.ts";
import { leavesToParent, type PageMap } from "../dump/page_map.ts";
import { type ImageFile, type ImageSource, PARENT } from "../dump/source.ts";
import type { Surroundings } from "../dump/surroundings.ts";
import { type CritError, dataError } from "../errors.ts";
import { type Head, writeHead } from "../image/head.ts";
import type { ImageEvents } from "../image/reader.ts";
import { PAGES } from "../kernel/memory.ts";
import { WireReader } from "../protobuf/wire.ts";
import type { EntryShape } from "../types/image_type.ts";
import { PageRuns } from "./page_runs.ts";

/** The files of a flattened dump. */
export class FlattenedSource implements ImageSource {
  readonly identity: string;
  readonly parentLink = undefined;
  #made: ReadonlyMap<string, ImageFile> | undefined;
  #files: ReadonlyMap<string, number> | undefined;

  /** @param dump the last dump of the chain; closed with this */
  constructor(readonly dump: Dump) {
    this.identity = `${dump.source.identity}\0flattened`;
  }

  /** Path of the last dump, as given. */
  get path(): string {
    return this.dump.source.path;
  }

  /** The fault of the last dump as a whole. */
  get fault(): CritError | undefined {
    return this.dump.source.fault;
  }

  /**
   * Images that differ from those of the last dump, by name.
   *
   * @throws {CritError} `data` if a page map is damaged, or pages are in no dump of the chain
   */
  get made(): ReadonlyMap<string, ImageFile> {
    return this.#made ??= makeImages(this.dump);
  }

  /** Names of the regular files with their sizes in bytes; see {@link made}. */
  get files(): ReadonlyMap<string, number> {
    if (this.#files !== undefined) return this.#files;
    const files = new Map(this.dump.source.files);
    for (const [name, { size }] of this.made) files.set(name, size);
    return this.#files = files;
  }

  /** Opens one of {@link files}. */
  open(name: string): ImageFile {
    return this.made.get(name) ?? this.dump.source.open(name);
  }

  /** Not called, because a flattened dump has no parent. */
  openParent(): ImageSource {
    throw dataError("a flattened dump has no parent", { image: PARENT });
  }

  /** Time of the last change of a file of the last dump, in seconds since 1970. */
  modified(name: string): number | undefined {
    return this.dump.source.modified?.(name);
  }

  /** The files beside the last dump. */
  get beside(): Surroundings | undefined {
    return this.dump.source.beside;
  }

  /** Closes the chain. */
  [Symbol.dispose](): void {
    this.dump[Symbol.dispose]();
  }
}

/** Makes page maps that lead to a parent, with their pages. */
function makeImages(dump: Dump): Map<string, ImageFile> {
  const made = new Map<string, ImageFile>();
  for (const { name, type } of dump.dumpFiles) {
    if (type?.entry !== "pagemap_entry") continue;
    const map = dump.pageMap(name);
    if (map.error !== undefined) throw map.error;
    if (!leavesToParent(map)) continue;
    const pages = pagesName(map);
    if (made.has(pages)) {
      throw dataError(`${pages} has the pages of another page map, too`, { image: name });
    }
    const flat = new FlatMap(dump, map, formOf(dump, name));
    made.set(name, flat.mapImage(name));
    made.set(pages, flat.runs.image(pages));
  }
  return made;
}

/** The form of a page map: its head, and the fields of its entries. */
interface Form {
  readonly head: Head;
  /** Payload of the `pagemap_head`. */
  readonly begin: Uint8Array;
  readonly hasFlags: boolean;
  /** Whether counts of pages are in the field of CRIU 4.2. */
  readonly hasWideCounts: boolean;
}

/** Thrown to stop reading a page map once its form is known. */
class FormKnown extends Error {}

/** Numbers of fields of `pagemap_entry`. */
const FLAGS = 4;
const WIDE_COUNT = 5;

class FormReader implements ImageEvents {
  head: Head | undefined;
  payloadOfHead = new Uint8Array();
  hasFlags = false;
  hasWideCounts = false;

  begin(head: Head): void {
    this.head = head;
  }

  payload(shape: EntryShape, bytes: Uint8Array, from: number, to: number): void {
    if (shape.entry === "pagemap_head") {
      this.payloadOfHead = bytes.slice(from, to);
      return;
    }
    const reader = new WireReader(bytes, from, to);
    while (!reader.done) {
      const tag = reader.tag();
      if (tag >>> 3 === FLAGS) this.hasFlags = true;
      if (tag >>> 3 === WIDE_COUNT) this.hasWideCounts = true;
      reader.skip(tag);
    }
    throw new FormKnown();
  }

  extraBegin(): void {}
  extraBytes(): void {}
  extraEnd(): void {}
  entryEnd(): void {}
  end(): void {}
}

function formOf(dump: Dump, name: string): Form {
  const reader = new FormReader();
  try {
    using file = dump.source.open(name);
    const error = scanImage(file, reader);
    if (error !== undefined) throw error;
  } catch (error) {
    if (!(error instanceof FormKnown)) throw error;
  }
  const { head, payloadOfHead, hasFlags, hasWideCounts } = reader;
  if (head === undefined) throw dataError("it has no head", { image: name });
  return { head, begin: payloadOfHead, hasFlags, hasWideCounts };
}

/** Largest count of the older field. */
const MOST_PAGES = 0xffff_ffff;

/** A page map without ranges in a parent. */
class FlatMap {
  readonly runs: PageRuns;
  readonly #bytes = new ByteBuffer();
  readonly #pageSize: number;
  /** The range that is being assembled. */
  #address = 0;
  #pages = 0;
  #flags = -1;

  constructor(
    readonly dump: DumpImages & { readonly pageSize: number },
    map: PageMap,
    readonly form: Form,
  ) {
    this.runs = new PageRuns();
    this.#pageSize = dump.pageSize;
    writeHead(this.#bytes, form.head);
    this.#payload(form.begin);
    for (let i = 0; i < map.count; i++) this.#range(map, i);
    this.#endRange();
  }

  /** Returns the page map as a file. */
  mapImage(name: string): ImageFile {
    const bytes = this.#bytes.view();
    return {
      name,
      size: bytes.length,
      read(offset, into) {
        const piece = bytes.subarray(offset, offset + into.length);
        into.set(piece);
        return piece.length;
      },
      [Symbol.dispose]: () => {},
    };
  }

  #range(map: PageMap, index: number): void {
    const flags = map.flags[index]!;
    const address = map.addresses[index]!;
    const pages = map.lengths[index]!;
    if ((flags & (PAGES.PARENT | PAGES.PRESENT)) === 0) return this.#add(address, pages, flags);
    const { dump } = this;
    const store = { dump, name: map.name, pageSize: this.#pageSize };
    const span = { from: address, to: address + pages * this.#pageSize };
    for (const extent of extentsOf(store, span, () => [])) {
      const at = address + extent.at;
      const count = extent.length / this.#pageSize;
      if (extent.kind === "lazy") this.#add(at, count, PAGES.LAZY);
      else if (extent.kind === "image") {
        this.runs.add(extent.dump, extent.name, extent.offset, extent.length);
        this.#add(at, count, flags & PAGES.LAZY | PAGES.PRESENT);
      } else throw lost(map.name, at, extent.length, this.#pageSize);
    }
  }

  /** Adds a range, which may extend the last one. */
  #add(address: number, pages: number, flags: number): void {
    const goesOn = flags === this.#flags &&
      address === this.#address + this.#pages * this.#pageSize;
    if (goesOn) {
      this.#pages += pages;
      return;
    }
    this.#endRange();
    this.#address = address;
    this.#pages = pages;
    this.#flags = flags;
  }

  #endRange(): void {
    const { hasFlags, hasWideCounts } = this.form;
    for (let done = 0; this.#flags >= 0 && done < this.#pages;) {
      const pages = hasWideCounts ? this.#pages : Math.min(this.#pages - done, MOST_PAGES);
      const entry: Message = {
        vaddr: BigInt(this.#address) + BigInt(done) * BigInt(this.#pageSize),
        compat_nr_pages: hasWideCounts ? 0 : pages,
      };
      if (hasFlags) entry.flags = this.#flags;
      if (hasWideCounts) entry.nr_pages = BigInt(pages);
      this.#payload(encodeMessage("pagemap_entry", entry));
      done += pages;
    }
    this.#flags = -1;
  }

  #payload(bytes: Uint8Array): void {
    this.#bytes.word(bytes.length, this.form.head.byteOrder);
    this.#bytes.raw(bytes);
  }
}

function lost(name: string, address: number, length: number, pageSize: number): CritError {
  const count = length / pageSize;
  const [pages, are] = count === 1 ? ["the page", "is"] : [`${count} pages`, "are"];
  const place = `0x${address.toString(16)}`;
  const reason = `${pages} at ${place} must be in a parent dump and ${are} in none`;
  return dataError(reason, { image: name });
}
