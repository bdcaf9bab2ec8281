/**
 * Files that are copied as they are.
 *
 * @module
 */

import { isZeroPage } from "../../images/bytes/bytes.ts";
import { inFile } from "../../images/bytes/io.ts";
import { temporaryName } from "../../images/bytes/paths.ts";
import { removeOnSignal, yieldToEventLoop } from "../terminal/interrupt.ts";
import type { Found } from "./found.ts";
import { type Input, openInput } from "./input.ts";
import { createEntry, openEntry, type Output } from "./output.ts";

/** Files below this size are copied without a turn of the event loop. */
const SMALL = 1 << 20;

/** Bytes that are held of a file with holes. */
const PIECE = 1 << 20;

/** Time between two looks at how far the kernel has come, in milliseconds. */
const LOOK = 100;

/** Granularity of holes, in bytes. */
const PAGE = 4096;

/** How a file is copied. */
export interface CopyOptions {
  /** Makes a hard link instead, if the file system can. */
  readonly asLink: boolean;
  /** Whether nothing has the name of the copy, and nobody looks into its directory yet. */
  readonly isNew: boolean;
  /** Opens a file that is not on the disk, for reading. */
  open?(file: Found): Input;
  /** Told how many bytes were copied. */
  onCopied?(count: number): void;
}

/** Copies a file; the copy has the same permission bits, and holes where the file has them. */
export async function copyFile(file: Found, to: string, options: CopyOptions): Promise<void> {
  const { path, size, allocated } = file;
  const { asLink, onCopied = () => {} } = options;
  // The kernel copies the bytes of holes as zeros on most file systems.
  const isSparse = allocated !== undefined && size >= PIECE && allocated < size;
  if (path !== undefined && asLink && linkFile(path, to, options.isNew)) onCopied(size);
  else if (path === undefined || isSparse) await copyThrough(file, to, options);
  else {
    let done = 0;
    const advance = (copied: number) => {
      onCopied(copied - done);
      done = copied;
    };
    try {
      await (options.isNew ? copyDirectly : copyBeside)(path, to, size, advance);
    } catch (error) {
      // The kernel does not say which of the two files is the reason, and one has a temporary name.
      inFile(file.place, () => Deno.openSync(path).close());
      throw error;
    }
    advance(size);
  }
}

/** Copies to a temporary file that then takes the place of what is there. */
async function copyBeside(
  from: string,
  to: string,
  size: number,
  onGrown: (copied: number) => void,
): Promise<void> {
  const temporary = temporaryName(to);
  const forget = removeOnSignal(temporary);
  try {
    await copyDirectly(from, temporary, size, onGrown);
    Deno.renameSync(temporary, to);
  } catch (error) {
    removeQuietly(temporary);
    throw error;
  } finally {
    forget();
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
  if (size < SMALL) return Deno.copyFileSync(from, to);
  const look = () => {
    try {
      onGrown(Deno.statSync(to).size);
    } catch {
      // It is not there yet.
    }
  };
  const timer = setInterval(look, LOOK);
  await Deno.copyFile(from, to).finally(() => clearInterval(timer));
}

/** Reads and writes the bytes. */
async function copyThrough(
  file: Found,
  to: string,
  { open = ({ path }) => openInput(path), isNew, onCopied }: CopyOptions,
): Promise<void> {
  using input = open(file);
  const { permissions } = file;
  using output = isNew ? createEntry(to, to, permissions) : openEntry(to, permissions.mode);
  await copyBytes(input, output, onCopied);
  output.commit();
  // Of a file on the disk, those bits that the umask has taken away as well.
  if (!isNew && permissions.isExact) Deno.chmodSync(to, permissions.mode);
}

/** Copies bytes; pages of zeros become holes. */
export async function copyBytes(
  input: Input,
  output: Output,
  onCopied: (count: number) => void = () => {},
): Promise<void> {
  const piece = new Uint8Array(PIECE);
  for (;;) {
    const hole = input.skipHole?.() ?? 0;
    output.skip(hole);
    onCopied(hole);
    const filled = fill(input, piece);
    if (filled === 0) return;
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
    const turn = yieldToEventLoop();
    if (turn !== undefined) await turn;
  }
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
function linkFile(from: string, to: string, isNew: boolean): boolean {
  const path = isNew ? to : temporaryName(to);
  try {
    Deno.linkSync(from, path);
  } catch (error) {
    // Another file system, one without links, or another's file.
    if (error instanceof Deno.errors.NotCapable) throw error;
    return false;
  }
  if (isNew) return true;
  try {
    Deno.renameSync(path, to);
  } finally {
    // Renaming does nothing when both names are the same file already.
    removeQuietly(path);
  }
  return true;
}

/** Makes a symbolic link, in place of what has its name unless that is a directory. */
export function makeLink(target: string, to: string): void {
  const temporary = temporaryName(to);
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
