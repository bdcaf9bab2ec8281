/**
 * The system calls that streaming uses, as an interface. The protocol and the poll loop take it as
 * a parameter and do not depend on the runtime.
 *
 * Every call returns a result or a negated error number (`-11` for `EAGAIN`), as the kernel does.
 * Numbers are those of Linux's generic ABI (`include/uapi/asm-generic/`), which x86-64 and aarch64
 * share unless a comment says otherwise.
 *
 * @module
 */

import { writeAll } from "../bytes/io.ts";
import { CritError } from "../errors.ts";

/** Error numbers that streaming distinguishes (asm-generic/errno-base.h, asm-generic/errno.h). */
export const Errno = {
  noEntry: 2,
  noProcess: 3,
  interrupted: 4,
  again: 11,
  exists: 17,
  notDirectory: 20,
  loop: 40,
  invalid: 22,
  brokenPipe: 32,
  addressInUse: 98,
  connectionReset: 104,
  connectionRefused: 111,
} as const;

/** Events of `poll` (asm-generic/poll.h). */
export const Poll = {
  in: 0x01,
  out: 0x04,
  error: 0x08,
  hangUp: 0x10,
  invalid: 0x20,
} as const;

/** How a file is opened. */
export type OpenMode =
  /** Read only; never blocks, for any type of file. */
  | "read"
  /** Written from its beginning; must not exist. */
  | "create"
  /** Readable and writable by its owner only; must not exist. */
  | "scratch"
  /** Written at its end; created if it does not exist. */
  | "append"
  /** As `append`, but fails for a symbolic link. */
  | "append-unlinked"
  /** A directory in which names are looked up. */
  | "directory";

/** Properties of a file (struct statx, include/uapi/linux/stat.h). */
export interface FileStatus {
  /** Its type; `other` for symbolic links, devices and FIFOs. */
  readonly kind: "file" | "directory" | "socket" | "other";
  /** Size in bytes. */
  readonly size: number;
  /** Device and inode number; equal for the same file. */
  readonly identity: string;
}

/** Result of `receive`. */
export interface Received {
  /** Bytes read (0 at the end of the stream), or a negative error number. */
  readonly count: number;
  /** The received descriptor; undefined if there was none. */
  readonly descriptor?: number;
  /** Whether more descriptors arrived than fit; the kernel has closed them. */
  readonly truncated: boolean;
}

/** Descriptors to poll, in the kernel's form (struct pollfd). */
export interface PollSet {
  /** Number of entries. */
  readonly count: number;
  /**
   * Entry `i` is `[2i]` = descriptor and `[2i + 1]` = events, with the outcome in the high half.
   */
  readonly words: Int32Array<ArrayBuffer>;
}

/** Descriptor, file name and socket calls; `directory` is a descriptor of mode `directory`. */
export interface SystemCalls {
  /** Opens a path; returns a descriptor that is closed on exec. */
  open(path: string, mode: OpenMode): number;
  /** Opens a name in a directory. */
  openAt(directory: number, name: string, mode: OpenMode): number;
  /** Properties of a name in a directory; symbolic links are not followed. */
  statusAt(directory: number, name: string): FileStatus | number;
  /** Properties of an open file. */
  status(descriptor: number): FileStatus | number;
  /** Makes a directory. */
  makeDirectoryAt(directory: number, name: string): number;
  /** Removes a file. */
  removeAt(directory: number, name: string): number;
  /** Removes an empty directory. */
  removeDirectoryAt(directory: number, name: string): number;
  /** Renames a file, and replaces one that has the new name. */
  renameAt(fromDirectory: number, from: string, toDirectory: number, to: string): number;
  /** Names in a directory, without `.` and `..`. */
  list(directory: number): string[] | number;

