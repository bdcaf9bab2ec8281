/**
 * Page maps: the ranges of memory that a dump has, and the places of their bytes.
 *
 * A page map is read into columns of numbers, about 30 bytes per range. An address is a number
 * here: a multiple of 4096 below 2^64 is an exact double, and CRIU's ranges begin at pages.
 *
 * @module
 */

import { firstIndex } from "../bytes/binary_search.ts";
import { type CritError, dataError } from "../errors.ts";
import type { ExtraRun } from "../image/extra.ts";
import type { Head } from "../image/head.ts";
import { PAGES } from "../kernel/memory.ts";
import { lastNumber, Wire, WireReader } from "../protobuf/wire.ts";
import type { EntryShape } from "../types/image_type.ts";
import { collect, type DumpImage, type ImageCollector } from "./image.ts";
import type { ImageFile } from "./source.ts";

/** Most pages that a range can have: 2^64 bytes of them. */
const MOST_PAGES = 2 ** 52;

/** Ranges below which a page map is small: a dump has thousands of such ones. */
const SMALL = 1 << 12;

/** Tags of the varints in a `pagemap_entry`. */
const TAGS = { vaddr: 1 << 3, compatNrPages: 2 << 3, flags: 4 << 3, nrPages: 5 << 3 } as const;

/** Fields of ranges as most are: before CRIU 4.2, and since. */
const OLD_FIELDS = 1 << 1 | 1 << 2 | 1 << 4;
const NEW_FIELDS = OLD_FIELDS | 1 << 5;

/** Ranges of memory in the order of the image, by index. */
export interface PageMap {
  /** File name of the page map. */
  readonly name: string;
  /** Number of the pages-%u.img, from the page map's head; undefined if the head is missing. */
  readonly pagesId: number | undefined;
  /** Number of ranges. */
  readonly count: number;
  /** Address of each range's first byte; in shared memory its offset. */
  readonly addresses: Float64Array;
  /** Number of pages of each range. */
  readonly lengths: Float64Array;
  /** {@link PAGES} of each range; older images are brought into this form. */
  readonly flags: Uint8Array;
  /** Number of pages in the pages-%u.img before each range. */
  readonly stored: Float64Array;
  /** Number of pages that the pages-%u.img must have. */
  readonly storedPages: number;
  /** The image's head; undefined if it could not be read. */
  readonly head: Head | undefined;
  /** Which fields the ranges have: bit N is field N of `pagemap_entry`, bit 0 any unknown one. */
  readonly fields: number;
  /** Whether some range has its number of pages in `nr_pages` alone. */
  readonly hasNewCounts: boolean;
  /** The fault that ended the reading; the ranges before it were read. */
  readonly error: CritError | undefined;
  /**
   * Index in the image of the first range that begins before its predecessor, if there is one. The
   * ranges here are then sorted, and not in the order of the image.
   */
  readonly disorder?: number;
}

/** Reads and sorts a page map; does not throw for faults of the image. */
export function readPageMap(file: ImageFile): PageMap {
  return collect(file, new PageMapReader());
}

const NONE = new Float64Array();
const NO_FLAGS = new Uint8Array();

/** Whether a page map leaves pages to a parent dump. */
export function leavesToParent({ flags }: PageMap): boolean {
  return flags.some((bits) => (bits & PAGES.PARENT) !== 0);
}

/** A substitute for a missing page map; a damaged list of tasks may need many. */
export function missingPageMap(image: DumpImage): PageMap {
  return {
    name: image.name,
    pagesId: undefined,
    count: 0,
    addresses: NONE,
    lengths: NONE,
    flags: NO_FLAGS,
    stored: NONE,
    storedPages: 0,
    head: undefined,
    fields: 0,
    hasNewCounts: false,
    get error() {
      return image.error;
    },
  };
}

/** A page map without ranges. */
export function emptyPageMap(name: string, error?: CritError): PageMap {
  return new PageMapReader().result(name, 0, error);
}

