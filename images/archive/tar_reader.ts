/**
 * Reads tar archives: ustar, GNU and pax (POSIX.1-2001), with sparse files in all of GNU tar's
 * forms.
 *
 * It does no I/O: a generator requests bytes and returns members.
 *
 * @module
 */

import { decodeText } from "../bytes/utf8.ts";
import { CritError, dataError } from "../errors.ts";

/** Size of a header in bytes; contents are padded to a multiple of it. */
export const BLOCK = 512;

/** Longest extended header or name in bytes; a longer one counts as damage. */
const LONGEST_HEADER = 1 << 24;

/** Longest path on Linux, in characters. */
const LONGEST_PATH = 4096;

/** Most digits of a number in a sparse file's map. */
const LONGEST_NUMBER = 20;

/** Most segments of a sparse file: enough for 8 GiB of 4 KiB pages that alternate with holes. */
const MOST_SEGMENTS = 1 << 20;

/** A part of a sparse file that is not a hole. */
export interface SparseSegment {
  /** Offset in the file, in bytes. */
  readonly at: number;
  /** In bytes. */
  readonly length: number;
}

/** A member of an archive. */
export interface Member {
  /** As stored. */
  readonly path: string;
  /** Type of the member. */
  readonly kind: "file" | "symlink" | "hardlink" | "directory" | "device" | "other";
  /** Target of a link. */
  readonly link: string;
  /** Size of the file in bytes, holes included. */
  readonly size: number;
  /** Bytes of contents in the archive, without padding. */
  readonly storedSize: number;
  /** Parts of a sparse file in order; undefined for a file without holes. */
  readonly segments: readonly SparseSegment[] | undefined;
  /** Permission bits, including set-user-id and the like. */
  readonly mode: number;
  /** Number of the owner. */
  readonly uid: number;
  /** Number of the group. */
  readonly gid: number;
  /** Time of the last change in seconds since 1970, with a fraction if the archive has one. */
  readonly modified: number;
}

/** A request of the tar reader. */
export type TarRequest =
  /** Requests the next `count` bytes; fewer only at the end of the archive. */
  | { readonly count: number }
  /** Returns a member; the caller must take or skip its contents and the padding. */
  | { readonly member: Member; readonly padding: number };

/** A reader of an archive; `next` takes the requested bytes. */
export type TarReader = Generator<TarRequest, void, Uint8Array | undefined>;

/** Properties of the next member from extended headers. */
interface Extension {
  path?: string;
  link?: string;
  size?: number;
  mode?: number;
  uid?: number;
  gid?: number;
  modified?: number;
  /** GNU.sparse.realsize and GNU.sparse.size. */
  realSize?: number;
  /** Whether the contents begin with a map (GNU.sparse.major is 1). */
  hasMapInside?: boolean;
  /** Numbers of a sparse map in pax 0.0 and 0.1: offset, length, offset, length, … */
  map?: number[];
}

/** Whether a file with these first bytes is a tar archive. */
export function isTar(begin: Uint8Array): boolean {
  return begin.length >= BLOCK && hasRightSum(begin.subarray(0, BLOCK));
}

/**
 * Reads an archive member by member.
 *
 * @throws {CritError} `data` if it is not an archive, damaged or cut short
 */
export function* readTar(): TarReader {
  let common: Extension = {};
  let next: Extension = {};
  for (;;) {
    const header = yield* take(BLOCK);
    if (isEnd(header)) return;
    if (!hasRightSum(header)) throw dataError("not a tar header: its checksum is wrong");
    const type = String.fromCharCode(header[156]!);
    const size = next.size ?? common.size ?? numberAt(header, 124, 12);
    switch (type) {
      case "g":
        common = paxExtension(yield* takePadded(numberAt(header, 124, 12)), { ...common });
        break;
      case "x":
        next = paxExtension(yield* takePadded(numberAt(header, 124, 12)), next);
        break;
      case "L":
        next.path = textOf(yield* takePadded(numberAt(header, 124, 12)));
        break;
      case "K":
        next.link = textOf(yield* takePadded(numberAt(header, 124, 12)));
        break;
      default: {
        const extension = { ...common, ...next };
        next = {};
        const { member, padding } = yield* memberOf(header, type, size, extension);
        yield { member, padding };
      }
    }
  }
}

/** Makes a member from its header; reads on if the map of a sparse file follows. */
function* memberOf(
  header: Uint8Array,
  type: string,
  contents: number,
  extension: Extension,
): Generator<TarRequest, { member: Member; padding: number }, Uint8Array | undefined> {
  const path = extension.path ?? pathAt(header);
  const link = extension.link ?? textOf(header.subarray(157, 257));
  const longest = Math.max(path.length, link.length);
  if (longest > LONGEST_PATH) throw dataError(`a path of ${longest} characters is impossible`);
  const kind = kindOf(type, path);
  let storedSize = kind === "file" || kind === "other" ? contents : 0;
  const padding = paddingOf(storedSize);
  let size = extension.realSize ?? storedSize;
  let segments: SparseSegment[] | undefined;
  if (type === "S") {
    size = numberAt(header, 483, 12);
    segments = yield* oldGnuSegments(header);
  } else if (extension.hasMapInside) {
    const map = yield* mapInside(storedSize);
    segments = map.segments;
    storedSize -= map.length;
  } else if (extension.map !== undefined) segments = segmentsOf(extension.map);
  if (segments !== undefined) checkSegments(segments, size, storedSize, path);
  else size = storedSize;
  const facts = {
    mode: lenientNumberAt(header, 100, 8) & 0o7777,
    uid: extension.uid ?? lenientNumberAt(header, 108, 8),
    gid: extension.gid ?? lenientNumberAt(header, 116, 8),
    modified: extension.modified ?? lenientNumberAt(header, 136, 12),
  };
  return { member: { path, kind, link, size, storedSize, segments, ...facts }, padding };
}