  /** Reads into the bytes; returns the number, 0 at the end. */
  read(descriptor: number, bytes: Uint8Array): number;
  /** Reads into the bytes from an offset on; does not use the descriptor's position. */
  readAt(descriptor: number, bytes: Uint8Array, offset: number): number;
  /** Sets the descriptor's position, and returns it. */
  seek(descriptor: number, offset: number): number;
  /** Writes as many of the bytes as there is room for; returns the number. */
  write(descriptor: number, bytes: Uint8Array): number;
  /**
   * Moves up to `count` bytes between a pipe and a file or pipe; does not block on the pipe.
   *
   * @param offset where reading begins; the position of `from` unless given
   */
  splice(from: number, to: number, count: number, offset?: number): number;
  /** Closes a descriptor. */
  close(descriptor: number): number;
  /** Makes reads and writes fail with `EAGAIN` instead of blocking. */
  setNonBlocking(descriptor: number): number;
  /** The access mode of a descriptor. */
  access(descriptor: number): "read" | "write" | "both" | number;
  /** Capacity of a pipe in bytes; an error if it is not a pipe. */
  pipeSize(descriptor: number): number;
  /** Changes a pipe's capacity; returns the new one. */
  setPipeSize(descriptor: number, bytes: number): number;
  /** Creates a pipe; both ends are closed on exec. */
  pipe(): { readonly read: number; readonly write: number } | number;

  /** Creates an AF_UNIX stream socket. */
  socket(options: { blocking: boolean }): number;
  /** Binds to a path of at most 107 bytes; the socket file has mode 0600. */
  bind(socket: number, path: string): number;
  /** Starts to accept connections. */
  listen(socket: number): number;
  /** Connects to a socket. */
  connect(socket: number, path: string): number;
  /** Stops receiving: further data from the peer fails there; data sent before can be read. */
  shutDownReading(socket: number): number;
  /** Accepts a connection; the new socket does not block. */
  accept(socket: number): number;
  /** Reads bytes and at most one descriptor that is sent with them (SCM_RIGHTS). */
  receive(socket: number, bytes: Uint8Array): Received;
  /** Writes bytes together with a descriptor (SCM_RIGHTS). */
  send(socket: number, bytes: Uint8Array, descriptor: number): number;

  /**
   * Waits until an event occurs or `milliseconds` pass; returns the number of entries with events.
   */
  poll(set: PollSet, milliseconds: number): number;
  /**
   * As {@link SystemCalls.poll}, without blocking the thread. Negative if it failed; the error
   * number is unknown, because the call ran on another thread.
   */
  pollLater(set: PollSet, milliseconds: number): Promise<number>;

  /**
   * Returns a descriptor that becomes readable when a process has ended (pidfd_open, Linux 5.3).
   */
  watchProcess(pid: number): number;
  /** Closes a descriptor in programs that this process starts. */
  closeOnExec(descriptor: number): number;
  /** Makes `to` another name of the descriptor `from`. */
  duplicate(from: number, to: number): number;
  /** Leaves the terminal's session. */
  newSession(): number;
  /** An error number in words, without a capital letter. */
  describe(errno: number): string;
}

/** The error for a failed call: `files.img: permission denied`. */
export function systemError(system: SystemCalls, result: number, what: string): CritError {
  return new CritError("file", `${what}: ${system.describe(-result)}`);
}

/**
 * Returns a successful result.
 *
 * @throws {CritError} `file` if the call failed
 */
export function check(system: SystemCalls, result: number, what: string): number {
  if (result < 0) throw systemError(system, result, what);
  return result;
}

/**
 * Writes all of the bytes to a file.
 *
 * @throws {CritError} `file` if the call fails
 */
export function writeFully(
  system: SystemCalls,
  descriptor: number,
  bytes: Uint8Array,
  what: string,
): void {
  const writeSync = (rest: Uint8Array) => {
    const written = system.write(descriptor, rest);
    return written === -Errno.interrupted ? 0 : check(system, written, what);
  };
  writeAll({ writeSync }, bytes);
}

/**
 * Reads from an offset on until the buffer is full or the file ends; returns the number of bytes.
 */
export function readFully(
  system: SystemCalls,
  descriptor: number,
  offset: number,
  into: Uint8Array,
  what: string,
): number {
  let filled = 0;
  while (filled < into.length) {
    const count = system.readAt(descriptor, into.subarray(filled), offset + filled);
    if (count === -Errno.interrupted) continue;
    if (check(system, count, what) === 0) break;
    filled += count;
  }
  return filled;
}
