/**
 * Names of the kernel's numbers.
 *
 * @module
 */

import type { CoreEntryMarch } from "../../proto/types.ts";

/** Names by number; a list counts from 0. */
type Names = Readonly<Record<number, string>>;

/** Signals 1 to 31 (include/uapi/asm-generic/signal.h; x86, arm and powerpc are the same). */
const SIGNALS: Names =
  ("0 HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD " +
    "CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS").split(" ");

/** Signals 1 to 31 of MIPS (arch/mips/include/uapi/asm/signal.h). */
const MIPS_SIGNALS: Names =
  ("0 HUP INT QUIT ILL TRAP ABRT EMT FPE KILL BUS SEGV SYS PIPE ALRM TERM USR1 USR2 CHLD " +
    "PWR WINCH URG IO STOP TSTP CONT TTIN TTOU VTALRM PROF XCPU XFSZ").split(" ");

/** The C library's first real-time signal; it keeps the two before for itself. */
const SIGRTMIN = 34;

/** Name of a signal without `SIG`: `USR1`, `RTMIN+3`. */
export function signalName(signal: number, machine: CoreEntryMarch | undefined): string {
  const name = (machine === "MIPS" ? MIPS_SIGNALS : SIGNALS)[signal];
  if (name !== undefined) return name;
  if (signal < SIGRTMIN) return `${signal}`;
  return signal === SIGRTMIN ? "RTMIN" : `RTMIN+${signal - SIGRTMIN}`;
}

/** Names of the signals of a set: bit N-1 is signal N; `extended` has 65 to 128. */
export function signalNames(
  set: bigint,
  machine: CoreEntryMarch | undefined,
  extended = 0n,
): string[] {
  const names: string[] = [];
  const all = set | extended << 64n;
  for (let signal = 1; all >> BigInt(signal - 1) !== 0n; signal++) {
    if ((all >> BigInt(signal - 1) & 1n) !== 0n) names.push(signalName(signal, machine));
  }
  return names;
}

/** Resources with limits (include/uapi/asm-generic/resource.h), with their units. */
const RESOURCES: ReadonlyArray<readonly [name: string, unit: string]> = [
  ["CPU", "s"],
  ["FSIZE", "B"],
  ["DATA", "B"],
  ["STACK", "B"],
  ["CORE", "B"],
  ["RSS", "B"],
  ["NPROC", ""],
  ["NOFILE", ""],
  ["MEMLOCK", "B"],
  ["AS", "B"],
  ["LOCKS", ""],
  ["SIGPENDING", ""],
  ["MSGQUEUE", "B"],
  ["NICE", ""],
  ["RTPRIO", ""],
  ["RTTIME", "us"],
];

/** Resources 5 to 9 of MIPS (arch/mips/include/uapi/asm/resource.h), as the numbers of others. */
const MIPS_RESOURCES: Names = { 5: "7", 6: "9", 7: "5", 8: "6", 9: "8" };

/** Name and unit of the resource with this number. */
export function resourceOf(
  number: number,
  machine: CoreEntryMarch | undefined,
): readonly [name: string, unit: string] {
  const usual = machine === "MIPS" ? Number(MIPS_RESOURCES[number] ?? number) : number;
  return RESOURCES[usual] ?? [`${number}`, ""];
}

/** Clocks (include/uapi/linux/time.h). */
export const CLOCKS: Names = {
  0: "REALTIME",
  1: "MONOTONIC",
  2: "PROCESS_CPUTIME",
  3: "THREAD_CPUTIME",
  4: "MONOTONIC_RAW",
  5: "REALTIME_COARSE",
  6: "MONOTONIC_COARSE",
  7: "BOOTTIME",
  8: "REALTIME_ALARM",
  9: "BOOTTIME_ALARM",
  11: "TAI",
};

/** Scheduling policies (include/uapi/linux/sched.h). */
export const POLICIES: Names = {
  0: "OTHER",
  1: "FIFO",
  2: "RR",
  3: "BATCH",
  5: "IDLE",
  6: "DEADLINE",
  7: "EXT",
};

/** Socket families (include/linux/socket.h). */
export const FAMILIES: Names = { 1: "UNIX", 2: "INET", 10: "INET6", 16: "NETLINK", 17: "PACKET" };

/** Socket types (include/linux/net.h). */
export const SOCKET_TYPES: Names = {
  1: "STREAM",
  2: "DGRAM",
  3: "RAW",
  5: "SEQPACKET",
  10: "PACKET",
};

/** Socket states (include/net/tcp_states.h). */
export const SOCKET_STATES: Names = {
  1: "ESTABLISHED",
  2: "SYN_SENT",
  3: "SYN_RECV",
  4: "FIN_WAIT1",
  5: "FIN_WAIT2",
  6: "TIME_WAIT",
  7: "CLOSE",
  8: "CLOSE_WAIT",
  9: "LAST_ACK",
  10: "LISTEN",
  11: "CLOSING",
  12: "NEW_SYN_RECV",
};

/** IP protocols (include/uapi/linux/in.h). */
export const PROTOCOLS: Names = {
  0: "IP",
  1: "ICMP",
  6: "TCP",
  17: "UDP",
  58: "ICMPV6",
  132: "SCTP",
  136: "UDPLITE",
  255: "RAW",
  262: "MPTCP",
};

/** Netlink protocols (include/uapi/linux/netlink.h). */
export const NETLINK_PROTOCOLS: Names = {
  0: "ROUTE",
  2: "USERSOCK",
  3: "FIREWALL",
  4: "SOCK_DIAG",
  5: "NFLOG",
  6: "XFRM",
  7: "SELINUX",
  8: "ISCSI",
  9: "AUDIT",
  10: "FIB_LOOKUP",
  11: "CONNECTOR",
  12: "NETFILTER",
  14: "DNRTMSG",
  15: "KOBJECT_UEVENT",
  16: "GENERIC",
  18: "SCSITRANSPORT",
  19: "ECRYPTFS",
  20: "RDMA",
  21: "CRYPTO",
  22: "SMC",
};

/** File systems by CRIU's number (proto/mnt.proto, enum fstype). */
export const FILE_SYSTEMS: Names = {
  0: "other",
  1: "proc",
  2: "sysfs",
  3: "devtmpfs",
  4: "binfmt_misc",
  5: "tmpfs",
  6: "devpts",
  7: "simfs",
  8: "pstore",
  9: "securityfs",
  10: "fusectl",
  11: "debugfs",
  12: "cgroup",
  13: "aufs",
  14: "mqueue",
  15: "fuse",
  17: "overlay",
  18: "autofs",
  19: "tracefs",
  23: "cgroup2",
};

/** Bits of mount(2)'s flags with the names of mount(8) (include/uapi/linux/mount.h, MS_*). */
const MOUNT_FLAGS: ReadonlyArray<readonly [bit: number, name: string]> = [
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
];

/** Mount flags by name; `rw` where `ro` is not set. */
export function mountFlags(flags: number): string[] {
  const names = MOUNT_FLAGS.filter(([bit]) => (flags & bit) !== 0).map(([, name]) => name);
  return names[0] === "ro" ? names : ["rw", ...names];
}

/** A number's name, or the number. */
export function nameIn(names: Names, number: number): string {
  return names[number] ?? `${number}`;
}
