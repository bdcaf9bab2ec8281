/**
 * Writes tar archives: ustar, with pax headers (POSIX.1-2001) for values that do not fit.
 *
 * @module
 */

import { encodeText } from "../bytes/utf8.ts";
import { BLOCK } from "./tar_reader.ts";

/** A file, a link or a directory to write to an archive. */
export interface NewMember {
  /** With a slash at its end for a directory. */
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** Permission bits. */
  readonly mode: number;
  /** Seconds since 1970. */
  readonly modified: number;
  /** Target of a symbolic link. */
  readonly link?: string;
  /** Numbers of the owner and the group; 0 unless given. */
  readonly uid?: number;
  readonly gid?: number;
}

/** The end of an archive. */
export const TAR_END: Uint8Array = new Uint8Array(2 * BLOCK);

/** Longest name in a ustar header, in bytes. */
const LONGEST_NAME = 100;
/** Largest size in a ustar header: eleven octal digits. */
const LARGEST_SIZE = 8 ** 11 - 1;

/** Whether a path fits into a header, and every program reads it the same. */
export function ustarName(path: string): boolean {
  const name = encodeText(path);
  return name.length <= LONGEST_NAME && name.every((byte) => byte < 0x80);
}

/** All bytes before the contents of a file in an archive. */
export function tarHeader(member: NewMember): Uint8Array {
  const { path, size, link = "" } = member;
  const records: string[] = [];
  if (!ustarName(path)) records.push(paxRecord("path", path));
  if (size > LARGEST_SIZE) records.push(paxRecord("size", String(size)));
  if (encodeText(link).length > LONGEST_NAME) records.push(paxRecord("linkpath", link));
  const type = member.link !== undefined ? "2" : path.endsWith("/") ? "5" : "0";
  const end = header(member, type);
  if (records.length === 0) return end;
  const begin = paxHeader(records, end);
  const all = new Uint8Array(begin.length + end.length);
  all.set(begin);
  all.set(end, begin.length);
  return all;
}

/**
 * An extended header: its block, its records and padding.
 *
 * @param like a header with the mode, owner and time to use
 */
export function paxHeader(records: readonly string[], like: Uint8Array): Uint8Array {
  const extension = encodeText(records.join(""));
  const begin = header({ path: "PaxHeader", size: extension.length, mode: 0, modified: 0 }, "x");
  begin.set(like.subarray(100, 124), 100);
  begin.set(like.subarray(136, 148), 136);
  begin.set(tarChecksum(begin), 148);
  const all = new Uint8Array(BLOCK + extension.length + tarPadding(extension.length).length);
  all.set(begin);
  all.set(extension, BLOCK);
  return all;
}

/** Zeros that follow contents of this size. */
export function tarPadding(size: number): Uint8Array {
  return new Uint8Array((BLOCK - size % BLOCK) % BLOCK);
}

/** `LENGTH KEY=VALUE\n`; LENGTH includes itself. */
export function paxRecord(key: string, value: string): string {
  const rest = encodeText(` ${key}=${value}\n`).length;
  let length = rest;
  while (length !== rest + String(length).length) length = rest + String(length).length;
  return `${length} ${key}=${value}\n`;
}

/**
 * A number for a field of a header: octal digits, or base 256, as GNU tar writes large numbers.
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

/** A header block in POSIX's form; values that do not fit are left out. */
function header(member: NewMember, type: string): Uint8Array {
  const { path, size, mode, modified, link, uid = 0, gid = 0 } = member;
  const block = new Uint8Array(BLOCK);
  const put = (at: number, text: string) => block.set(encodeText(text), at);
  const octal = (value: number, digits: number) => value.toString(8).padStart(digits, "0");
  block.set(encodeText(path).subarray(0, LONGEST_NAME), 0);
  put(100, octal(mode, 7));
  block.set(numberField(uid, 8), 108);
  block.set(numberField(gid, 8), 116);
  put(124, octal(size > LARGEST_SIZE ? 0 : size, 11));
  put(136, octal(modified, 11));
  put(156, type);
  if (link !== undefined) block.set(encodeText(link).subarray(0, LONGEST_NAME), 157);
  put(257, "ustar");
  put(263, "00");
  put(329, octal(0, 7));
  put(337, octal(0, 7));
  block.set(tarChecksum(block), 148);
  return block;
}
