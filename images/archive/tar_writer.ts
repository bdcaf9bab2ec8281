/**
 * Tar archives, written: ustar, with pax headers (POSIX.1-2001) where it has no room.
 *
 * @module
 */

import { encodeText } from "../bytes/utf8.ts";
import { BLOCK } from "./tar_reader.ts";

/** A file to be written to an archive. */
export interface NewMember {
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** Permissions. */
  readonly mode: number;
  /** Seconds since 1970. */
  readonly modified: number;
  /** Where it leads, of a symbolic link. */
  readonly link?: string;
}

/** What ends an archive. */
export const TAR_END: Uint8Array = new Uint8Array(2 * BLOCK);

/** Longest name that ustar has room for, in bytes. */
const LONGEST_NAME = 100;
/** Largest size that ustar has room for: eleven octal digits. */
const LARGEST_SIZE = 8 ** 11 - 1;

/** What stands in an archive before a file's contents. */
export function tarHeader(member: NewMember): Uint8Array {
  const { path, size, link = "" } = member;
  const name = encodeText(path);
  const records: string[] = [];
  const isPlain = name.length <= LONGEST_NAME && name.every((byte) => byte < 0x80);
  if (!isPlain) records.push(paxRecord("path", path));
  if (size > LARGEST_SIZE) records.push(paxRecord("size", String(size)));
  if (encodeText(link).length > LONGEST_NAME) records.push(paxRecord("linkpath", link));
  const type = member.link === undefined ? "0" : "2";
  if (records.length === 0) return header(member, type);
  const extension = encodeText(records.join(""));
  const begin = header({
    path: "PaxHeader",
    size: extension.length,
    mode: member.mode,
    modified: member.modified,
  }, "x");
  const end = header(member, type);
  const length = extension.length + tarPadding(extension.length).length;
  const all = new Uint8Array(begin.length + length + end.length);
  all.set(begin);
  all.set(extension, begin.length);
  all.set(end, begin.length + length);
  return all;
}

/** Zeros that stand after contents of a size. */
export function tarPadding(size: number): Uint8Array {
  return new Uint8Array((BLOCK - size % BLOCK) % BLOCK);
}

/** `LENGTH KEY=VALUE\n`, where the length counts itself. */
export function paxRecord(key: string, value: string): string {
  const rest = encodeText(` ${key}=${value}\n`).length;
  let length = rest;
  while (length !== rest + String(length).length) length = rest + String(length).length;
  return `${length} ${key}=${value}\n`;
}

/**
 * A number in a header's field: octal digits, or 256-based, as GNU tar has those without room.
 *
 * @param length of the field, in bytes
 */
export function numberField(value: number, length: number): Uint8Array {
  const digits = value.toString(8).padStart(length - 1, "0");
  if (digits.length < length) return encodeText(`${digits}\0`);
  const field = new Uint8Array(length);
  let rest = value;
  for (let i = length - 1; i > 0; i--, rest = Math.floor(rest / 256)) field[i] = rest % 256;
  field[0] = 0x80;
  return field;
}

/** The checksum field of a header. */
export function tarChecksum(header: Uint8Array): Uint8Array {
  let sum = 8 * 0x20;
  for (let i = 0; i < BLOCK; i++) if (i < 148 || i >= 156) sum += header[i]!;
  return encodeText(`${sum.toString(8).padStart(6, "0")}\0 `);
}

/** One block of POSIX's form; what there is no room for is left out. */
function header({ path, size, mode, modified, link }: NewMember, type: string): Uint8Array {
  const block = new Uint8Array(BLOCK);
  const put = (at: number, text: string) => block.set(encodeText(text), at);
  const octal = (value: number, digits: number) => value.toString(8).padStart(digits, "0");
  block.set(encodeText(path).subarray(0, LONGEST_NAME), 0);
  put(100, octal(mode, 7));
  put(108, octal(0, 7));
  put(116, octal(0, 7));
  put(124, octal(size > LARGEST_SIZE ? 0 : size, 11));
  put(136, octal(modified, 11));
  put(148, " ".repeat(8));
  put(156, type);
  if (link !== undefined) block.set(encodeText(link).subarray(0, LONGEST_NAME), 157);
  put(257, "ustar");
  put(263, "00");
  put(329, octal(0, 7));
  put(337, octal(0, 7));
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(148, `${octal(sum, 6)}\0`);
  return block;
}
