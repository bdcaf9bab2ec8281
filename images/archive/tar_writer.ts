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
}

/** What ends an archive. */
export const TAR_END: Uint8Array = new Uint8Array(2 * BLOCK);

/** Longest name that ustar has room for, in bytes. */
const LONGEST_NAME = 100;
/** Largest size that ustar has room for: eleven octal digits. */
const LARGEST_SIZE = 8 ** 11 - 1;

/** What stands in an archive before a file's contents. */
export function tarHeader(member: NewMember): Uint8Array {
  const { path, size } = member;
  const name = encodeText(path);
  const records: string[] = [];
  const isPlain = name.length <= LONGEST_NAME && name.every((byte) => byte < 0x80);
  if (!isPlain) records.push(paxRecord("path", path));
  if (size > LARGEST_SIZE) records.push(paxRecord("size", String(size)));
  if (records.length === 0) return header(member, "0");
  const extension = encodeText(records.join(""));
  const begin = header({ ...member, path: "PaxHeader", size: extension.length }, "x");
  const end = header(member, "0");
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
function paxRecord(key: string, value: string): string {
  const rest = encodeText(` ${key}=${value}\n`).length;
  let length = rest;
  while (length !== rest + String(length).length) length = rest + String(length).length;
  return `${length} ${key}=${value}\n`;
}

/** One block of POSIX's form; what there is no room for is left out. */
function header({ path, size, mode, modified }: NewMember, type: string): Uint8Array {
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
  put(257, "ustar");
  put(263, "00");
  put(329, octal(0, 7));
  put(337, octal(0, 7));
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(148, `${octal(sum, 6)}\0`);
  return block;
}