function* take(count: number): Generator<TarRequest, Uint8Array, Uint8Array | undefined> {
  const bytes = yield { count };
  if (bytes === undefined || bytes.length < count) throw cutShort();
  return bytes;
}

function cutShort(): CritError {
  return dataError("the archive is cut short");
}

/** Reads contents with their padding. */
function* takePadded(size: number): Generator<TarRequest, Uint8Array, Uint8Array | undefined> {
  if (size > LONGEST_HEADER) throw dataError(`an extended header of ${size} bytes is impossible`);
  return (yield* take(size + paddingOf(size))).slice(0, size);
}

/** Number of bytes of padding to a full block. */
function paddingOf(size: number): number {
  return (BLOCK - size % BLOCK) % BLOCK;
}

/** Whether a block is zero: two of them end an archive. */
function isEnd(block: Uint8Array): boolean {
  return block.every((byte) => byte === 0);
}

/** Checks the checksum of a header, which is computed with spaces in its own field. */
function hasRightSum(header: Uint8Array): boolean {
  let sum = 8 * 0x20;
  let signedSum = sum;
  for (let i = 0; i < BLOCK; i++) {
    if (i >= 148 && i < 156) continue;
    sum += header[i]!;
    signedSum += header[i]! << 24 >> 24;
  }
  const expected = octal(header.subarray(148, 156));
  // Some old tar programs summed signed bytes.
  return expected === sum || expected === signedSum;
}

/** Reads octal digits, 0 for none; undefined for anything else. */
function octal(bytes: Uint8Array): number | undefined {
  const digits = textOf(bytes).trim();
  if (!/^[0-7]*$/.test(digits)) return undefined;
  return digits === "" ? 0 : parseInt(digits, 8);
}

/**
 * Reads a number: octal digits, or base 256 if the first bit is set, as GNU tar writes large
 * numbers.
 */
function numberAt(header: Uint8Array, from: number, length: number): number {
  const bytes = header.subarray(from, from + length);
  if ((bytes[0]! & 0x80) === 0) {
    const value = octal(bytes);
    if (value === undefined) throw dataError("a header's number is wrong");
    return value;
  }
  let value = bytes[0]! & 0x7f;
  for (const byte of bytes.subarray(1)) value = value * 256 + byte;
  if (!Number.isSafeInteger(value)) throw dataError(`a member of ${value} bytes is impossible`);
  return value;
}

/** Reads a number that is not essential: 0 if the header has something else. */
function lenientNumberAt(header: Uint8Array, from: number, length: number): number {
  if ((header[from]! & 0x80) !== 0) {
    // Times before 1970 are negative in base 256.
    if ((header[from]! & 0x40) !== 0) return 0;
    let value = header[from]! & 0x3f;
    for (let i = from + 1; i < from + length; i++) value = value * 256 + header[i]!;
    return Number.isSafeInteger(value) ? value : 0;
  }
  let value = 0;
  for (let i = from; i < from + length; i++) {
    const byte = header[i]!;
    if (byte >= 0x30 && byte <= 0x37) value = value * 8 + byte - 0x30;
    else if (byte !== 0x20 || value !== 0) break;
  }
  return value;
}

/** Text up to the first zero byte. */
function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return decodeText(bytes, 0, end < 0 ? bytes.length : end);
}

/** Returns the name, with the prefix of POSIX's form. */
function pathAt(header: Uint8Array): string {
  const name = textOf(header.subarray(0, 100));
  // GNU tar's own form ends with two spaces, and uses the prefix for other fields.
  const isPosix = textOf(header.subarray(257, 263)) === "ustar";
  const prefix = isPosix ? textOf(header.subarray(345, 500)) : "";
  return prefix === "" ? name : `${prefix}/${name}`;
}

function kindOf(type: string, path: string): Member["kind"] {
  switch (type) {
    case "0":
    case "\0":
    case "7":
      // Archives from before POSIX mark directories with a slash.
      return path.endsWith("/") ? "directory" : "file";
    case "S":
      return "file";
    case "1":
      return "hardlink";
    case "2":
      return "symlink";
    case "5":
      return "directory";
    case "3":
    case "4":
    case "6":
      return "device";
    default:
      return "other";
  }
}

