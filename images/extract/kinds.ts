/** Kinds of items that can be extracted. @module */

/** A kind of item. */
export type ItemKind =
  | "ghost"
  | "memfd"
  | "shared"
  | "tmpfs"
  | "pipe"
  | "fifo"
  | "socket"
  | "tcp"
  | "tty"
  | "program"
  | "memory";

/** A phrase for each kind of item. */
export const KINDS: Readonly<Record<ItemKind, string>> = {
  ghost: "files that were deleted while they were open",
  memfd: "memfds, mapped or not",
  shared: "shared memory: anonymous, System V",
  tmpfs: "files of tmpfs mounts, including `/dev/shm`",
  pipe: "data in pipes",
  fifo: "data in FIFOs",
  socket: "data queued on sockets, one file per packet",
  tcp: "queues of TCP connections",
  tty: "data queued on terminals",
  program: "mapped files, with the pages that the dump has",
  memory: "private memory areas",
};
