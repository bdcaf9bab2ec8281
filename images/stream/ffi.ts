/**
 * The implementation of {@link SystemCalls} with the C library, the only user of Deno's foreign
 * functions. Loading this module needs no permission; {@link loadSystemCalls} needs `--allow-ffi`.
 *
 * Calls that return at once, or block on purpose, are synchronous, and `errno` is read immediately
 * after them. They run on the caller's thread, whose `errno` has a fixed address. The engine can
 * interfere between the two, though rarely, so an error counts only if it occurs twice. An
 * asynchronous call runs on a thread of a pool, so its `errno` is lost. Only `poll` is called this
 * way, and a failure only means that the caller should call again.
 *
 * Structures are those of 64-bit little-endian Linux. They are the same on x86-64 and aarch64, and
 * in both C libraries, apart from padding that only musl declares.
 *
 * @module
 */

import { encodeText } from "../bytes/utf8.ts";
import { CritError } from "../errors.ts";
import { symbols } from "./ffi_symbols.ts";
import {
  Errno,
  type FileStatus,
  type OpenMode,
  type PollSet,
  type Received,
  type SystemCalls,
} from "./system.ts";

type Library = Deno.DynamicLibrary<typeof symbols>;

const AT_FDCWD = -100;
/** unlinkat: the name is a directory. */
const AT_REMOVEDIR = 0x200;
const AT_SYMLINK_NOFOLLOW = 0x100;
/** statx: use the descriptor, with an empty name. */
const AT_EMPTY_PATH = 0x1000;

const O_WRONLY = 0o1;
const O_RDWR = 0o2;
const O_CREAT = 0o100;
const O_EXCL = 0o200;
const O_NOCTTY = 0o400;
const O_APPEND = 0o2000;
const O_NONBLOCK = 0o4000;
/** These flags differ between the two machines (arch/arm64/include/uapi/asm/fcntl.h). */
const O_DIRECTORY = Deno.build.arch === "aarch64" ? 0o40000 : 0o200000;
const O_NOFOLLOW = Deno.build.arch === "aarch64" ? 0o100000 : 0o400000;
const O_CLOEXEC = 0o2000000;
const O_ACCMODE = 0o3;

const OPEN_FLAGS: Readonly<Record<OpenMode, number>> = {
  read: O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
  create: O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
  scratch: O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC,
  append: O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC,
  "append-unlinked": O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW,
  directory: O_DIRECTORY | O_CLOEXEC,
};

/** lseek: from the file's beginning (include/uapi/linux/fs.h). */
const SEEK_SET = 0;

/** fcntl commands (include/uapi/linux/fcntl.h). */
const F_SETFD = 2,
  FD_CLOEXEC = 1,
  F_GETFL = 3,
  F_SETFL = 4,
  F_SETPIPE_SZ = 1031,
  F_GETPIPE_SZ = 1032;

/** splice (include/linux/splice.h): move pages if possible; do not block on the pipe. */
const SPLICE_F_MOVE = 1, SPLICE_F_NONBLOCK = 2;

/** Sockets (include/linux/socket.h, include/linux/net.h). */
const AF_UNIX = 1, SOCK_STREAM = 1, SOL_SOCKET = 1, SCM_RIGHTS = 1;
const SOCK_NONBLOCK = O_NONBLOCK, SOCK_CLOEXEC = O_CLOEXEC;
const MSG_CTRUNC = 0x8, MSG_NOSIGNAL = 0x4000, MSG_CMSG_CLOEXEC = 0x40000000;

/** shutdown: for receiving (include/linux/socket.h). */
const SHUT_RD = 0;

/** Number of pidfd_open on all machines; glibc before 2.36 has no function for it. */
const SYS_PIDFD_OPEN = 434n;

/** Longest path of a socket address, without its zero byte (struct sockaddr_un). */
export const SUN_PATH_MAX = 107;

/** File names of the C library, in order: glibc, musl. */
function libraryNames(): string[] {
  const { arch, os } = Deno.build;
  if (os !== "linux" || (arch !== "x86_64" && arch !== "aarch64")) {
    throw new CritError("unsupported", `streaming works on Linux on x86-64 and aarch64 only`);
  }
  return ["libc.so.6", `libc.musl-${arch}.so.1`];
}

/**
 * Opens the C library.
 *
 * @throws {CritError} `unsupported` if there is no suitable one
 * @throws {Deno.errors.NotCapable} without `--allow-ffi`
 */
