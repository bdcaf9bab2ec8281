/**
 * Numbers of open files, locks and mounts.
 *
 * @module
 */

import { CRIT, type NumberTable, numberTable } from "./names.ts";

/** Flags of open(2) (include/uapi/asm-generic/fcntl.h). */
export const OPEN_FLAGS: NumberTable = numberTable("", () => [
  [0o1, "O_WRONLY", CRIT],
  [0o2, "O_RDWR", CRIT],
  [0o100, "O_CREAT", CRIT],
  [0o200, "O_EXCL", CRIT],
  [0o400, "O_NOCTTY", CRIT],
  [0o1000, "O_TRUNC", CRIT],
  [0o2000, "O_APPEND", CRIT],
  [0o4000, "O_NONBLOCK", CRIT],
  [0o10000, "O_DSYNC", CRIT],
  [0o20000, "FASYNC", CRIT],
  [0o40000, "O_DIRECT", CRIT],
  [0o100000, "O_LARGEFILE", CRIT],
  [0o200000, "O_DIRECTORY", CRIT],
  [0o400000, "O_NOFOLLOW", CRIT],
  [0o1000000, "O_NOATIME", CRIT],
  [0o2000000, "O_CLOEXEC", CRIT],
  [0o10000000, "O_PATH"],
]);

/** Seals of a memfd (include/uapi/linux/fcntl.h). */
export const SEALS: NumberTable = numberTable("", () => [
  [0x1, "F_SEAL_SEAL", CRIT],
  [0x2, "F_SEAL_SHRINK", CRIT],
  [0x4, "F_SEAL_GROW", CRIT],
  [0x8, "F_SEAL_WRITE", CRIT],
  [0x10, "F_SEAL_FUTURE_WRITE", CRIT],
  [0x20, "F_SEAL_EXEC"],
]);

/** Kinds of locks (CRIU: criu/include/file-lock.h). */
export const LOCK_KINDS: NumberTable = numberTable("FL_", () => [
  [1, "POSIX"],
  [2, "FLOCK"],
  [4, "OFD"],
  [8, "LEASE"],
]);

/** What a lock allows (include/uapi/asm-generic/fcntl.h), apart from LOCK_MAND's bits. */
export const LOCK_TYPES: NumberTable = numberTable("", () => [
  [0, "READ"],
  [1, "WRITE"],
  [2, "UNLOCK"],
]);

/** File systems by CRIU's number (proto/mnt.proto, enum fstype). */
export const FILE_SYSTEMS: NumberTable = numberTable("", () => [
  [0, "other"],
  [1, "proc"],
  [2, "sysfs"],
  [3, "devtmpfs"],
  [4, "binfmt_misc"],
  [5, "tmpfs"],
  [6, "devpts"],
  [7, "simfs"],
  [8, "pstore"],
  [9, "securityfs"],
  [10, "fusectl"],
  [11, "debugfs"],
  [12, "cgroup"],
  [13, "aufs"],
  [14, "mqueue"],
  [15, "fuse"],
  [17, "overlay"],
  [18, "autofs"],
  [19, "tracefs"],
  [23, "cgroup2"],
]);

/** Bits of mount(2)'s flags with the names of mount(8) (include/uapi/linux/mount.h, MS_*). */
export const MOUNT_FLAGS: NumberTable = numberTable("", () => [
  [1, "ro"],
  [2, "nosuid"],
  [4, "nodev"],
  [8, "noexec"],
  [16, "sync"],
  [64, "mand"],
  [128, "dirsync"],
  [256, "nosymfollow"],
  [1024, "noatime"],
  [2048, "nodiratime"],
  [1 << 21, "relatime"],
  [1 << 24, "strictatime"],
  [1 << 25, "lazytime"],
]);

/** Mount flags by name; `rw` where `ro` is not set. */
export function mountFlags(flags: number): string[] {
  const names = MOUNT_FLAGS.rows.filter(([bit]) => (flags & bit) !== 0).map(([, name]) => name);
  return names[0] === "ro" ? names : ["rw", ...names];
}
