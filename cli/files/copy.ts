/**
 * Files that are no images, copied as they are.
 *
 * @module
 */

import { isZeroPage } from "../../images/bytes/bytes.ts";
import { breathe, removeOnSignal } from "../terminal/interrupt.ts";
import type { Input } from "./input.ts";
import { createBeside, openEntry, temporaryName } from "./output.ts";

/** Files below this size are copied without a turn of the event loop. */
const SMALL = 1 << 20;

/** Bytes that are held of a file with holes. */
const PIECE = 1 << 20;

/** Time between two looks at how far the kernel has come, in milliseconds. */
const LOOK = 100;

/** Granularity of holes, in bytes. */
const PAGE = 4096;

/** A regular file that is to be copied. */
export interface Original {
  /** Its path on the disk; undefined in an archive. */
  readonly path: string | undefined;
  /** In bytes. */
  readonly size: number;
  /** Bytes that it takes on the disk; undefined where nobody knows. */
  readonly allocated: number | undefined;
  /** Permission bits. */
  readonly mode: number;
  /** Opens it for reading. */
  open(): Input;
}

/** Bytes that a file takes on the disk; undefined where nobody knows. */
export function allocatedBytes({ blocks }: Deno.FileInfo): number | undefined {
  // A unit of its own, whatever the file system's blocks are: see stat(2).
  return blocks === null ? undefined : blocks * 512;
}

/** How a file is copied. */
export interface CopyOptions {
  /** Makes a hard link instead, where the file system can. */
  readonly asLink: boolean;
  /** Told how many bytes were copied. */
  onCopied?(count: number): void;
}

/** Copies a file; the copy has the same permission bits, and holes where the file has them. */
export async function copyFile(
  file: Original,
  to: string,
  { asLink, onCopied = () => {} }: CopyOptions,
): Promise<void> {
  const { path, size, allocated } = file;
  // The kernel copies the bytes of holes as zeros on most file systems.
  const isSparse = allocated !== undefined && size >= PIECE && allocated < size;
  if (path !== undefined && asLink && linkFile(path, to)) onCopied(size);
  else if (path === undefined || isSparse) await copyThrough(file, to, onCopied);
  else {
    let done = 0;
    const advance = (copied: number) => {
      onCopied(copied - done);
      done = copied;
    };
    await copyDirectly(path, to, size, advance);
    advance(size);
  }
}

/**
 * Lets the kernel copy: some file systems share the blocks.
 *
 * @param onGrown told how many bytes are copied so far
 */
async function copyDirectly(
  from: string,
  to: string,
  size: number,
  onGrown: (copied: number) => void,
): Promise<void> {
  const [file, temporary] = createBeside(to, 0o600);
  file.close();
  const forget = removeOnSignal(temporary);
  try {
    if (size < SMALL) Deno.copyFileSync(from, temporary);
    else {
      const timer = setInterval(() => onGrown(Deno.statSync(temporary).size), LOOK);
      await Deno.copyFile(from, temporary).finally(() => clearInterval(timer));
    }
    Deno.renameSync(temporary, to);
  } catch (error) {
    removeQuietly(temporary);
    throw error;
  } finally {
    forget();
  }
}

/** Reads and writes the bytes; pages of zeros become holes. */
async function copyThrough(
  file: Original,
  to: string,
  onCopied: (count: number) => void,
): Promise<void> {
  using input = file.open();
  using output = openEntry(to, file.mode);
  const piece = new Uint8Array(PIECE);
  for (let filled = fill(input, piece); filled > 0; filled = fill(input, piece)) {
    const bytes = piece.subarray(0, filled);
    for (let from = 0; from < filled;) {
      const isZero = isZeroPage(bytes, from, PAGE);
      let to = from + PAGE;
      while (to < filled && isZeroPage(bytes, to, PAGE) === isZero) to += PAGE;
      to = Math.min(to, filled);
      if (isZero) output.skip(to - from);
      else output.write(bytes.subarray(from, to));
      from = to;
    }
    onCopied(filled);
    const turn = breathe();
    if (turn !== undefined) await turn;
  }
  output.commit();
  // Of a file on the disk, those that the umask has taken away as well.
  if (file.path !== undefined) Deno.chmodSync(to, file.mode);
}

/** Fills a buffer as far as there are bytes. */
function fill(input: { readSync(into: Uint8Array): number | null }, into: Uint8Array): number {
  let filled = 0;
  while (filled < into.length) {
    const count = input.readSync(into.subarray(filled));
    if (count === null) break;
    filled += count;
  }
  return filled;
}

/** Makes a hard link; false when that cannot be, as between file systems. */
function linkFile(from: string, to: string): boolean {
  const temporary = temporaryName(to, 0);
  try {
    // A hard link to a symbolic link would be another link, which leads elsewhere from there.
    Deno.linkSync(Deno.realPathSync(from), temporary);
  } catch (error) {
    // Another file system, one without links, or another's file.
    if (error instanceof Deno.errors.NotCapable) throw error;
    return false;
  }
  Deno.renameSync(temporary, to);
  // Renaming does nothing when both names are the same file already.
  removeQuietly(temporary);
  return true;
}

/** Makes a symbolic link, in place of what has its name unless that is a directory. */
export function makeLink(target: string, to: string): void {
  const temporary = temporaryName(to, 0);
  removeQuietly(temporary);
  Deno.symlinkSync(target, temporary);
  try {
    Deno.renameSync(temporary, to);
  } catch (error) {
    removeQuietly(temporary);
    throw error;
  }
}

function removeQuietly(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // It is not there, as it should be; or an error that is on its way says what is wrong.
  }
}