export function loadSystemCalls(): SystemCalls {
  const problems: string[] = [];
  for (const name of libraryNames()) {
    try {
      return new LibraryCalls(Deno.dlopen(name, symbols));
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) throw error;
      problems.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new CritError("unsupported", `no C library to call: ${problems.join("; ")}`);
}

/** Frequent errors that are no failures; they count at once. */
const USUAL: ReadonlySet<number> = new Set([Errno.again, Errno.interrupted]);

class LibraryCalls implements SystemCalls {
  readonly #c: Library["symbols"];
  readonly #errno: Deno.UnsafePointerView;
  readonly #message = new SingleMessage();

  constructor(library: Library) {
    this.#c = library.symbols;
    this.#errno = new Deno.UnsafePointerView(this.#c.__errno_location()!);
  }

  /**
   * Returns the result of a synchronous call in the kernel's form. A failed call has done nothing
   * and can be repeated: an error counts if it occurs twice, because the engine's own work rarely
   * changes `errno` before it is read.
   */
  #result(call: () => number | bigint): number {
    let last = 0;
    for (;;) {
      const result = Number(call());
      if (result >= 0) return result;
      const error = this.#errno.getInt32();
      if (error === last || USUAL.has(error)) return -error;
      last = error;
    }
  }

  open(path: string, mode: OpenMode): number {
    return this.openAt(AT_FDCWD, path, mode);
  }

  openAt(directory: number, name: string, mode: OpenMode): number {
    const permissions = mode === "scratch" ? 0o600 : 0o666;
    return this.#result(() =>
      this.#c.openat(directory, cString(name), OPEN_FLAGS[mode], permissions)
    );
  }

  statusAt(directory: number, name: string): FileStatus | number {
    return this.#statx(directory, name, AT_SYMLINK_NOFOLLOW);
  }

  status(descriptor: number): FileStatus | number {
    return this.#statx(descriptor, "", AT_EMPTY_PATH);
  }

  /**
   * struct statx (include/uapi/linux/stat.h), 256 bytes: u16 mode at 28, u64 inode at 32, u64 size
   * at 40, u32 device at 136 and 140.
   */
  #statx(directory: number, name: string, flags: number): FileStatus | number {
    const basicStats = 0x7ff;
    const status = new Uint8Array(256);
    const result = this.#result(
      () => this.#c.statx(directory, cString(name), flags, basicStats, status),
    );
    if (result < 0) return result;
    const view = new DataView(status.buffer);
    const device = `${view.getUint32(136, true)}:${view.getUint32(140, true)}`;
    return {
      kind: FILE_KINDS[view.getUint16(28, true) & 0o170000] ?? "other",
      size: Number(view.getBigUint64(40, true)),
      identity: `${device}:${view.getBigUint64(32, true)}`,
    };
  }

  makeDirectoryAt(directory: number, name: string): number {
    return this.#result(() => this.#c.mkdirat(directory, cString(name), 0o777));
  }

  removeAt(directory: number, name: string): number {
    return this.#result(() => this.#c.unlinkat(directory, cString(name), 0));
  }

  removeDirectoryAt(directory: number, name: string): number {
    return this.#result(() => this.#c.unlinkat(directory, cString(name), AT_REMOVEDIR));
  }

  renameAt(fromDirectory: number, from: string, toDirectory: number, to: string): number {
    return this.#result(
      () => this.#c.renameat(fromDirectory, cString(from), toDirectory, cString(to)),
    );
  }

  /** struct dirent (glibc and musl, 64-bit): the name is a C string at byte 19. */
  list(directory: number): string[] | number {
    // fdopendir takes over its descriptor, and closedir closes it: pass a duplicate.
    const own = this.openAt(directory, ".", "directory");
    if (own < 0) return own;
    let stream: Deno.PointerValue = null;
    const opened = this.#result(() => (stream = this.#c.fdopendir(own)) === null ? -1 : 0);
    if (opened < 0) {
      this.close(own);
      return opened;
    }
    const names: string[] = [];
    for (let at = this.#c.readdir(stream); at !== null; at = this.#c.readdir(stream)) {
      names.push(new Deno.UnsafePointerView(at).getCString(19));
    }
    this.#c.closedir(stream);
    return names.filter((name) => name !== "." && name !== "..");
  }

  read(descriptor: number, bytes: Uint8Array): number {
    return this.#result(() => this.#c.read(descriptor, plain(bytes), BigInt(bytes.length)));
  }

  readAt(descriptor: number, bytes: Uint8Array, offset: number): number {
    return this.#result(
      () => this.#c.pread(descriptor, plain(bytes), BigInt(bytes.length), BigInt(offset)),
    );
  }

  seek(descriptor: number, offset: number): number {
    return this.#result(() => this.#c.lseek(descriptor, BigInt(offset), SEEK_SET));
  }

  write(descriptor: number, bytes: Uint8Array): number {
    return this.#result(() => this.#c.write(descriptor, plain(bytes), BigInt(bytes.length)));
  }

  splice(from: number, to: number, count: number, offset?: number): number {
    const flags = SPLICE_F_MOVE | SPLICE_F_NONBLOCK;
    const at = new BigInt64Array(1);
    return this.#result(() => {
      // The call advances the offset.
      at[0] = BigInt(offset ?? 0);
      const begin = offset === undefined ? null : new Uint8Array(at.buffer);
      return this.#c.splice(from, begin, to, null, BigInt(count), flags);
    });
  }

  close(descriptor: number): number {
    return this.#result(() => this.#c.close(descriptor));
  }

  setNonBlocking(descriptor: number): number {
    const flags = this.#result(() => this.#c.fcntl(descriptor, F_GETFL, 0));
    return flags < 0
      ? flags
      : this.#result(() => this.#c.fcntl(descriptor, F_SETFL, flags | O_NONBLOCK));
  }

  access(descriptor: number): "read" | "write" | "both" | number {
    const flags = this.#result(() => this.#c.fcntl(descriptor, F_GETFL, 0));
    return flags < 0 ? flags : (["read", "write", "both"] as const)[flags & O_ACCMODE] ?? -22;
  }

  pipeSize(descriptor: number): number {
    return this.#result(() => this.#c.fcntl(descriptor, F_GETPIPE_SZ, 0));
  }

  setPipeSize(descriptor: number, bytes: number): number {
    return this.#result(() => this.#c.fcntl(descriptor, F_SETPIPE_SZ, bytes));
  }

  pipe(): { read: number; write: number } | number {
    const ends = new Int32Array(2);
    const result = this.#result(() => this.#c.pipe2(new Uint8Array(ends.buffer), O_CLOEXEC));
    return result < 0 ? result : { read: ends[0]!, write: ends[1]! };
  }

  socket({ blocking }: { blocking: boolean }): number {
    const flags = SOCK_CLOEXEC | (blocking ? 0 : SOCK_NONBLOCK);
    return this.#result(() => this.#c.socket(AF_UNIX, SOCK_STREAM | flags, 0));
  }

  bind(socket: number, path: string): number {
    const address = socketAddress(path);
    // The socket file takes its mode from the socket (net/unix/af_unix.c, unix_bind_bsd), so it
    // never has a wider one, which chmod after bind would allow for a moment.
    const changed = this.#result(() => this.#c.fchmod(socket, 0o600));
    return changed < 0
      ? changed
      : this.#result(() => this.#c.bind(socket, address, address.length));
  }

  listen(socket: number): number {
    return this.#result(() => this.#c.listen(socket, 1));
  }

  shutDownReading(socket: number): number {
    return this.#result(() => this.#c.shutdown(socket, SHUT_RD));
  }

  connect(socket: number, path: string): number {
    const address = socketAddress(path);
    return this.#result(() => this.#c.connect(socket, address, address.length));
  }

  accept(socket: number): number {
    return this.#result(() => this.#c.accept4(socket, null, null, SOCK_CLOEXEC | SOCK_NONBLOCK));
  }

  receive(socket: number, bytes: Uint8Array): Received {
    const message = this.#message;
    message.prepare(bytes, undefined);
    const count = this.#result(() => this.#c.recvmsg(socket, message.header, MSG_CMSG_CLOEXEC));
    if (count < 0) return { count, truncated: false };
    return { count, descriptor: message.descriptor, truncated: message.truncated };
  }

  send(socket: number, bytes: Uint8Array, descriptor: number): number {
    this.#message.prepare(bytes, descriptor);
    return this.#result(() => this.#c.sendmsg(socket, this.#message.header, MSG_NOSIGNAL));
  }

  poll(set: PollSet, milliseconds: number): number {
    return this.#result(() => this.#c.poll(pollBytes(set), BigInt(set.count), milliseconds));
  }

  pollLater(set: PollSet, milliseconds: number): Promise<number> {
    return this.#c.pollLater(pollBytes(set), BigInt(set.count), milliseconds);
  }

  watchProcess(pid: number): number {
    return this.#result(() => this.#c.syscall(SYS_PIDFD_OPEN, BigInt(pid), 0n));
  }

  closeOnExec(descriptor: number): number {
    return this.#result(() => this.#c.fcntl(descriptor, F_SETFD, FD_CLOEXEC));
  }

  duplicate(from: number, to: number): number {
    return this.#result(() => this.#c.dup2(from, to));
  }

  newSession(): number {
    return this.#result(() => this.#c.setsid());
  }

  describe(errno: number): string {
    const text = this.#c.strerror(errno);
    const words = text === null ? `error ${errno}` : Deno.UnsafePointerView.getCString(text);
    return words.slice(0, 1).toLowerCase() + words.slice(1);
  }
}

