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
  tmpfs: "files of tmpfs mounts, `/dev/shm` among them",
  pipe: "what was in pipes",
  fifo: "what was in FIFOs",
  socket: "what was queued on sockets, each packet apart",
  tcp: "queues of TCP connections",
  tty: "what was queued on terminals",
  program: "mapped files, as far as the dump has pages of them",
  memory: "private memory areas",
};
