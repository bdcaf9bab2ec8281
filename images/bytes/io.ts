/**
 * Files: what a path leads to, and the loop that takes files in and out of the streaming core.
 *
 * @module
 */

import { CritError } from "../errors.ts";

/** Bytes that are read forward into a given buffer, as those of a `Deno.FsFile`. */
export interface SyncReader {
  /** Reads some bytes; `null` at the end. */
  readSync(into: Uint8Array): number | null;
  /** Set where reading may have to wait: it is then used instead, so that signals are heard. */
  read?(into: Uint8Array): Promise<number | null>;
}

/** An open image or other file, read from its beginning. */
export interface InputReader extends SyncReader, Disposable {
  /** Name for messages, without directories; undefined for standard input. */
  readonly name: string | undefined;
  /** Size in bytes, if it is known. */
  readonly size: number | undefined;
}

/** A byte sink, as `Deno.FsFile` is. */
export interface SyncWriter {
  /** Writes some of the bytes and returns how many. */
  writeSync(bytes: Uint8Array): number;
}

/** What is fed by {@link feed}: gives room for bytes, and takes note of how many came. */
export interface Feedable {
  room(): Uint8Array;
  advance(count: number): void;
  finish(): void;
}

/**
 * Reads all of `source` into `target` and finishes it.
 *
 * @param onRead told how many bytes came; a promise that it returns is waited for
 */
export async function feed(
  source: SyncReader,
  target: Feedable,
  onRead?: (count: number) => Promise<void> | undefined,
): Promise<void> {
  for (;;) {
    const room = target.room();
    const count = source.read === undefined ? source.readSync(room) : await source.read(room);
    if (count === null) break;
    target.advance(count);
    const turn = onRead?.(count);
    if (turn !== undefined) await turn;
  }
  target.finish();
}

/** Puts a chunk into `target`. */
export function pushInto(target: Omit<Feedable, "finish">, chunk: Uint8Array): void {
  for (let from = 0; from < chunk.length;) {
    const room = target.room();
    const count = Math.min(room.length, chunk.length - from);
    room.set(chunk.subarray(from, from + count));
    from += count;
    target.advance(count);
  }
}

/** Reads all of `source`, which never has to wait, into `target` and finishes it. */
export function feedSync(source: SyncReader, target: Feedable): void {
  for (;;) {
    const count = source.readSync(target.room());
    if (count === null) break;
    target.advance(count);
  }
  target.finish();
}

/** Writes all of `bytes`. */
export function writeAll(target: SyncWriter, bytes: Uint8Array): void {
  for (let pos = 0; pos < bytes.length;) pos += target.writeSync(bytes.subarray(pos));
}

/** Whether a path leads to a directory. */
export function isDirectory(path: string): boolean {
  return kindOf(path) === "directory";
}

/** What a path leads to; undefined for nothing. */
export function kindOf(path: string): "directory" | "file" | "other" | undefined {
  try {
    const { isDirectory, isFile } = Deno.statSync(path);
    return isDirectory ? "directory" : isFile ? "file" : "other";
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    return undefined;
  }
}

/**
 * A path without links.
 *
 * @returns undefined when there is none that leads to the same place: its names are not UTF-8, or
 * it is in another mount namespace, which `/proc/PID/root` leads into
 */
export function canonicalPath(path: string): string | undefined {
  try {
    const real = Deno.realPathSync(path);
    const [left, right] = [Deno.statSync(path), Deno.statSync(real)];
    return left.dev === right.dev && left.ino === right.ino ? real : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    return undefined;
  }
}

/** What the operating system's commoner errors mean, in words; made where Deno is only. */
const systemErrors = (): ReadonlyArray<readonly [new (message: string) => Error, string]> => [
  [Deno.errors.NotFound, "no such file or directory"],
  [Deno.errors.PermissionDenied, "permission denied"],
  [Deno.errors.AlreadyExists, "it exists already"],
  [Deno.errors.IsADirectory, "it is a directory"],
  [Deno.errors.NotADirectory, "not a directory"],
  [Deno.errors.FilesystemLoop, "too many symbolic links"],
];

/** What the user can do about an error of reading; undefined if nothing is known. */
export function readingHint(error: unknown): string | undefined {
  if (!(error instanceof Deno.errors.PermissionDenied)) return undefined;
  return "read it as a user who may, such as root";
}

/** An error of the operating system in words, without a path; undefined for any other error. */
export function systemReason(error: unknown): string | undefined {
  if (!(error instanceof Error) || error instanceof Deno.errors.NotCapable) return undefined;
  const known = systemErrors().find(([type]) => error instanceof type);
  if (known !== undefined) return known[1];
  if (/is not valid UTF-8$/.test(error.message)) return "a path is not UTF-8";
  if (/unexpected NUL byte/.test(error.message)) return "a path holds a NUL byte";
  // Deno's own form: `No space left on device (os error 28): write 'foo.img'`.
  const words = /^(.*?) \(os error \d+\)/s.exec(error.message)?.[1];
  return words === undefined ? undefined : words.slice(0, 1).toLowerCase() + words.slice(1);
}

/**
 * Reads something of a file, whose name errors then have.
 *
 * @throws {CritError} `file` when the operating system refuses
 */
export function inFile<T>(name: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw fileError(error, name);
  }
}

/** An operating system's error with the name of its file; what Deno forbids passes as it is. */
export function fileError(error: unknown, name: string): unknown {
  if (error instanceof CritError) return error;
  const reason = systemReason(error);
  if (reason === undefined) return error;
  return new CritError("file", reason, { image: name }, readingHint(error), { cause: error });
}

/** Bytes of standard input that were looked at and are to be read still. */
let peeked: Uint8Array = new Uint8Array();

/** The first bytes of standard input, so many unless it ends before; they are read again. */
export function peekInput(count: number): Uint8Array {
  const bytes = new Uint8Array(count);
  bytes.set(peeked);
  let filled = peeked.length;
  while (filled < count) {
    const more = Deno.stdin.readSync(bytes.subarray(filled));
    if (more === null) break;
    filled += more;
  }
  peeked = bytes.subarray(0, filled);
  return peeked;
}

/** Reads some bytes of standard input; `null` at the end. */
export function readInput(into: Uint8Array): number | null {
  return peeked.length > 0 ? takePeeked(into) : Deno.stdin.readSync(into);
}

/** As {@link readInput}, while other things go on. */
export function readInputBehind(into: Uint8Array): Promise<number | null> {
  return peeked.length > 0 ? Promise.resolve(takePeeked(into)) : Deno.stdin.read(into);
}

function takePeeked(into: Uint8Array): number {
  const piece = peeked.subarray(0, into.length);
  into.set(piece);
  peeked = peeked.subarray(piece.length);
  return piece.length;
}