/** File types of `st_mode` (include/uapi/linux/stat.h). */
const FILE_KINDS: Readonly<Record<number, FileStatus["kind"]>> = {
  0o100000: "file",
  0o040000: "directory",
  0o140000: "socket",
};

/**
 * A message with one buffer and at most one descriptor, for `sendmsg` and `recvmsg`.
 *
 * - struct msghdr, 56 bytes (include/linux/socket.h, user_msghdr): 0 name, 8 u32 length of the
 *   name, 16 pointer to the iovec, 24 number of iovecs, 32 pointer to the control data, 40 its
 *   length, 48 i32 flags
 * - struct iovec, 16 bytes: 0 pointer, 8 length
 * - struct cmsghdr, 16 bytes: 0 length with the data, 8 i32 level, 12 i32 type; then the
 *   descriptor as i32. The length is not padded to 8 bytes, which would leave room for a
 *   second descriptor: the kernel closes descriptors that do not fit.
 */
class SingleMessage {
  readonly header = new Uint8Array(56);
  readonly #headerView = new DataView(this.header.buffer);
  readonly #iovec = new DataView(new ArrayBuffer(16));
  readonly #control = new DataView(new ArrayBuffer(24));
  static readonly #controlLength = 20n;

  prepare(bytes: Uint8Array, descriptor: number | undefined): void {
    const [header, iovec, control] = [this.#headerView, this.#iovec, this.#control];
    iovec.setBigUint64(0, addressOf(bytes), true);
    iovec.setBigUint64(8, BigInt(bytes.length), true);
    header.setBigUint64(16, addressOf(iovec), true);
    header.setBigUint64(24, 1n, true);
    header.setBigUint64(32, addressOf(control), true);
    header.setBigUint64(40, SingleMessage.#controlLength, true);
    header.setInt32(48, 0, true);
    control.setBigUint64(0, descriptor === undefined ? 0n : SingleMessage.#controlLength, true);
    control.setInt32(8, SOL_SOCKET, true);
    control.setInt32(12, SCM_RIGHTS, true);
    control.setInt32(16, descriptor ?? -1, true);
  }

  /** The descriptor that a received message carried. */
  get descriptor(): number | undefined {
    const control = this.#control;
    const came = this.#headerView.getBigUint64(40, true) >= SingleMessage.#controlLength &&
      control.getBigUint64(0, true) >= SingleMessage.#controlLength &&
      control.getInt32(8, true) === SOL_SOCKET && control.getInt32(12, true) === SCM_RIGHTS;
    return came ? control.getInt32(16, true) : undefined;
  }

  get truncated(): boolean {
    return (this.#headerView.getInt32(48, true) & MSG_CTRUNC) !== 0;
  }
}

function addressOf(view: Uint8Array | DataView): bigint {
  return BigInt(Deno.UnsafePointer.value(Deno.UnsafePointer.of(view as BufferSource)));
}

/**
 * Casts bytes to the type that Deno's foreign functions take; crit's bytes are never shared memory.
 */
function plain(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes as Uint8Array<ArrayBuffer>;
}

function pollBytes(set: PollSet): Uint8Array<ArrayBuffer> {
  return new Uint8Array(set.words.buffer);
}

function cString(text: string): Uint8Array<ArrayBuffer> {
  const bytes = encodeText(text);
  if (bytes.includes(0)) throw new CritError("usage", "a file name holds a zero byte");
  const ended = new Uint8Array(bytes.length + 1);
  ended.set(bytes);
  return ended;
}

/** struct sockaddr_un (include/uapi/linux/un.h): 0 u16 family, 2 path with its zero byte. */
function socketAddress(path: string): Uint8Array<ArrayBuffer> {
  const name = cString(path);
  if (name.length > SUN_PATH_MAX + 1) {
    throw new CritError("file", `${path}: a socket's path has at most ${SUN_PATH_MAX} bytes`);
  }
  const address = new Uint8Array(2 + name.length);
  new DataView(address.buffer).setUint16(0, AF_UNIX, true);
  address.set(name, 2);
  return address;
}