/** The first range that ends after an address; `count` if there is none. */
export function firstRangeAfter(map: PageMap, address: number, pageSize: number): number {
  const { addresses, lengths, count } = map;
  return firstIndex(count, (i) => addresses[i]! + lengths[i]! * pageSize > address);
}

/** The ranges in ascending order of address, as CRIU writes them; the same map if they are. */
function sortRanges(map: PageMap): PageMap {
  const { addresses, count } = map;
  let disorder = 1;
  while (disorder < count && addresses[disorder - 1]! <= addresses[disorder]!) disorder++;
  if (disorder >= count) return map;
  const order = Uint32Array.from(addresses, (_, i) => i);
  order.sort((a, b) => addresses[a]! - addresses[b]!);
  return {
    ...map,
    disorder,
    addresses: Float64Array.from(order, (i) => map.addresses[i]!),
    lengths: Float64Array.from(order, (i) => map.lengths[i]!),
    flags: Uint8Array.from(order, (i) => map.flags[i]!),
    stored: Float64Array.from(order, (i) => map.stored[i]!),
  };
}

/** Whether two page maps have the same ranges; where their bytes are stored does not matter. */
export function hasSameRanges(a: PageMap, b: PageMap): boolean {
  if (a.count !== b.count) return false;
  for (let i = 0; i < a.count; i++) {
    const isSame = a.addresses[i] === b.addresses[i] && a.lengths[i] === b.lengths[i] &&
      a.flags[i] === b.flags[i];
    if (!isSame) return false;
  }
  return true;
}

/** Collects the entries of a page map in growing columns. */
export class PageMapReader implements ImageCollector<PageMap> {
  #pagesId: number | undefined;
  #count = 0;
  #addresses = new Float64Array(32);
  #lengths = new Float64Array(32);
  #flags = new Uint8Array(32);
  #stored = new Float64Array(32);
  #storedPages = 0;
  #head: Head | undefined;
  #fields = 0;
  #hasNewCounts = false;

