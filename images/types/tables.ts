/**
 * Named bits and values for display hints.
 *
 * @module
 */

/** A table of named bits or values, in the order in which they are matched. */
export type NameTable = ReadonlyArray<readonly [name: string, value: number]>;

/** Bits by name, in the order in which they are matched. */
export const flagTables: Readonly<Record<string, NameTable>> = {
  /** PROT_* of the kernel's include/uapi/asm-generic/mman-common.h. */
  "mmap.prot": [["PROT_READ", 0x1], ["PROT_WRITE", 0x2], ["PROT_EXEC", 0x4]],
  /** MAP_* of the kernel's include/uapi/asm-generic/mman-common.h and linux/mman.h. */
  "mmap.flags": [
    ["MAP_SHARED", 0x1],
    ["MAP_PRIVATE", 0x2],
    ["MAP_DROPPABLE", 0x8],
    ["MAP_ANON", 0x20],
    ["MAP_GROWSDOWN", 0x100],
  ],
  /** What kind of area a VMA is: CRIU's criu/include/image.h. */
  "mmap.status": [
    ["VMA_AREA_REGULAR", 2 ** 0],
    ["VMA_AREA_STACK", 2 ** 1],
    ["VMA_AREA_VSYSCALL", 2 ** 2],
    ["VMA_AREA_VDSO", 2 ** 3],
    ["VMA_AREA_HEAP", 2 ** 5],
    ["VMA_FILE_PRIVATE", 2 ** 6],
    ["VMA_FILE_SHARED", 2 ** 7],
    ["VMA_ANON_SHARED", 2 ** 8],
    ["VMA_ANON_PRIVATE", 2 ** 9],
    ["VMA_AREA_SYSVIPC", 2 ** 10],
    ["VMA_AREA_SOCKET", 2 ** 11],
    ["VMA_AREA_VVAR", 2 ** 12],
    ["VMA_AREA_AIORING", 2 ** 13],
    ["VMA_AREA_MEMFD", 2 ** 14],
    ["VMA_AREA_SHSTK", 2 ** 15],
    ["VMA_AREA_UPROBES", 2 ** 17],
    ["VMA_UNSUPP", 2 ** 31],
  ],
  /** O_* of the kernel's include/uapi/asm-generic/fcntl.h. */
  "rfile.flags": [
    ["O_WRONLY", 0o1],
    ["O_RDWR", 0o2],
    ["O_CREAT", 0o100],
    ["O_EXCL", 0o200],
    ["O_NOCTTY", 0o400],
    ["O_TRUNC", 0o1000],
    ["O_APPEND", 0o2000],
    ["O_NONBLOCK", 0o4000],
    ["O_DSYNC", 0o10000],
    ["FASYNC", 0o20000],
    ["O_DIRECT", 0o40000],
    ["O_LARGEFILE", 0o100000],
    ["O_DIRECTORY", 0o200000],
    ["O_NOFOLLOW", 0o400000],
    ["O_NOATIME", 0o1000000],
    ["O_CLOEXEC", 0o2000000],
  ],
  /** F_SEAL_* of the kernel's include/uapi/linux/fcntl.h. */
  "seals.flags": [
    ["F_SEAL_SEAL", 0x1],
    ["F_SEAL_SHRINK", 0x2],
    ["F_SEAL_GROW", 0x4],
    ["F_SEAL_WRITE", 0x8],
    ["F_SEAL_FUTURE_WRITE", 0x10],
  ],
  /** PE_* of CRIU's criu/include/pagemap.h. */
  "pmap.flags": [["PE_PARENT", 0x1], ["PE_LAZY", 0x2], ["PE_PRESENT", 0x4]],
};

/** Values by name. */
export const dictTables: Readonly<Record<string, NameTable>> = {
  /**
   * The names that CRIU's own tool prints. Its 3 and 6 are swapped against CRIU's numbers
   * (criu/include/proc_parse.h), and 2, a dead task, has no name; JSON keeps them all the same.
   */
  "gen.task_state": [["Alive", 1], ["Zombie", 3], ["Stopped", 6]],
  /** AF_* of the kernel's include/linux/socket.h. */
  "sk.family": [["UNIX", 1], ["INET", 2], ["INET6", 10], ["NETLINK", 16], ["PACKET", 17]],
  /** SOCK_* of the kernel's include/linux/net.h. */
  "sk.type": [["STREAM", 1], ["DGRAM", 2], ["RAW", 3], ["SEQPACKET", 5], ["PACKET", 10]],
  /** TCP states of the kernel's include/net/tcp_states.h. */
  "sk.state": [
    ["ESTABLISHED", 1],
    ["SYN_SENT", 2],
    ["SYN_RECV", 3],
    ["FIN_WAIT1", 4],
    ["FIN_WAIT2", 5],
    ["TIME_WAIT", 6],
    ["CLOSE", 7],
    ["CLOSE_WAIT", 8],
    ["LAST_ACK", 9],
    ["LISTEN", 10],
  ],
  /** IPPROTO_* of the kernel's include/uapi/linux/in.h. */
  "sk.proto": [["IP", 0], ["TCP", 6], ["UDP", 17], ["UDPLITE", 136]],
};
