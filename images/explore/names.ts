/**
 * The names of the views. Data only, so that the command line can name them without loading them.
 *
 * @module
 */

/** What each view shows, as a phrase, in the order in which help lists them. */
export const VIEW_SUMMARIES = {
  ps: "tasks: process, group and session ids, names",
  fds: "open descriptors, working and root directory",
  files: "open and mapped files with the tasks that use them",
  mems: "memory areas",
  rss: "dumped pages and the memory areas that contain them",
  threads: "threads: name, state, owner, scheduling",
  sk: "sockets: family, state, addresses, queues, owners",
  net: "network namespaces: interfaces, addresses, routes, rules, firewall, connections, sysctls",
  mounts: "mounts of each mount namespace",
  ns: "namespaces, the tasks in each, their images",
  locks: "file locks",
  env: "environment, read from memory",
  limits: "resource limits",
  signals: "signals ignored, caught, blocked and pending",
  timers: "interval timers, POSIX timers, timerfds",
  creds: "users, groups, capabilities, secure bits, LSM, seccomp",
  cpu: "processor and its features; xstate, rseq and shadow stacks of threads",
  rootfs: "changes of a container to its root file system",
} as const;

/** The word that asks for a view. */
export type ViewName = keyof typeof VIEW_SUMMARIES;
