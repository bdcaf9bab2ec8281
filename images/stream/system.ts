/**
 * The system calls that streaming stands on, as an interface: the protocol and the poll loop take
 * it as a parameter and know nothing of the runtime underneath.
 *
 * Every call answers as the kernel does: a result, or an error number with its sign turned
 * (`-11` for `EAGAIN`). Numbers are those of Linux's generic ABI (`include/uapi/asm-generic/`),
 * which x86-64 and aarch64 share unless a comment says otherwise.
 *
 * @module
 */

import { writeAll } from "../bytes/io.ts";
import { CritError } from "../errors.ts";

/** Error numbers that streaming tells apart (asm-generic/errno-base.h, asm-generic/errno.h). */
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
  /** Read only; never waits, whatever kind of file it is. */
  | "read"
  /** Written from its beginning; must not exist. */
  | "create"
  /** Read and written by its owner only; must not exist. */
  | "scratch"
  /** Written at its end; made if it does not exist. */
  | "append"
  /** The same, but not if it is a symbolic link. */
  | "append-unlinked"
  /** A directory, as the place that names are looked up in. */
  | "directory";

/** What a file is (struct statx, include/uapi/linux/stat.h). */
export interface FileStatus {
  /** Its type; `other` for symbolic links, devices and FIFOs. */
  readonly kind: "file" | "directory" | "socket" | "other";
  /** Size in bytes. */
  readonly size: number;
  /** Device and inode number: the same pair is the same file. */
  readonly identity: string;
}

/** What `receive` got. */
export interface Received {
  /** Bytes read (0 at the end of the stream), or a negative error number. */
  readonly count: number;
  /** The descriptor that came along; undefined when there was none. */
  readonly descriptor?: number;
  /** Whether descriptors came that found no room; the kernel has closed them. */
  readonly truncated: boolean;
}

/** Descriptors to wait for, in the kernel's own form (struct pollfd). */
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
  /** Opens a path; a descriptor, closed on exec. */
  open(path: string, mode: OpenMode): number;
  /** Opens a name in a directory. */
  openAt(directory: number, name: string, mode: OpenMode): number;
  /** What a name in a directory is; symbolic links are not followed. */
  statusAt(directory: number, name: string): FileStatus | number;
  /** What an open file is. */
  status(descriptor: number): FileStatus | number;
  /** Makes a directory. */
  makeDirectoryAt(directory: number, name: string): number;
  /** Removes a file. */
  removeAt(directory: number, name: string): number;
  /** Removes an empty directory. */
  removeDirectoryAt(directory: number, name: string): number;
  /** Renames a file, in place of one that has the new name. */
  renameAt(fromDirectory: number, from: string, toDirectory: number, to: string): number;
  /** Names in a directory, without `.` and `..`. */
  list(directory: number): string[] | number;

  /** Reads into the bytes; gives how many, 0 at the end. */
  read(descriptor: number, bytes: Uint8Array): number;
  /** Reads into the bytes from an offset on, wherever the descriptor's position is. */
  readAt(descriptor: number, bytes: Uint8Array, offset: number): number;
  /** Moves the descriptor's position to an offset; gives it. */
  seek(descriptor: number, offset: number): number;
  /** Writes as many of the bytes as there is room for; gives how many. */
  write(descriptor: number, bytes: Uint8Array): number;
  /**
   * Moves up to `count` bytes between a pipe and a file or pipe, without waiting for the pipe.
   *
   * @param offset where reading begins; the position of `from` unless given
   */
  splice(from: number, to: number, count: number, offset?: number): number;
  /** Closes a descriptor. */
  close(descriptor: number): number;
  /** Makes reads and writes fail with `EAGAIN` where they would wait. */
  setNonBlocking(descriptor: number): number;
  /** What the holder of a descriptor may do with it. */
  access(descriptor: number): "read" | "write" | "both" | number;
  /** Capacity of a pipe in bytes; an error when it is no pipe. */
  pipeSize(descriptor: number): number;
  /** Changes a pipe's capacity; gives the new one. */
  setPipeSize(descriptor: number, bytes: number): number;
  /** A pipe's read and write end, both closed on exec. */
  pipe(): { readonly read: number; readonly write: number } | number;

  /** A new AF_UNIX stream socket. */
  socket(options: { blocking: boolean }): number;
  /** Binds to a path of at most 107 bytes; the socket file is for its owner only (mode 0600). */
  bind(socket: number, path: string): number;
  /** Begins to take connections. */
  listen(socket: number): number;
  /** Connects to a socket. */
  connect(socket: number, path: string): number;
  /** Takes no more: what the other side sends from now on fails there; what it sent can be read. */
  shutDownReading(socket: number): number;
  /** Accepts a connection; the new socket does not block. */
  accept(socket: number): number;
  /** Reads bytes and, with them, at most one descriptor (SCM_RIGHTS). */
  receive(socket: number, bytes: Uint8Array): Received;
  /** Writes bytes and, with them, a descriptor (SCM_RIGHTS). */
  send(socket: number, bytes: Uint8Array, descriptor: number): number;

  /** Waits until something happens or `milliseconds` pass; gives how many entries have news. */
  poll(set: PollSet, milliseconds: number): number;
  /**
   * The same without holding up the thread. Negative when it failed: the error number is not
   * known, because the call ran on another thread.
   */
  pollLater(set: PollSet, milliseconds: number): Promise<number>;

  /** A descriptor that can be read once a process has ended (pidfd_open, Linux 5.3). */
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

/** The error that a failed call amounts to: `files.img: permission denied`. */
export function systemError(system: SystemCalls, result: number, what: string): CritError {
  return new CritError("file", `${what}: ${system.describe(-result)}`);
}

/** Passes a good result on. @throws {CritError} `file` when the call failed */
export function check(system: SystemCalls, result: number, what: string): number {
  if (result < 0) throw systemError(system, result, what);
  return result;
}

/** Writes all of the bytes to a file. @throws {CritError} `file` when it cannot */
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

/** Reads from an offset on until the bytes are full or the file ends; gives how many came. */
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
