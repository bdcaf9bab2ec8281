/** Kinds of what can be extracted from a dump. @module */

/** A kind of what can be extracted. */
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

/** Kinds of what can be extracted, with a phrase each. */
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
  program: "mapped files whose pages are in the dump",
  memory: "private memory areas",
};
