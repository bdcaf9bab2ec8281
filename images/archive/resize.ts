/**
 * The headers of a member whose contents have another size. All else that they say stays.
 *
 * @module
 */

import { decodeText, encodeText } from "../bytes/utf8.ts";
import { BLOCK } from "./tar_reader.ts";
import { numberField, paxRecord, tarChecksum, tarPadding } from "./tar_writer.ts";

/** Records of a pax header that tell a size, or a map of holes. */
const OF_SIZE = /^(size|GNU\.sparse\..*)$/;

/** Where a header has its type, size and checksum. */
const TYPE = 156;
const SIZE = 124;

/**
 * Headers with another size of contents.
 *
 * @param headers what stands before the contents: extended headers, and the member's own
 * @param size the new size, in bytes
 */
export function resized(headers: Uint8Array, size: number): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let pos = 0; pos + BLOCK <= headers.length;) {
    const header = headers.slice(pos, pos + BLOCK);
    const type = String.fromCharCode(header[TYPE]!);
    if (!"xgLK".includes(type)) {
      // A sparse file of GNU's old form has its map in and after the header.
      if (type === "S") {
        header[TYPE] = 0x30;
        header.fill(0, 345, 500);
      }
      putSize(header, size);
      parts.push(header);
      break;
    }
    const length = parseInt(decodeText(header, SIZE, SIZE + 11), 8);
    const end = pos + BLOCK + length + tarPadding(length).length;
    if (type === "x") {
      parts.push(...extension(header, headers.subarray(pos + BLOCK, pos + BLOCK + length)));
    } else parts.push(headers.subarray(pos, end));
    pos = end;
  }
  return joined(parts);
}

/** A pax header without what it says of the size; nothing when nothing is left. */
function extension(header: Uint8Array, bytes: Uint8Array): Uint8Array[] {
  let records = "";
  for (let pos = 0; pos < bytes.length;) {
    const space = bytes.indexOf(0x20, pos);
    const length = Number(decodeText(bytes, pos, space));
    const equals = bytes.indexOf(0x3d, space);
    const key = decodeText(bytes, space + 1, equals);
    const value = decodeText(bytes, equals + 1, pos + length - 1);
    // The name of a sparse file; the path beside it was made up.
    if (key === "GNU.sparse.name") records = withoutPath(records) + paxRecord("path", value);
    else if (!OF_SIZE.test(key) && !(key === "path" && /^\d+ path=/m.test(records))) {
      records += paxRecord(key, value);
    }
    if (!(length > 0)) break;
    pos += length;
  }
  if (records === "") return [];
  const contents = encodeText(records);
  putSize(header, contents.length);
  return [header, contents, tarPadding(contents.length)];
}

function withoutPath(records: string): string {
  return records.replace(/^\d+ path=.*\n/m, "");
}

function putSize(header: Uint8Array, size: number): void {
  header.set(numberField(size, 12), SIZE);
  header.set(tarChecksum(header), 148);
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
