/**
 * Rewrites the headers of a member for other contents or another path, and keeps all other fields.
 *
 * @module
 */

import { decodeText, encodeText } from "../bytes/utf8.ts";
import { BLOCK } from "./tar_reader.ts";
import {
  numberField,
  paxHeader,
  paxRecord,
  tarChecksum,
  tarPadding,
  ustarName,
} from "./tar_writer.ts";

/** The changes to a member. */
export interface Rewriting {
  /** Size of the new contents in bytes; the member becomes a plain file. */
  readonly size?: number;
  /** The new path. */
  readonly path?: string;
}

/** Records of a pax header with a size, a map of holes or the target of a link. */
const OF_CONTENTS = /^(size|linkpath|GNU\.sparse\..*)$/;

/** Offsets of the fields in a header: name, size, type, target of a link, format, and prefix. */
const NAME = 0;
const SIZE = 124;
const TYPE = 156;
const LINK = 157;
const MAGIC = 257;
const PREFIX = 345;

/** Type of a plain file. */
const FILE = 0x30;

/**
 * Rewrites headers for contents of another size, or for another path.
 *
 * @param headers all bytes before the contents: extended headers, and the member's own
 */
export function rewritten(headers: Uint8Array, change: Rewriting): Uint8Array {
  const { size, path } = change;
  const parts: Uint8Array[] = [];
  let isNamed = path === undefined || ustarName(path);
  for (let pos = 0; pos + BLOCK <= headers.length;) {
    const header = headers.slice(pos, pos + BLOCK);
    const type = String.fromCharCode(header[TYPE]!);
    if (!"xgLK".includes(type)) {
      if (size !== undefined) becomeFile(header, type, size);
      if (path !== undefined) {
        if (!isNamed) parts.push(paxHeader([paxRecord("path", path)], header));
        putPath(header, path);
      }
      header.set(tarChecksum(header), 148);
      parts.push(header);
      // The rest is the continuation of a map of holes, which is replaced with the contents.
      if (size === undefined) parts.push(headers.subarray(pos + BLOCK));
      break;
    }
    const length = parseInt(decodeText(header, SIZE, SIZE + 11), 8);
    const end = pos + BLOCK + length + tarPadding(length).length;
    if (type === "x") {
      const records = recordsOf(headers.subarray(pos + BLOCK, pos + BLOCK + length));
      const kept = changed(records, change);
      isNamed ||= kept.some(([key]) => key === "path" || key === "GNU.sparse.name");
      if (kept.length > 0) {
        parts.push(paxHeader(kept.map(([key, value]) => paxRecord(key, value)), header));
      }
    } else if (!(type === "L" && path !== undefined) && !(type === "K" && size !== undefined)) {
      parts.push(headers.subarray(pos, end));
    }
    pos = end;
  }
  return joined(parts);
}

/** Turns a header into that of a file without holes. */
function becomeFile(header: Uint8Array, type: string, size: number): void {
  // A sparse file in GNU's old form has its map in and after the header.
  if (type === "S") header.fill(0, PREFIX, 500);
  if (type !== "7") header[TYPE] = FILE;
  header.fill(0, LINK, LINK + 100);
  header.set(numberField(size, 12), SIZE);
}

function putPath(header: Uint8Array, path: string): void {
  header.fill(0, NAME, NAME + 100);
  header.set(encodeText(path).subarray(0, 100), NAME);
  // GNU's own form ends with two spaces, and uses the prefix for other fields.
  if (decodeText(header, MAGIC, MAGIC + 6) === "ustar\0") header.fill(0, PREFIX, 500);
}

type PaxRecord = readonly [key: string, value: string];

/** The records of a pax header. */
function recordsOf(bytes: Uint8Array): PaxRecord[] {
  const records: PaxRecord[] = [];
  for (let pos = 0; pos < bytes.length;) {
    const space = bytes.indexOf(0x20, pos);
    const length = Number(decodeText(bytes, pos, space));
    if (!(length > 0)) break;
    const equals = bytes.indexOf(0x3d, space);
    const key = decodeText(bytes, space + 1, equals);
    records.push([key, decodeText(bytes, equals + 1, pos + length - 1)]);
    pos += length;
  }
  return records;
}

/** The records for the new contents or path. */
function changed(records: readonly PaxRecord[], { size, path }: Rewriting): PaxRecord[] {
  // The name of a sparse file is in a separate record; `path` is made up.
  const sparse = records.find(([key]) => key === "GNU.sparse.name");
  const others = records.filter(([key]) => {
    if (key === "path") return path === undefined && (size === undefined || sparse === undefined);
    return size === undefined || !OF_CONTENTS.test(key);
  });
  if (sparse === undefined) {
    return path === undefined || ustarName(path) ? others : [["path", path], ...others];
  }
  const name = path ?? sparse[1];
  if (size !== undefined) return [["path", name], ...others];
  return others.map(([key, value]) => key === "GNU.sparse.name" ? [key, name] : [key, value]);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let pos = 0;
  for (const part of parts) {
    all.set(part, pos);
    pos += part.length;
  }
  return all;
}