/** Adds the records of a pax header, `LENGTH KEY=VALUE\n`, to an extension. */
function paxExtension(bytes: Uint8Array, extension: Extension): Extension {
  for (let pos = 0; pos < bytes.length;) {
    const space = bytes.indexOf(0x20, pos);
    const length = space < 0 ? NaN : Number(decodeText(bytes, pos, space));
    const end = pos + length;
    const equals = bytes.indexOf(0x3d, space);
    const isRecord = Number.isInteger(length) && end <= bytes.length && end > equals &&
      equals > space && bytes[end - 1] === 0x0a;
    if (!isRecord) throw dataError(`an extended header is damaged at its byte ${pos}`);
    const key = decodeText(bytes, space + 1, equals);
    addRecord(extension, key, decodeText(bytes, equals + 1, end - 1));
    pos = end;
  }
  return extension;
}

function addRecord(extension: Extension, key: string, value: string): void {
  // A record without a value cancels one of a global header, and no record here is global.
  if (value === "" && !key.startsWith("GNU.")) return;
  switch (key) {
    case "path":
      // The name of a sparse file is GNU.sparse.name; this one is made up.
      extension.path ??= value;
      break;
    case "GNU.sparse.name":
      extension.path = value;
      break;
    case "linkpath":
      extension.link = value;
      break;
    case "uid":
    case "gid":
      if (/^\d{1,15}$/.test(value)) extension[key] = Number(value);
      break;
    case "mtime":
      if (/^-?\d{1,15}(\.\d*)?$/.test(value)) extension.modified = Number(value);
      break;
    case "size":
      extension.size = decimal(value);
      break;
    case "GNU.sparse.realsize":
    case "GNU.sparse.size":
      extension.realSize = decimal(value);
      break;
    case "GNU.sparse.major":
      extension.hasMapInside = value !== "0";
      break;
    case "GNU.sparse.offset":
    case "GNU.sparse.numbytes":
      (extension.map ??= []).push(decimal(value));
      break;
    case "GNU.sparse.map":
      extension.map = value === "" ? [] : value.split(",").map(decimal);
  }
}

function decimal(text: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (!Number.isSafeInteger(value)) throw dataError(`an extended header has ${text} as a number`);
  return value;
}

/** Reads the map of GNU's old form: four segments in the header, 21 in each block that follows. */
function* oldGnuSegments(
  header: Uint8Array,
): Generator<TarRequest, SparseSegment[], Uint8Array | undefined> {
  const numbers: number[] = [];
  const add = (block: Uint8Array, from: number, count: number) => {
    for (let i = 0; i < count; i++) {
      const at = from + i * 24;
      if (block[at] === 0) return;
      numbers.push(numberAt(block, at, 12), numberAt(block, at + 12, 12));
    }
  };
  add(header, 386, 4);
  let isExtended = header[482] !== 0;
  while (isExtended) {
    const block = yield* take(BLOCK);
    add(block, 0, 21);
    checkCount(numbers.length / 2);
    isExtended = block[504] !== 0;
  }
  return segmentsOf(numbers);
}

/**
 * Reads the map of pax 1.0 before the contents: a count, then numbers, each on a line, in full
 * blocks.
 */
function* mapInside(
  limit: number,
): Generator<TarRequest, { segments: SparseSegment[]; length: number }, Uint8Array | undefined> {
  const numbers: number[] = [];
  const isWhole = () => numbers.length > 0 && numbers.length > numbers[0]! * 2;
  let length = 0;
  let line = "";
  while (!isWhole()) {
    if (length + BLOCK > limit) throw dataError("a sparse file's map is cut short");
    const lines = (line + decodeText(yield* take(BLOCK))).split("\n");
    length += BLOCK;
    line = lines.pop()!;
    for (const text of lines) numbers.push(decimal(text));
    checkCount(numbers[0] ?? 0);
    // Zeros fill the block after the last number.
    if (!isWhole() && line.length > LONGEST_NUMBER) {
      throw dataError("a sparse file's map is damaged");
    }
  }
  return { segments: segmentsOf(numbers.slice(1, 1 + numbers[0]! * 2)), length };
}

/** Limits the number of segments, because the map is held in memory. */
function checkCount(count: number): void {
  if (count <= MOST_SEGMENTS) return;
  throw new CritError(
    "unsupported",
    `a sparse file of ${count} segments, ${MOST_SEGMENTS} at most`,
  );
}

/** Makes segments from pairs of offset and length. */
function segmentsOf(numbers: readonly number[]): SparseSegment[] {
  const segments: SparseSegment[] = [];
  for (let i = 0; i + 1 < numbers.length; i += 2) {
    const [at, length] = [numbers[i]!, numbers[i + 1]!];
    // GNU tar marks the end of a file that ends in a hole with an empty segment.
    if (length > 0) segments.push({ at, length });
  }
  return segments;
}

function checkSegments(
  segments: readonly SparseSegment[],
  size: number,
  storedSize: number,
  path: string,
): void {
  let end = 0;
  let stored = 0;
  for (const { at, length } of segments) {
    if (at < end) throw dataError(`the map of the sparse file ${path} is out of order`);
    end = at + length;
    stored += length;
  }
  if (end > size || stored !== storedSize) {
    throw dataError(`the map of the sparse file ${path} does not fit its size`);
  }
}