  result(name: string, _size: number, error: CritError | undefined): PageMap {
    const count = this.#count;
    return sortRanges({
      name,
      pagesId: this.#pagesId,
      count,
      addresses: fitted(this.#addresses, count),
      lengths: fitted(this.#lengths, count),
      flags: count < SMALL ? this.#flags.slice(0, count) : this.#flags.subarray(0, count),
      stored: fitted(this.#stored, count),
      storedPages: this.#storedPages,
      head: this.#head,
      fields: this.#fields,
      hasNewCounts: this.#hasNewCounts,
      error,
    });
  }

  begin(head: Head): void {
    const { type } = this.#head = head;
    if (type.entry !== "pagemap_entry") throw dataError(`it is a ${type.name} image by its magic`);
  }

  payload(shape: EntryShape, bytes: Uint8Array, from: number, to: number): void {
    if (shape.entry === "pagemap_head") {
      this.#pagesId = readPagesId(bytes.subarray(from, to));
    } else if (!this.#plainRange(bytes, from, to)) this.#readRange(new WireReader(bytes, from, to));
  }

  extraBegin(_run: ExtraRun): void {}
  extraBytes(): void {}
  extraEnd(): void {}
  entryEnd(): void {}
  end(): void {}

  /**
   * Takes a `pagemap_entry` of numbers below 2^49, as most are; false: it has others, or other
   * fields. There may be millions.
   */
  #plainRange(bytes: Uint8Array, from: number, to: number): boolean {
    let address = -1;
    let oldLength = -1;
    let length = -1;
    let flags = -1;
    for (let pos = from; pos < to;) {
      const tag = bytes[pos++]!;
      let byte = bytes[pos++]!;
      let value = byte & 0x7f;
      for (let factor = 0x80; byte > 0x7f && factor < 2 ** 49; factor *= 0x80) {
        byte = bytes[pos++]!;
        value += (byte & 0x7f) * factor;
      }
      if (byte > 0x7f || pos > to) return false;
      if (tag === TAGS.vaddr) address = value;
      else if (tag === TAGS.compatNrPages) oldLength = value;
      else if (tag === TAGS.flags) flags = value;
      else if (tag === TAGS.nrPages) length = value;
      else return false;
    }
    const isPlain = address >= 0 && oldLength >= 0 && oldLength <= 0xffffffff && flags >= 0 &&
      flags <= 0xff;
    if (!isPlain) return false;
    this.#fields |= length < 0 ? OLD_FIELDS : NEW_FIELDS;
    if (length > 0 && oldLength === 0) this.#hasNewCounts = true;
    this.#add(address, length < 0 ? oldLength : length, flags);
    return true;
  }

  /** Takes a `pagemap_entry`. */
  #readRange(reader: WireReader): void {
    let address = -1;
    let oldLength = -1;
    let length = -1;
    let inParent = false;
    let flags = -1;
    while (!reader.done) {
      const tag = reader.tag();
      const isKnown = tag >>> 3 <= 5;
      this.#fields |= isKnown ? 1 << (tag >>> 3) : 1;
      if ((tag & 7) !== Wire.Varint || !isKnown) {
        reader.skip(tag);
        continue;
      }
      reader.varint();
      const { lo, hi } = reader;
      switch (tag >>> 3) {
        case 1:
          address = hi * 2 ** 32 + lo;
          if (address > Number.MAX_SAFE_INTEGER) checkExact(lo, hi);
          break;
        case 2:
          oldLength = lo;
          break;
        case 3:
          inParent = lo !== 0 || hi !== 0;
          break;
        case 4:
          flags = lo;
          break;
        case 5:
          length = hi * 2 ** 32 + lo;
      }
    }
    if (address < 0) throw dataError("required field is missing", { field: "vaddr" });
    if (oldLength < 0) throw dataError("required field is missing", { field: "compat_nr_pages" });
    // As CRIU reads images of before 3.5, which have no flags (criu/pagemap.c).
    if (flags < 0) flags = inParent ? 0 : PAGES.PRESENT;
    if (inParent) flags |= PAGES.PARENT;
    if (length > 0 && oldLength === 0) this.#hasNewCounts = true;
    this.#add(address, length < 0 ? oldLength : length, flags);
  }

  #add(address: number, length: number, flags: number): void {
    if (length > MOST_PAGES) throw dataError(`a range of ${length} pages is impossible`);
    const index = this.#count++;
    if (index === this.#addresses.length) this.#grow();
    this.#addresses[index] = address;
    this.#lengths[index] = length;
    this.#flags[index] = flags;
    this.#stored[index] = this.#storedPages;
    if ((flags & PAGES.PRESENT) !== 0) this.#storedPages += length;
  }

  #grow(): void {
    this.#addresses = doubled(this.#addresses);
    this.#lengths = doubled(this.#lengths);
    this.#stored = doubled(this.#stored);
    const flags = new Uint8Array(this.#flags.length * 2);
    flags.set(this.#flags);
    this.#flags = flags;
  }
}

function readPagesId(head: Uint8Array): number {
  const id = lastNumber(head, 1)?.lo;
  if (id === undefined) throw dataError("required field is missing", { field: "pages_id" });
  return id;
}

/** Refuses an address that is no page's and too large for a number: it would become another. */
function checkExact(lo: number, hi: number): void {
  if ((lo & 0xfff) === 0) return;
  const address = BigInt(hi) << 32n | BigInt(lo);
  throw dataError(
    `a range begins at 0x${address.toString(16)}, which is not the beginning of a page`,
  );
}

/** A column without the room that it does not need; of a long one, that room stays. */
function fitted(column: Float64Array, count: number): Float64Array {
  return count < SMALL ? column.slice(0, count) : column.subarray(0, count);
}

function doubled(column: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const grown = new Float64Array(column.length * 2);
  grown.set(column);
  return grown;
}
