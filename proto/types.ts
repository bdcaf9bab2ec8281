/**
 * Entries in the object form, as TypeScript sees them. Made by `deno task gen`: do not edit.
 *
 * @module
 */

/**
 * Mode of seccomp(2). Since CRIU 1.7.
 * A number is a value that the schema does not know.
 */
export type SeccompMode = "disabled" | "strict" | "filter" | number;

/**
 * Architecture of the registers.
 * A number is a value that the schema does not know.
 * - `ARM`: Since CRIU 0.4.
 * - `AARCH64`: Since CRIU 1.3.
 * - `PPC64`: Since CRIU 1.6.
 * - `S390`: Since CRIU 3.4.
 * - `MIPS`: Since CRIU 3.15.
 * - `LOONGARCH64`: Since CRIU 3.19.
 * - `RISCV64`: Since CRIU 4.1.
 */
export type CoreEntryMarch =
  | "UNKNOWN"
  | "X86_64"
  | "ARM"
  | "AARCH64"
  | "PPC64"
  | "S390"
  | "MIPS"
  | "LOONGARCH64"
  | "RISCV64"
  | number;

/**
 * Whether a thread runs in 64-bit mode (NATIVE) or 32-bit mode (COMPAT). Since CRIU 3.0.
 * A number is a value that the schema does not know.
 */
export type UserX86RegsMode = "NATIVE" | "COMPAT" | number;

/**
 * `cpuinfo_x86_entry.vendor`.
 * A number is a value that the schema does not know.
 */
export type CpuinfoX86EntryVendor = "UNKNOWN" | "INTEL" | "AMD" | number;

/**
 * `cpuinfo_ppc64_entry.endianness`.
 * A number is a value that the schema does not know.
 */
export type CpuinfoPpc64EntryEndianness = "BIGENDIAN" | "LITTLEENDIAN" | number;

/**
 * Kind of a file.
 * A number is a value that the schema does not know.
 * - `UND`: Undefined.
 * - `FANOTIFY`: Since CRIU 0.4.
 * - `NETLINKSK`: Since CRIU 0.5.
 * - `NS`: Since CRIU 0.6.
 * - `TUNF`: Since CRIU 0.7; named TUN up to 1.3.1.
 * - `EXT`: Since CRIU 1.1.
 * - `TIMERFD`: Since CRIU 1.3.
 * - `MEMFD`: Since CRIU 3.14.
 * - `BPFMAP`: Since CRIU 3.15.
 * - `PIDFD`: Since CRIU 4.1.
 * - `CTL_TTY`: CRIU's own, never in an image: a controlling terminal. Since CRIU 3.8.
 * - `AUTOFS_PIPE`: CRIU's own, never in an image: an autofs mount's pipe. Since CRIU 3.8.
 */
export type FdTypes =
  | "UND"
  | "REG"
  | "PIPE"
  | "FIFO"
  | "INETSK"
  | "UNIXSK"
  | "EVENTFD"
  | "EVENTPOLL"
  | "INOTIFY"
  | "SIGNALFD"
  | "PACKETSK"
  | "TTY"
  | "FANOTIFY"
  | "NETLINKSK"
  | "NS"
  | "TUNF"
  | "EXT"
  | "TIMERFD"
  | "MEMFD"
  | "BPFMAP"
  | "PIDFD"
  | "CTL_TTY"
  | "AUTOFS_PIPE"
  | number;

/**
 * What a fanotify mark is on. Since CRIU 0.4.
 * A number is a value that the schema does not know.
 */
export type MarkType = "INODE" | "MOUNT" | number;

/**
 * Sizes of file handles.
 * A number is a value that the schema does not know.
 * - `min_entries`: Words that every handle has, though fewer may count.
 */
export type FhEntrySizes = "min_entries" | number;

/**
 * How a deleted file comes back. Since CRIU 1.4.
 * A number is a value that the schema does not know.
 * - `LINKED`: By another name: a link that CRIU made.
 * - `GHOST`: From ghost-file-%x.img.
 * - `PROCFS`: A file below /proc/PID of a process that has ended.
 */
export type RemapType = "LINKED" | "GHOST" | "PROCFS" | number;

/**
 * Linux security module in use. Since CRIU 1.6.
 * A number is a value that the schema does not know.
 */
export type Lsmtype = "NO_LSM" | "SELINUX" | "APPARMOR" | number;

/**
 * File systems that CRIU treats each in its own way. Since CRIU 0.5.
 * A number is a value that the schema does not know.
 * - `UNSUPPORTED`: Any other.
 * - `PSTORE`: Since CRIU 1.3.
 * - `SECURITYFS`: Since CRIU 1.3.
 * - `FUSECTL`: Since CRIU 1.3.
 * - `DEBUGFS`: Since CRIU 1.3.
 * - `CGROUP`: Since CRIU 1.3.
 * - `AUFS`: Since CRIU 1.3.
 * - `MQUEUE`: Since CRIU 1.4.
 * - `FUSE`: Since CRIU 1.6.
 * - `AUTO`: Any that CRIU was told to allow (--enable-fs): fsname tells which. Since CRIU 1.6.
 * - `OVERLAYFS`: Since CRIU 1.7.
 * - `AUTOFS`: Since CRIU 2.4.
 * - `TRACEFS`: Since CRIU 2.3.
 * - `CGROUP2`: Since CRIU 3.14.
 */
export type Fstype =
  | "UNSUPPORTED"
  | "PROC"
  | "SYSFS"
  | "DEVTMPFS"
  | "BINFMT_MISC"
  | "TMPFS"
  | "DEVPTS"
  | "SIMFS"
  | "PSTORE"
  | "SECURITYFS"
  | "FUSECTL"
  | "DEBUGFS"
  | "CGROUP"
  | "AUFS"
  | "MQUEUE"
  | "FUSE"
  | "AUTO"
  | "OVERLAYFS"
  | "AUTOFS"
  | "TRACEFS"
  | "CGROUP2"
  | number;

/**
 * Kind of a network device.
 * A number is a value that the schema does not know.
 * - `TUN`: Since CRIU 0.7.
 * - `EXTLINK`: One that comes from outside the container. Since CRIU 0.8.
 * - `VENET`: Of OpenVZ. Since CRIU 1.7.2.
 * - `BRIDGE`: Since CRIU 1.8.
 * - `MACVLAN`: Since CRIU 2.8.
 * - `SIT`: Since CRIU 3.6.
 */
export type NdType =
  | "LOOPBACK"
  | "VETH"
  | "TUN"
  | "EXTLINK"
  | "VENET"
  | "BRIDGE"
  | "MACVLAN"
  | "SIT"
  | number;

/**
 * Which field of sysctl_entry counts. Since CRIU 2.3.
 * A number is a value that the schema does not know.
 * - `CTL_STR`: sarg.
 * - `CTL_32`: iarg.
 */
export type SysctlType = "CTL_STR" | "CTL_32" | number;

/**
 * Which directions of a socket are shut down. Since CRIU 0.3.
 * A number is a value that the schema does not know.
 */
export type SkShutdown = "NONE" | "READ" | "WRITE" | "BOTH" | number;

/**
 * Kind of a terminal.
 * A number is a value that the schema does not know.
 * - `CONSOLE`: Since CRIU 1.4.
 * - `VT`: A virtual terminal. Since CRIU 1.5.
 * - `CTTY`: The task's controlling terminal, opened as /dev/tty. Since CRIU 1.6.
 * - `EXT_TTY`: One that comes from outside the container. Since CRIU 2.0.
 * - `SERIAL`: Since CRIU 2.2.
 */
export type TtyType = "UNKNOWN" | "PTY" | "CONSOLE" | "VT" | "CTTY" | "EXT_TTY" | "SERIAL" | number;

/** A profile that CRIU loads again before the restore. Since CRIU 3.16. */
export interface AaPolicy {
  /** `string` */
  name: string;
  /** The compiled profile, as the kernel's apparmorfs gives it in raw_data. */
  blob: Uint8Array;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** A policy namespace with those below it. Since CRIU 3.16. */
export interface AaNamespace {
  /** `string` */
  name: string;
  /** `aa_policy` */
  policies?: Array<AaPolicy>;
  /** `aa_namespace` */
  namespaces?: Array<AaNamespace>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** The one entry of apparmor.img. Since CRIU 3.16. */
export interface ApparmorEntry {
  /** `aa_namespace` */
  namespaces?: Array<AaNamespace>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** A descriptor's file that is a BPF map: in files.img. Since CRIU 3.15. */
export interface BpfmapFileEntry {
  /** File id; several files may be one map. */
  id: number;
  /** Flags as in open(2). */
  flags: number;
  /** `uint64` */
  pos: bigint;
  /** `fown_entry` */
  fown: FownEntry;
  /** BPF_MAP_TYPE_*. */
  map_type: number;
  /** In bytes. */
  key_size: number;
  /** In bytes. */
  value_size: number;
  /** The map's id in the kernel at the time of the dump: joins the file with its data. */
  map_id: number;
  /** `uint32` */
  max_entries: number;
  /** BPF_F_* given at creation. */
  map_flags: number;
  /** Locked memory that the map is charged for, in bytes. */
  memlock: bigint;
  /** Whether user space may no longer change it. */
  frozen: boolean;
  /** `string` */
  map_name: string;
  /** Network device that the map is offloaded to; 0: none. */
  ifindex: number;
  /** `sint32` */
  mnt_id?: number;
  /**
   * Argument that only some map types have, such as a Bloom filter's number of hashes.
   * Since CRIU 3.17.
   */
  map_extra?: bigint;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/**
 * Contents of a map, in bpfmap-data.img: all keys follow the payload, then all values.
 * Since CRIU 3.15.
 */
export interface BpfmapDataEntry {
  /** `uint32` */
  map_id: number;
  /** Length of the keys after the payload. */
  keys_bytes: number;
  /** Length of the values after the keys. */
  values_bytes: number;
  /** Number of elements. */
  count: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Owner and permissions of a cgroup's directory or file. Since CRIU 2.0. */
export interface CgroupPerms {
  /** `uint32` */
  mode: number;
  /** `uint32` */
  uid: number;
  /** `uint32` */
  gid: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** A cgroup's setting. Since CRIU 1.3. */
export interface CgroupPropEntry {
  /** Name of the file, such as memory.limit_in_bytes. */
  name: string;
  /** Contents of the file. */
  value: string;
  /** Since CRIU 2.0. */
  perms?: CgroupPerms;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** A cgroup with those below it. Since CRIU 1.3. */
export interface CgroupDirEntry {
  /** Path from the parent's directory; from the hierarchy's root for the outermost. */
  dir_name: string;
  /** `cgroup_dir_entry` */
  children?: Array<CgroupDirEntry>;
  /** `cgroup_prop_entry` */
  properties?: Array<CgroupPropEntry>;
  /** Since CRIU 2.0. */
  dir_perms?: CgroupPerms;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** A cgroup hierarchy. Since CRIU 1.3. */
export interface CgControllerEntry {
  /**
   * Controllers that are mounted together, such as cpu and cpuacct; name=... for a named one
   * without controllers.
   */
  cnames?: Array<string>;
  /** `cgroup_dir_entry` */
  dirs?: Array<CgroupDirEntry>;
  /** Whether it is a threaded tree of cgroup v2. Since CRIU 3.18. */
  is_threaded?: boolean;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Where members of a set are in one hierarchy. Since CRIU 1.3. */
export interface CgMemberEntry {
  /** Controllers, joined by commas; empty for cgroup v2. */
  name: string;
  /** `string` */
  path: string;
  /** Length in bytes of the part of path that lies outside the cgroup namespace. Since CRIU 2.0. */
  cgns_prefix?: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** A combination of cgroups, one in each hierarchy, that some threads were in. Since CRIU 1.3. */
export interface CgSetEntry {
  /** What core's cg_set and inventory's root_cg_set refer to. */
  id: number;
  /** `cg_member_entry` */
  ctls?: Array<CgMemberEntry>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** The one entry of cgroup.img. Since CRIU 1.3. */
export interface CgroupEntry {
  /** `cg_set_entry` */
  sets?: Array<CgSetEntry>;
  /** `cg_controller_entry` */
  controllers?: Array<CgControllerEntry>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/**
 * A resource limit. In core-%u.img; before CRIU 1.3 rlimit-%u.img had one entry a resource.
 * Since CRIU 0.4.
 */
export interface RlimitEntry {
  /** Soft limit; 2^64-1: unlimited. */
  cur: bigint;
  /** Hard limit; 2^64-1: unlimited. */
  max: bigint;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** A task's resource limits. Since CRIU 1.3. */
export interface TaskRlimitsEntry {
  /** By the number of the resource: RLIMIT_CPU (0), RLIMIT_FSIZE (1), ... */
  rlimits?: Array<RlimitEntry>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** What a task's threads have in common. */
export interface TaskCoreEntry {
  /** 1 alive, 2 dead, 3 stopped, 6 zombie. */
  task_state: number;
  /** Status as wait(2) gives it, of a task that has ended. */
  exit_code: number;
  /** Execution domain as personality(2) gives it. */
  personality: number;
  /** The kernel's PF_* flags, from /proc/PID/stat. */
  flags: number;
  /** Blocked signals: bit N-1 is signal N. */
  blk_sigset: bigint;
  /** Name, at most 15 bytes. */
  comm: string;
  /** Since CRIU 1.3. */
  timers?: TaskTimersEntry;
  /** Since CRIU 1.3. */
  rlimits?: TaskRlimitsEntry;
  /** Set in cgroup.img. Since CRIU 1.3; since 3.18 each thread has its own. */
  cg_set?: number;
  /** Signals pending for the task as a whole. Since CRIU 1.3. */
  signals_s?: SignalQueueEntry;
  /** Since CRIU 1.7, named seccomp_mode up to CRIU 3.9; since then each thread has its own. */
  old_seccomp_mode?: SeccompMode;
  /** Since CRIU 1.8, named seccomp_filter up to CRIU 3.9; since then each thread has its own. */
  old_seccomp_filter?: number;
  /** Login user for the audit system; 2^32-1: not set. Since CRIU 2.0. */
  loginuid?: number;
  /** -1000 (never killed when memory runs out) to 1000. Since CRIU 2.0. */
  oom_score_adj?: number;
  /** Of signals 1 to 64 without SIGKILL and SIGSTOP, in this order. Since CRIU 3.1. */
  sigactions?: Array<SaEntry>;
  /**
   * Whether orphaned descendants become its children: PR_SET_CHILD_SUBREAPER of prctl(2).
   * Since CRIU 3.13.
   */
  child_subreaper?: boolean;
  /** Blocked signals 65 to 128, which only MIPS has. Since CRIU 3.15. */
  blk_sigset_extended?: bigint;
  /** Signal that stopped the task. Since CRIU 3.18. */
  stop_signo?: number;
  /** MEMBARRIER_CMD_REGISTER_* that membarrier(2) was called with. Since CRIU 3.19. */
  membarrier_registration_mask?: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/**
 * Which kernel objects a task shares with others: equal ids are one object. The entry of
 * ids-%u.img.
 */
export interface TaskKobjIdsEntry {
  /** Memory. */
  vm_id: number;
  /** Table of file descriptors: fdinfo-%u.img. */
  files_id: number;
  /** Root, working directory and umask. */
  fs_id: number;
  /** Signal actions. */
  sighand_id: number;
  /** Of a namespace: the number in the names of its images. Since CRIU 0.4. */
  pid_ns_id?: number;
  /** Since CRIU 0.4. */
  net_ns_id?: number;
  /** Since CRIU 0.4. */
  ipc_ns_id?: number;
  /** Since CRIU 0.4. */
  uts_ns_id?: number;
  /** Since CRIU 0.4. */
  mnt_ns_id?: number;
  /** Since CRIU 1.4. */
  user_ns_id?: number;
  /** Since CRIU 2.0. */
  cgroup_ns_id?: number;
  /** Since CRIU 3.14. */
  time_ns_id?: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Alternate signal stack: sigaltstack(2). Since CRIU 0.7. */
export interface ThreadSasEntry {
  /** `uint64` */
  ss_sp: bigint;
  /** In bytes. */
  ss_size: bigint;
  /** SS_*. */
  ss_flags: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Restartable sequences: rseq(2). Since CRIU 3.17. */
export interface RseqEntry {
  /** Address of the thread's struct rseq. */
  rseq_abi_pointer: bigint;
  /** Its size in bytes. */
  rseq_abi_size: number;
  /** `uint32` */
  signature: number;
  /** Address of the critical section that the thread was in. */
  rseq_cs_pointer?: bigint;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** What a thread has for itself on any architecture. */
export interface ThreadCoreEntry {
  /** Address of the list of robust futexes: get_robust_list(2). */
  futex_rla: bigint;
  /** Size of its head in bytes. */
  futex_rla_len: number;
  /** -20 to 19. Since CRIU 0.3. */
  sched_nice?: number;
  /** SCHED_*. Since CRIU 0.3. */
  sched_policy?: number;
  /** Static priority for the real-time policies. Since CRIU 0.3. */
  sched_prio?: number;
  /** Blocked signals: bit N-1 is signal N. Since CRIU 0.3. */
  blk_sigset?: bigint;
  /** Since CRIU 0.7. */
  sas?: ThreadSasEntry;
  /** Signal to get when the parent dies: PR_SET_PDEATHSIG of prctl(2). Since CRIU 1.3. */
  pdeath_sig?: number;
  /** Signals pending for this thread. Since CRIU 1.3. */
  signals_p?: SignalQueueEntry;
  /** Since CRIU 2.0; before in creds-%u.img. */
  creds?: CredsEntry;
  /** Since CRIU 3.10. */
  seccomp_mode?: SeccompMode;
  /** Index of the last filter in seccomp.img. Since CRIU 3.10. */
  seccomp_filter?: number;
  /** Name, at most 15 bytes. Since CRIU 3.11. */
  comm?: string;
  /** Blocked signals 65 to 128, which only MIPS has. Since CRIU 3.15. */
  blk_sigset_extended?: bigint;
  /** Since CRIU 3.17. */
  rseq_entry?: RseqEntry;
  /** Set in cgroup.img. Since CRIU 3.18; before, task_core_entry had it. */
  cg_set?: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** The one entry of core-%u.img, whose number is the thread's id. */
export interface CoreEntry {
  /** Tells which of thread_info and ti_* there is. */
  mtype: CoreEntryMarch;
  /** On x86, 32 and 64 bits. */
  thread_info?: ThreadInfoX86;
  /** In the main thread's image only. */
  tc?: TaskCoreEntry;
  /** As in ids-%u.img, where CRIU has them since 0.4. */
  ids?: TaskKobjIdsEntry;
  /** `thread_core_entry` */
  thread_core?: ThreadCoreEntry;
  /** Since CRIU 0.4. */
  ti_arm?: ThreadInfoArm;
  /** Since CRIU 1.3. */
  ti_aarch64?: ThreadInfoAarch64;
  /** Since CRIU 1.6. */
  ti_ppc64?: ThreadInfoPpc64;
  /** Since CRIU 3.4. */
  ti_s390?: ThreadInfoS390;
  /** Since CRIU 3.15. */
  ti_mips?: ThreadInfoMips;
  /** Since CRIU 3.19. */
  ti_loongarch64?: ThreadInfoLoongarch64;
  /** Since CRIU 4.1. */
  ti_riscv64?: ThreadInfoRiscv64;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** General registers. Since CRIU 1.3. */
export interface UserAarch64RegsEntry {
  /** x0 to x30. */
  regs?: Array<bigint>;
  /** `uint64` */
  sp: bigint;
  /** `uint64` */
  pc: bigint;
  /** `uint64` */
  pstate: bigint;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Floating-point and SIMD registers. Since CRIU 1.3. */
export interface UserAarch64FpsimdContextEntry {
  /** v0 to v31, the low 64 bits before the high. */
  vregs?: Array<bigint>;
  /** `uint32` */
  fpsr: number;
  /** `uint32` */
  fpcr: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Keys for pointer authentication of code (I) and data (D) addresses. Since CRIU 4.1. */
export interface PacAddressKeys {
  /** `uint64` */
  apiakey_lo: bigint;
  /** `uint64` */
  apiakey_hi: bigint;
  /** `uint64` */
  apibkey_lo: bigint;
  /** `uint64` */
  apibkey_hi: bigint;
  /** `uint64` */
  apdakey_lo: bigint;
  /** `uint64` */
  apdakey_hi: bigint;
  /** `uint64` */
  apdbkey_lo: bigint;
  /** `uint64` */
  apdbkey_hi: bigint;
  /** PR_PAC_*KEY bits of the keys in use. */
  pac_enabled_key: bigint;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Key for authentication of any data. Since CRIU 4.1. */
export interface PacGenericKeys {
  /** `uint64` */
  apgakey_lo: bigint;
  /** `uint64` */
  apgakey_hi: bigint;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** All keys of pointer authentication. Since CRIU 4.1. */
export interface PacKeys {
  /** `pac_address_keys` */
  pac_address_keys?: PacAddressKeys;
  /** `pac_generic_keys` */
  pac_generic_keys?: PacGenericKeys;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** A thread on 64-bit ARM. Since CRIU 1.3. */
export interface ThreadInfoAarch64 {
  /** Address that set_tid_address(2) was given. */
  clear_tid_addr: bigint;
  /** TPIDR_EL0. */
  tls: bigint;
  /** `user_aarch64_regs_entry` */
  gpregs: UserAarch64RegsEntry;
  /** `user_aarch64_fpsimd_context_entry` */
  fpsimd: UserAarch64FpsimdContextEntry;
  /** Since CRIU 4.1. */
  pac_keys?: PacKeys;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** General registers. Since CRIU 0.4. */
export interface UserArmRegsEntry {
  /** `uint32` */
  r0: number;
  /** `uint32` */
  r1: number;
  /** `uint32` */
  r2: number;
  /** `uint32` */
  r3: number;
  /** `uint32` */
  r4: number;
  /** `uint32` */
  r5: number;
  /** `uint32` */
  r6: number;
  /** `uint32` */
  r7: number;
  /** `uint32` */
  r8: number;
  /** `uint32` */
  r9: number;
  /** `uint32` */
  r10: number;
  /** `uint32` */
  fp: number;
  /** `uint32` */
  ip: number;
  /** `uint32` */
  sp: number;
  /** `uint32` */
  lr: number;
  /** `uint32` */
  pc: number;
  /** `uint32` */
  cpsr: number;
  /** `uint32` */
  orig_r0: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Floating-point registers. Since CRIU 0.4. */
export interface UserArmVfpstateEntry {
  /** d0 to d31. */
  vfp_regs?: Array<bigint>;
  /** `uint32` */
  fpscr: number;
  /** `uint32` */
  fpexc: number;
  /** `uint32` */
  fpinst: number;
  /** `uint32` */
  fpinst2: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** A thread on 32-bit ARM. Since CRIU 0.4. */
export interface ThreadInfoArm {
  /** Address that set_tid_address(2) was given. */
  clear_tid_addr: bigint;
  /** Thread pointer. */
  tls: number;
  /** `user_arm_regs_entry` */
  gpregs: UserArmRegsEntry;
  /** `user_arm_vfpstate_entry` */
  fpstate: UserArmVfpstateEntry;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** General registers. Since CRIU 3.19. */
export interface UserLoongarch64GpregsEntry {
  /** r0 to r31. */
  regs?: Array<bigint>;
  /** `uint64` */
  pc: bigint;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Floating-point registers. Since CRIU 3.19. */
export interface UserLoongarch64FpregsEntry {
  /** f0 to f31. */
  regs?: Array<bigint>;
  /** Condition flags, a byte each. */
  fcc: bigint;
  /** `uint32` */
  fcsr: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** A thread on LoongArch. Since CRIU 3.19. */
export interface ThreadInfoLoongarch64 {
  /** Address that set_tid_address(2) was given. */
  clear_tid_addr: bigint;
  /** Thread pointer. */
  tls: bigint;
  /** `user_loongarch64_gpregs_entry` */
  gpregs: UserLoongarch64GpregsEntry;
  /** `user_loongarch64_fpregs_entry` */
  fpregs: UserLoongarch64FpregsEntry;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** General registers. Since CRIU 3.15. */
export interface UserMipsRegsEntry {
  /** `uint64` */
  r0: bigint;
  /** `uint64` */
  r1: bigint;
  /** `uint64` */
  r2: bigint;
  /** `uint64` */
  r3: bigint;
  /** `uint64` */
  r4: bigint;
  /** `uint64` */
  r5: bigint;
  /** `uint64` */
  r6: bigint;
  /** `uint64` */
  r7: bigint;
  /** `uint64` */
  r8: bigint;
  /** `uint64` */
  r9: bigint;
  /** `uint64` */
  r10: bigint;
  /** `uint64` */
  r11: bigint;
  /** `uint64` */
  r12: bigint;
  /** `uint64` */
  r13: bigint;
  /** `uint64` */
  r14: bigint;
  /** `uint64` */
  r15: bigint;
  /** `uint64` */
  r16: bigint;
  /** `uint64` */
  r17: bigint;
  /** `uint64` */
  r18: bigint;
  /** `uint64` */
  r19: bigint;
  /** `uint64` */
  r20: bigint;
  /** `uint64` */
  r21: bigint;
  /** `uint64` */
  r22: bigint;
  /** `uint64` */
  r23: bigint;
  /** `uint64` */
  r24: bigint;
  /** `uint64` */
  r25: bigint;
  /** `uint64` */
  r26: bigint;
  /** `uint64` */
  r27: bigint;
  /** `uint64` */
  r28: bigint;
  /** `uint64` */
  r29: bigint;
  /** `uint64` */
  r30: bigint;
  /** `uint64` */
  r31: bigint;
  /** `uint64` */
  lo: bigint;
  /** `uint64` */
  hi: bigint;
  /** `uint64` */
  cp0_epc: bigint;
  /** `uint64` */
  cp0_badvaddr: bigint;
  /** `uint64` */
  cp0_status: bigint;
  /** `uint64` */
  cp0_cause: bigint;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Floating-point registers: f0 to f31 as r0 to r31. Since CRIU 3.15. */
export interface UserMipsFpregsEntry {
  /** `uint64` */
  r0: bigint;
  /** `uint64` */
  r1: bigint;
  /** `uint64` */
  r2: bigint;
  /** `uint64` */
  r3: bigint;
  /** `uint64` */
  r4: bigint;
  /** `uint64` */
  r5: bigint;
  /** `uint64` */
  r6: bigint;
  /** `uint64` */
  r7: bigint;
  /** `uint64` */
  r8: bigint;
  /** `uint64` */
  r9: bigint;
  /** `uint64` */
  r10: bigint;
  /** `uint64` */
  r11: bigint;
  /** `uint64` */
  r12: bigint;
  /** `uint64` */
  r13: bigint;
  /** `uint64` */
  r14: bigint;
  /** `uint64` */
  r15: bigint;
  /** `uint64` */
  r16: bigint;
  /** `uint64` */
  r17: bigint;
  /** `uint64` */
  r18: bigint;
  /** `uint64` */
  r19: bigint;
  /** `uint64` */
  r20: bigint;
  /** `uint64` */
  r21: bigint;
  /** `uint64` */
  r22: bigint;
  /** `uint64` */
  r23: bigint;
  /** `uint64` */
  r24: bigint;
  /** `uint64` */
  r25: bigint;
  /** `uint64` */
  r26: bigint;
  /** `uint64` */
  r27: bigint;
  /** `uint64` */
  r28: bigint;
  /** `uint64` */
  r29: bigint;
  /** `uint64` */
  r30: bigint;
  /** `uint64` */
  r31: bigint;
  /** `uint64` */
  lo: bigint;
  /** `uint64` */
  hi: bigint;
  /** `uint32` */
  fpu_fcr31: number;
  /** `uint32` */
  fpu_id: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** A thread on MIPS. Since CRIU 3.15. */
export interface ThreadInfoMips {
  /** Address that set_tid_address(2) was given. */
  clear_tid_addr: bigint;
  /** Thread pointer. */
  tls: bigint;
  /** `user_mips_regs_entry` */
  gpregs: UserMipsRegsEntry;
  /** `user_mips_fpregs_entry` */
  fpregs: UserMipsFpregsEntry;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** General registers. Since CRIU 1.6. */
export interface UserPpc64RegsEntry {
  /** r0 to r31. */
  gpr?: Array<bigint>;
  /** Address of the next instruction. */
  nip: bigint;
  /** `uint64` */
  msr: bigint;
  /** r3 when the system call began. */
  orig_gpr3: bigint;
  /** `uint64` */
  ctr: bigint;
  /** `uint64` */
  link: bigint;
  /** `uint64` */
  xer: bigint;
  /** `uint64` */
  ccr: bigint;
  /** `uint64` */
  trap: bigint;
  /** Transactional memory: exception and summary. Since CRIU 2.6. */
  texasr?: bigint;
  /** Transactional memory: address where failure goes on. Since CRIU 2.6. */
  tfhar?: bigint;
  /** Transactional memory: address of the failure. Since CRIU 2.6. */
  tfiar?: bigint;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Floating-point registers. Since CRIU 1.6. */
export interface UserPpc64FpstateEntry {
  /** f0 to f31, then FPSCR. */
  fpregs?: Array<bigint>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Vector (AltiVec) registers. Since CRIU 1.7. */
export interface UserPpc64VrstateEntry {
  /** v0 to v31, then VSCR, two words each. */
  vrregs?: Array<bigint>;
  /** `uint32` */
  vrsave: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Vector-scalar registers, as far as they are no floating-point registers. Since CRIU 1.7. */
export interface UserPpc64VsxstateEntry {
  /** Second 64 bits of vs0 to vs31. */
  vsxregs?: Array<bigint>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Registers as they were before a transaction that was under way. Since CRIU 2.6. */
export interface UserPpc64TmRegsEntry {
  /** `user_ppc64_regs_entry` */
  gpregs: UserPpc64RegsEntry;
  /** `user_ppc64_fpstate_entry` */
  fpstate?: UserPpc64FpstateEntry;
  /** `user_ppc64_vrstate_entry` */
  vrstate?: UserPpc64VrstateEntry;
  /** `user_ppc64_vsxstate_entry` */
  vsxstate?: UserPpc64VsxstateEntry;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** A thread on 64-bit POWER. Since CRIU 1.6. */
export interface ThreadInfoPpc64 {
  /** Address that set_tid_address(2) was given. */
  clear_tid_addr: bigint;
  /** `user_ppc64_regs_entry` */
  gpregs: UserPpc64RegsEntry;
  /** `user_ppc64_fpstate_entry` */
  fpstate?: UserPpc64FpstateEntry;
  /** Since CRIU 1.7. */
  vrstate?: UserPpc64VrstateEntry;
  /** Since CRIU 1.7. */
  vsxstate?: UserPpc64VsxstateEntry;
  /** There only when a transaction was under way. Since CRIU 2.6. */
  tmstate?: UserPpc64TmRegsEntry;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** General registers. Since CRIU 4.1. */
export interface UserRiscv64RegsEntry {
  /** `uint64` */
  pc: bigint;
  /** `uint64` */
  ra: bigint;
  /** `uint64` */
  sp: bigint;
  /** `uint64` */
  gp: bigint;
  /** `uint64` */
  tp: bigint;
  /** `uint64` */
  t0: bigint;
  /** `uint64` */
  t1: bigint;
  /** `uint64` */
  t2: bigint;
  /** `uint64` */
  s0: bigint;
  /** `uint64` */
  s1: bigint;
  /** `uint64` */
  a0: bigint;
  /** `uint64` */
  a1: bigint;
  /** `uint64` */
  a2: bigint;
  /** `uint64` */
  a3: bigint;
  /** `uint64` */
  a4: bigint;
  /** `uint64` */
  a5: bigint;
  /** `uint64` */
  a6: bigint;
  /** `uint64` */
  a7: bigint;
  /** `uint64` */
  s2: bigint;
  /** `uint64` */
  s3: bigint;
  /** `uint64` */
  s4: bigint;
  /** `uint64` */
  s5: bigint;
  /** `uint64` */
  s6: bigint;
  /** `uint64` */
  s7: bigint;
  /** `uint64` */
  s8: bigint;
  /** `uint64` */
  s9: bigint;
  /** `uint64` */
  s10: bigint;
  /** `uint64` */
  s11: bigint;
  /** `uint64` */
  t3: bigint;
  /** `uint64` */
  t4: bigint;
  /** `uint64` */
  t5: bigint;
  /** `uint64` */
  t6: bigint;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Floating-point registers. Since CRIU 4.1. */
export interface UserRiscv64DExtEntry {
  /** f0 to f31. */
  f?: Array<bigint>;
  /** `uint32` */
  fcsr: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** A thread on 64-bit RISC-V. Since CRIU 4.1. */
export interface ThreadInfoRiscv64 {
  /** Address that set_tid_address(2) was given. */
  clear_tid_addr: bigint;
  /** Thread pointer. */
  tls: bigint;
  /** `user_riscv64_regs_entry` */
  gpregs: UserRiscv64RegsEntry;
  /** `user_riscv64_d_ext_entry` */
  fpsimd: UserRiscv64DExtEntry;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** General registers. Since CRIU 3.4. */
export interface UserS390RegsEntry {
  /** `uint64` */
  psw_mask: bigint;
  /** `uint64` */
  psw_addr: bigint;
  /** r0 to r15. */
  gprs?: Array<bigint>;
  /** Access registers a0 to a15. */
  acrs?: Array<number>;
  /** r2 when the system call began. */
  orig_gpr2: bigint;
  /** Number of the system call that the thread was in. */
  system_call: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Vector registers v0 to v15, as far as they are no floating-point registers. Since CRIU 3.4. */
export interface UserS390VxrsLowEntry {
  /** Low 64 bits of each. */
  regs?: Array<bigint>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Vector registers v16 to v31. Since CRIU 3.4. */
export interface UserS390VxrsHighEntry {
  /** Two words each. */
  regs?: Array<bigint>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Floating-point registers. Since CRIU 3.4. */
export interface UserS390FpregsEntry {
  /** Control register. */
  fpc: number;
  /** f0 to f15. */
  fprs?: Array<bigint>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** A guarded storage control block. Since CRIU 3.6. */
export interface UserS390GsCbEntry {
  /** `uint64` */
  regs?: Array<bigint>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Runtime instrumentation. Since CRIU 3.6. */
export interface UserS390RiEntry {
  /** Whether it was running. */
  ri_on: number;
  /** The control block. */
  regs?: Array<bigint>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** A thread on IBM Z. Since CRIU 3.4. */
export interface ThreadInfoS390 {
  /** Address that set_tid_address(2) was given. */
  clear_tid_addr: bigint;
  /** `user_s390_regs_entry` */
  gpregs: UserS390RegsEntry;
  /** `user_s390_fpregs_entry` */
  fpregs: UserS390FpregsEntry;
  /** `user_s390_vxrs_low_entry` */
  vxrs_low?: UserS390VxrsLowEntry;
  /** `user_s390_vxrs_high_entry` */
  vxrs_high?: UserS390VxrsHighEntry;
  /** The control block in use. Since CRIU 3.6. */
  gs_cb?: UserS390GsCbEntry;
  /** The control block that a broadcast will install. Since CRIU 3.6. */
  gs_bc?: UserS390GsCbEntry;
  /** Since CRIU 3.6. */
  ri_cb?: UserS390RiEntry;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** General registers. */
export interface UserX86RegsEntry {
  /** `uint64` */
  r15: bigint;
  /** `uint64` */
  r14: bigint;
  /** `uint64` */
  r13: bigint;
  /** `uint64` */
  r12: bigint;
  /** `uint64` */
  bp: bigint;
  /** `uint64` */
  bx: bigint;
  /** `uint64` */
  r11: bigint;
  /** `uint64` */
  r10: bigint;
  /** `uint64` */
  r9: bigint;
  /** `uint64` */
  r8: bigint;
  /** `uint64` */
  ax: bigint;
  /** `uint64` */
  cx: bigint;
  /** `uint64` */
  dx: bigint;
  /** `uint64` */
  si: bigint;
  /** `uint64` */
  di: bigint;
  /** ax when the system call began; negative: the thread was in none. */
  orig_ax: bigint;
  /** `uint64` */
  ip: bigint;
  /** `uint64` */
  cs: bigint;
  /** `uint64` */
  flags: bigint;
  /** `uint64` */
  sp: bigint;
  /** `uint64` */
  ss: bigint;
  /** `uint64` */
  fs_base: bigint;
  /** `uint64` */
  gs_base: bigint;
  /** `uint64` */
  ds: bigint;
  /** `uint64` */
  es: bigint;
  /** `uint64` */
  fs: bigint;
  /** `uint64` */
  gs: bigint;
  /** Since CRIU 3.0. */
  mode?: UserX86RegsMode;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Control-flow enforcement: user shadow stack. Since CRIU 4.0. */
export interface UserX86CetEntry {
  /** MSR IA32_U_CET. */
  cet: bigint;
  /** Shadow stack pointer: MSR IA32_PL3_SSP. */
  ssp: bigint;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** What XSAVE keeps beyond the legacy area. Since CRIU 0.4. */
export interface UserX86XsaveEntry {
  /** Which components are there, by bit. */
  xstate_bv: bigint;
  /** High 128 bits of ymm0 to ymm15, four words each. */
  ymmh_space?: Array<number>;
  /** MPX: bnd0 to bnd3, two words each. Since CRIU 3.11. */
  bndreg_state?: Array<bigint>;
  /** MPX: BNDCFGU and BNDSTATUS. Since CRIU 3.11. */
  bndcsr_state?: Array<bigint>;
  /** AVX-512: k0 to k7. Since CRIU 3.11. */
  opmask_reg?: Array<bigint>;
  /** AVX-512: high 256 bits of zmm0 to zmm15, four words each. Since CRIU 3.11. */
  zmm_upper?: Array<bigint>;
  /** AVX-512: zmm16 to zmm31, eight words each. Since CRIU 3.11. */
  hi16_zmm?: Array<bigint>;
  /** Protection keys. Since CRIU 3.11. */
  pkru?: Array<number>;
  /** Since CRIU 4.0. */
  cet?: UserX86CetEntry;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** What FXSAVE keeps: x87 and SSE. */
export interface UserX86FpregsEntry {
  /** `uint32` */
  cwd: number;
  /** `uint32` */
  swd: number;
  /** `uint32` */
  twd: number;
  /** `uint32` */
  fop: number;
  /** Address of the last x87 instruction. */
  rip: bigint;
  /** Address of its operand. */
  rdp: bigint;
  /** `uint32` */
  mxcsr: number;
  /** `uint32` */
  mxcsr_mask: number;
  /** st0 to st7, four words each. */
  st_space?: Array<number>;
  /** xmm0 to xmm15, four words each. */
  xmm_space?: Array<number>;
  /** What follows in the legacy area, for software to use. */
  padding?: Array<number>;
  /** Since CRIU 0.4. */
  xsave?: UserX86XsaveEntry;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** A segment for a 32-bit program's thread-local storage: set_thread_area(2). Since CRIU 3.0. */
export interface UserDescT {
  /** Index in the GDT. */
  entry_number: number;
  /** `uint32` */
  base_addr: number;
  /** In bytes, or in pages with limit_in_pages. */
  limit: number;
  /** `bool` */
  seg_32bit: boolean;
  /** High bit of the segment's kind. */
  contents_h: boolean;
  /** Low bit of the segment's kind. */
  contents_l: boolean;
  /** `bool` */
  read_exec_only: boolean;
  /** `bool` */
  limit_in_pages: boolean;
  /** `bool` */
  seg_not_present: boolean;
  /** Named useable up to CRIU 3.16.1. */
  usable: boolean;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** A thread on x86. */
export interface ThreadInfoX86 {
  /** Address that set_tid_address(2) was given. */
  clear_tid_addr: bigint;
  /** `user_x86_regs_entry` */
  gpregs: UserX86RegsEntry;
  /** `user_x86_fpregs_entry` */
  fpregs: UserX86FpregsEntry;
  /** The three segments of set_thread_area(2). Since CRIU 3.0. */
  tls?: Array<UserDescT>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** An x86 processor. Since CRIU 1.4. */
export interface CpuinfoX86Entry {
  /** `vendor` */
  vendor_id: CpuinfoX86EntryVendor;
  /** `uint32` */
  cpu_family: number;
  /** `uint32` */
  model: number;
  /** `uint32` */
  stepping: number;
  /** Which list of features capability follows. */
  capability_ver: number;
  /** Words of feature bits, from CPUID. */
  capability?: Array<number>;
  /** Brand name. */
  model_id?: string;
  /** Components that XSAVE handles: XCR0. Since CRIU 3.11. */
  xfeatures_mask?: bigint;
  /** Size in bytes of the XSAVE area with the components in use. Since CRIU 3.11. */
  xsave_size?: number;
  /** Size in bytes of the XSAVE area with all components. Since CRIU 3.11. */
  xsave_size_max?: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** A POWER processor. Since CRIU 2.0. */
export interface CpuinfoPpc64Entry {
  /** `endianness` */
  endian: CpuinfoPpc64EntryEndianness;
  /** AT_HWCAP and AT_HWCAP2 of the auxiliary vector. */
  hwcap?: Array<bigint>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** An IBM Z processor. Since CRIU 3.4. */
export interface CpuinfoS390Entry {
  /** AT_HWCAP and AT_HWCAP2 of the auxiliary vector. */
  hwcap?: Array<bigint>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** The one entry of cpuinfo.img. Since CRIU 1.4. */
export interface CpuinfoEntry {
  /** `cpuinfo_x86_entry` */
  x86_entry?: Array<CpuinfoX86Entry>;
  /** Since CRIU 2.0. */
  ppc64_entry?: Array<CpuinfoPpc64Entry>;
  /** Since CRIU 3.4. */
  s390_entry?: Array<CpuinfoS390Entry>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** In core-%u.img; before CRIU 2.0 the entry of creds-%u.img. */
export interface CredsEntry {
  /** `uint32` */
  uid: number;
  /** `uint32` */
  gid: number;
  /** `uint32` */
  euid: number;
  /** `uint32` */
  egid: number;
  /** `uint32` */
  suid: number;
  /** `uint32` */
  sgid: number;
  /** `uint32` */
  fsuid: number;
  /** `uint32` */
  fsgid: number;
  /** Inheritable capabilities: bit N of word W is capability 32*W + N. */
  cap_inh?: Array<number>;
  /** Permitted capabilities. */
  cap_prm?: Array<number>;
  /** Effective capabilities. */
  cap_eff?: Array<number>;
  /** Bounding set of capabilities. */
  cap_bnd?: Array<number>;
  /** SECBIT_*. */
  secbits: number;
  /** Supplementary groups. Since CRIU 0.3. */
  groups?: Array<number>;
  /** SELinux label or AppArmor profile that the thread ran under. Since CRIU 1.6. */
  lsm_profile?: string;
  /** SELinux label for sockets that the thread creates. Since CRIU 3.13. */
  lsm_sockcreate?: string;
  /** Since CRIU 3.16. */
  apparmor_data?: Uint8Array;
  /**
   * Whether execve(2) can no longer gain privileges: PR_SET_NO_NEW_PRIVS of prctl(2).
   * Since CRIU 3.19.
   */
  no_new_privs?: number;
  /** Ambient capabilities. Since CRIU 4.1. */
  cap_amb?: Array<number>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** An eventfd(2). In files.img; before CRIU 3.4 in eventfd.img. */
export interface EventfdFileEntry {
  /** `uint32` */
  id: number;
  /** Flags as in open(2). */
  flags: number;
  /** `fown_entry` */
  fown: FownEntry;
  /** `uint64` */
  counter: bigint;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** A file that an epoll instance watches. In its entry; before CRIU 1.4 in eventpoll-tfd.img. */
export interface EventpollTfdEntry {
  /** Of the epoll instance. */
  id: number;
  /** Descriptor that was watched; it may since have been closed. */
  tfd: number;
  /** EPOLL*. */
  events: number;
  /** What epoll_wait(2) is to give back. */
  data: bigint;
  /** Device of the watched file. Since CRIU 3.11. */
  dev?: number;
  /** Inode of the watched file. Since CRIU 3.11. */
  inode?: bigint;
  /** Position of the watched file. Since CRIU 3.11. */
  pos?: bigint;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** An epoll(7) instance. In files.img; before CRIU 3.4 in eventpoll.img. */
export interface EventpollFileEntry {
  /** `uint32` */
  id: number;
  /** Flags as in open(2). */
  flags: number;
  /** `fown_entry` */
  fown: FownEntry;
  /** Since CRIU 1.4. */
  tfd?: Array<EventpollTfdEntry>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** A signalfd(2). In files.img; before CRIU 3.4 in signalfd.img. */
export interface SignalfdEntry {
  /** `uint32` */
  id: number;
  /** Flags as in open(2). */
  flags: number;
  /** `fown_entry` */
  fown: FownEntry;
  /** Signals to take: bit N-1 is signal N. */
  sigmask: bigint;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** A timerfd_create(2) timer. In files.img; before CRIU 3.4 in timerfd.img. Since CRIU 1.3. */
export interface TimerfdEntry {
  /** `uint32` */
  id: number;
  /** Flags as in open(2). */
  flags: number;
  /** `fown_entry` */
  fown: FownEntry;
  /** CLOCK_*. */
  clockid: number;
  /** Expirations that nobody has read yet. */
  ticks: bigint;
  /** TFD_TIMER_*. */
  settime_flags: number;
  /** Time to the next expiration: seconds; 0 and 0: disarmed. */
  vsec: bigint;
  /** Nanoseconds. */
  vnsec: bigint;
  /** Interval: seconds. */
  isec: bigint;
  /** Nanoseconds. */
  insec: bigint;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** A pidfd_open(2) file. In files.img. Since CRIU 4.1. */
export interface PidfdEntry {
  /** `uint32` */
  id: number;
  /** Inode; pidfds of one ended process share it. */
  ino: number;
  /** Flags as in open(2). */
  flags: number;
  /** Process id in the task's own PID namespace; -1: the process has ended. */
  nspid: number;
  /** `fown_entry` */
  fown: FownEntry;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** A file descriptor. */
export interface FdinfoEntry {
  /** Of the file of this type. */
  id: number;
  /** FD_CLOEXEC (1) or none. */
  flags: number;
  /** `fd_types` */
  type: FdTypes;
  /** `uint32` */
  fd: number;
  /** SELinux label of a socket. Since CRIU 3.13. */
  xattr_security_selinux?: string;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/**
 * A file: the entry of files.img, with the one sub-message that type tells. Since CRIU 3.4; before,
 * every kind had an image of its own.
 */
export interface FileEntry {
  /** `fd_types` */
  type: FdTypes;
  /** Unique together with type. */
  id: number;
  /** `reg_file_entry` */
  reg?: RegFileEntry;
  /** `inet_sk_entry` */
  isk?: InetSkEntry;
  /** `ns_file_entry` */
  nsf?: NsFileEntry;
  /** `packet_sock_entry` */
  psk?: PacketSockEntry;
  /** `netlink_sk_entry` */
  nlsk?: NetlinkSkEntry;
  /** `eventfd_file_entry` */
  efd?: EventfdFileEntry;
  /** `eventpoll_file_entry` */
  epfd?: EventpollFileEntry;
  /** `signalfd_entry` */
  sgfd?: SignalfdEntry;
  /** `tunfile_entry` */
  tunf?: TunfileEntry;
  /** `timerfd_entry` */
  tfd?: TimerfdEntry;
  /** `inotify_file_entry` */
  ify?: InotifyFileEntry;
  /** `fanotify_file_entry` */
  ffy?: FanotifyFileEntry;
  /** `ext_file_entry` */
  ext?: ExtFileEntry;
  /** `unix_sk_entry` */
  usk?: UnixSkEntry;
  /** `fifo_entry` */
  fifo?: FifoEntry;
  /** `pipe_entry` */
  pipe?: PipeEntry;
  /** `tty_file_entry` */
  tty?: TtyFileEntry;
  /** Since CRIU 3.14. */
  memfd?: MemfdFileEntry;
  /** Since CRIU 3.15. */
  bpf?: BpfmapFileEntry;
  /** Since CRIU 4.1. */
  pidfd?: PidfdEntry;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** A lock: fcntl(2) F_SETLK, F_OFD_SETLK, F_SETLEASE, flock(2). Since CRIU 0.4. */
export interface FileLockEntry {
  /** 1: of a process (F_SETLK). 2: flock(2). 4: of an open file description (F_OFD_SETLK). 8: lease. */
  flag: number;
  /** F_RDLCK (0) or F_WRLCK (1). */
  type: number;
  /** Task that holds it. */
  pid: number;
  /** Descriptor of the locked file in that task. */
  fd: number;
  /** Offset in bytes. */
  start: bigint;
  /** In bytes; 0: to the end of the file. */
  len: bigint;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Owner of a file for signal-driven input and output: fcntl(2) F_SETOWN. */
export interface FownEntry {
  /** User who set the owner. */
  uid: number;
  /** `uint32` */
  euid: number;
  /** Signal to send: F_SETSIG; 0: SIGIO. */
  signum: number;
  /** What pid is: F_OWNER_TID (0), F_OWNER_PID (1), F_OWNER_PGRP (2). */
  pid_type: number;
  /** Process, thread or group; 0: none. */
  pid: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** The one entry of fs-%u.img. */
export interface FsEntry {
  /** Working directory: id of a REG file. */
  cwd_id: number;
  /** Root directory: id of a REG file. */
  root_id: number;
  /** Since CRIU 0.4. */
  umask?: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** A file handle: open_by_handle_at(2). */
export interface FhEntry {
  /** Bytes of the handle that count. */
  bytes: number;
  /** The file system's own type of handle. */
  type: number;
  /** Words of eight bytes. */
  handle?: Array<bigint>;
  /**
   * Path that the handle was resolved to, where the file system cannot open handles.
   * Since CRIU 1.2.
   */
  path?: string;
  /** Since CRIU 1.7.1. */
  mnt_id?: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** A watch. In its instance's entry; before CRIU 1.4 in inotify-wd.img. */
export interface InotifyWdEntry {
  /** Of the inotify instance. */
  id: number;
  /** `uint64` */
  i_ino: bigint;
  /** IN_*. */
  mask: number;
  /** `uint32` */
  ignored_mask: number;
  /** `uint32` */
  s_dev: number;
  /** Watch descriptor. */
  wd: number;
  /** `fh_entry` */
  f_handle: FhEntry;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** An inotify instance. In files.img; before CRIU 3.4 in inotify.img. */
export interface InotifyFileEntry {
  /** `uint32` */
  id: number;
  /** Flags as in open(2). */
  flags: number;
  /** `fown_entry` */
  fown: FownEntry;
  /** Since CRIU 1.4. */
  wd?: Array<InotifyWdEntry>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** A watched file. Since CRIU 0.4. */
export interface FanotifyInodeMarkEntry {
  /** `uint64` */
  i_ino: bigint;
  /** `fh_entry` */
  f_handle: FhEntry;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** A watched mount. Since CRIU 0.4. */
export interface FanotifyMountMarkEntry {
  /** `uint32` */
  mnt_id: number;
  /** Since CRIU 3.1. */
  path?: string;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** A mark. In its instance's entry; before CRIU 1.4 in fanotify-mark.img. Since CRIU 0.4. */
export interface FanotifyMarkEntry {
  /** Of the fanotify instance. */
  id: number;
  /** `mark_type` */
  type: MarkType;
  /** FAN_MARK_*. */
  mflags: number;
  /** FAN_* events to report. */
  mask: number;
  /** FAN_* events not to report. */
  ignored_mask: number;
  /** `uint32` */
  s_dev: number;
  /** For a mark on an inode. */
  ie?: FanotifyInodeMarkEntry;
  /** For a mark on a mount. */
  me?: FanotifyMountMarkEntry;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** A fanotify instance. In files.img; before CRIU 3.4 in fanotify.img. Since CRIU 0.4. */
export interface FanotifyFileEntry {
  /** `uint32` */
  id: number;
  /** Flags as in open(2). */
  flags: number;
  /** `fown_entry` */
  fown: FownEntry;
  /** FAN_* flags of fanotify_init(2). */
  faflags: number;
  /** Flags of the files that events open. */
  evflags: number;
  /** Since CRIU 1.4. */
  mark?: Array<FanotifyMarkEntry>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Path of an inode, kept in irmap-cache from one dump to the next. Since CRIU 1.2. */
export interface IrmapCacheEntry {
  /** Device in the C library's encoding. */
  dev: number;
  /** `uint64` */
  inode: bigint;
  /** `string` */
  path: string;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** What takes a deleted file's place: the entry of remap-fpath.img. */
export interface RemapFilePathEntry {
  /** Id of the deleted REG file. */
  orig_id: number;
  /** LINKED: id of a REG file. GHOST: number of the ghost-file-%x.img. PROCFS: process id. */
  remap_id: number;
  /** Since CRIU 1.4; before, the top bit of remap_id told GHOST. */
  remap_type?: RemapType;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** A time stamp. Since CRIU 2.0. */
export interface Timeval {
  /** `uint64` */
  tv_sec: bigint;
  /** Microseconds. */
  tv_usec: bigint;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/**
 * A deleted file: the first entry of ghost-file-%x.img. Without chunks all that follows is its
 * contents.
 */
export interface GhostFileEntry {
  /** `uint32` */
  uid: number;
  /** `uint32` */
  gid: number;
  /** Type and permissions: st_mode of stat(2). */
  mode: number;
  /** Device where the file was. Since CRIU 0.3. */
  dev?: number;
  /** Inode: files with equal dev and ino are hard links. Since CRIU 0.3. */
  ino?: bigint;
  /** Device number, of a device file. Since CRIU 1.3. */
  rdev?: number;
  /** Time of last access. Since CRIU 2.0. */
  atim?: Timeval;
  /** Time of last modification. Since CRIU 2.0. */
  mtim?: Timeval;
  /** Whether ghost_chunk_entry entries follow rather than plain contents. Since CRIU 3.3. */
  chunks?: boolean;
  /** In bytes, holes included. Since CRIU 3.3. */
  size?: bigint;
  /** Of a symbolic link. Since CRIU 3.14. */
  symlnk_target?: string;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/**
 * A run of a sparse deleted file: its bytes follow the payload, holes have no entry.
 * Since CRIU 3.3.
 */
export interface GhostChunkEntry {
  /** In bytes. */
  len: bigint;
  /** Offset in bytes. */
  off: bigint;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** CRIU opens an image. Since CRIU 3.15. */
export interface ImgStreamerRequestEntry {
  /** Name in the image directory, without a path. */
  filename: string;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Answer to a request during a restore. Since CRIU 3.15. */
export interface ImgStreamerReplyEntry {
  /** False: CRIU takes the image as absent. */
  exists: boolean;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** CRIU plug-ins. Since CRIU 4.1. */
export interface PluginsEntry {
  /** `string` */
  plugins?: Array<string>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** The one entry of inventory.img. */
export interface InventoryEntry {
  /** 1 (v1.0, no head magic) or 2 (v1.1, since CRIU 1.6). */
  img_version: number;
  /** Whether fdinfo-%u.img goes by files_id rather than by process id. Since CRIU 0.4. */
  fdinfo_per_id?: boolean;
  /** Of CRIU itself: a task with other namespaces than these was in a container. Since CRIU 0.4. */
  root_ids?: TaskKobjIdsEntry;
  /** Whether namespaces' images go by the namespace's id rather than by process id. Since CRIU 0.8. */
  ns_per_id?: boolean;
  /** Set of cgroups that CRIU itself was in; a task in it has no set in cgroup.img. Since CRIU 1.3. */
  root_cg_set?: number;
  /** Since CRIU 1.6. */
  lsmtype?: Lsmtype;
  /**
   * Time since boot when the dump was made, in microseconds: tells reused process ids between
   * incremental dumps. Since CRIU 3.10.
   */
  dump_uptime?: bigint;
  /** 1: pages were spliced from the task. 2: they were read by process_vm_readv(2). Since CRIU 3.14. */
  pre_dump_mode?: number;
  /** Whether established TCP connections were closed rather than dumped. Since CRIU 3.15. */
  tcp_close?: boolean;
  /** Of --network-lock: how connections were kept still during the dump. Since CRIU 3.16. */
  network_lock_method?: number;
  /** Plug-ins that took part in the dump. Since CRIU 4.1. */
  plugins_entry?: PluginsEntry;
  /** Names the run of CRIU, and the nftables table that keeps connections still. Since CRIU 4.1. */
  dump_criu_run_id?: string;
  /** Whether tasks with uprobes were allowed. Since CRIU 4.2. */
  allow_uprobes?: boolean;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Key, owner and id of a System V object. */
export interface IpcDescEntry {
  /** `uint32` */
  key: number;
  /** `uint32` */
  uid: number;
  /** `uint32` */
  gid: number;
  /** User who created it. */
  cuid: number;
  /** Group of who created it. */
  cgid: number;
  /** `uint32` */
  mode: number;
  /** `uint32` */
  id: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** The one entry of ipcns-var-%u.img: settings below /proc/sys/kernel and /proc/sys/fs/mqueue. */
export interface IpcVarEntry {
  /** kernel.sem: SEMMSL, SEMMNS, SEMOPM, SEMMNI. */
  sem_ctls?: Array<number>;
  /** kernel.msgmax, in bytes. */
  msg_ctlmax: number;
  /** kernel.msgmnb, in bytes. */
  msg_ctlmnb: number;
  /** kernel.msgmni. */
  msg_ctlmni: number;
  /** `uint32` */
  auto_msgmni: number;
  /** kernel.shmmax, in bytes. */
  shm_ctlmax: bigint;
  /** kernel.shmall, in pages. */
  shm_ctlall: bigint;
  /** kernel.shmmni. */
  shm_ctlmni: number;
  /** `uint32` */
  shm_rmid_forced: number;
  /** fs.mqueue.queues_max. */
  mq_queues_max: number;
  /** fs.mqueue.msg_max. */
  mq_msg_max: number;
  /** fs.mqueue.msgsize_max, in bytes. */
  mq_msgsize_max: number;
  /** Since CRIU 2.5. */
  mq_msg_default?: number;
  /** Since CRIU 2.5. */
  mq_msgsize_default?: number;
  /** Since CRIU 2.6. */
  msg_next_id?: number;
  /** Since CRIU 2.6. */
  sem_next_id?: number;
  /** Since CRIU 2.6. */
  shm_next_id?: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** A shared memory segment: the entry of ipcns-shm-%u.img. */
export interface IpcShmEntry {
  /** `ipc_desc_entry` */
  desc: IpcDescEntry;
  /** In bytes. */
  size: bigint;
  /** Contents are in pagemap-shmem-%u.img. Since CRIU 3.0; before, they followed the payload. */
  in_pagemaps?: boolean;
  /** SHM_HUGE_* of a segment in huge pages. Since CRIU 3.17. */
  hugetlb_flag?: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** A message in a queue; its bytes follow, padded to a multiple of 8. */
export interface IpcMsg {
  /** `uint64` */
  mtype: bigint;
  /** Length in bytes. */
  msize: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** A message queue: the entry of ipcns-msg-%u.img, followed by qnum messages. */
export interface IpcMsgEntry {
  /** `ipc_desc_entry` */
  desc: IpcDescEntry;
  /** Most bytes that the queue takes. */
  qbytes: number;
  /** Number of messages. */
  qnum: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** A semaphore set: the entry of ipcns-sem-%u.img, followed by the values, two bytes each. */
export interface IpcSemEntry {
  /** `ipc_desc_entry` */
  desc: IpcDescEntry;
  /** `uint32` */
  nsems: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** An opened memfd: in files.img. Since CRIU 3.14. */
export interface MemfdFileEntry {
  /** `uint32` */
  id: number;
  /** Flags as in open(2). */
  flags: number;
  /** `uint64` */
  pos: bigint;
  /** `fown_entry` */
  fown: FownEntry;
  /** Entry in memfd.img. */
  inode_id: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** A memfd's inode: the entry of memfd.img. Since CRIU 3.14. */
export interface MemfdInodeEntry {
  /** `string` */
  name: string;
  /** `uint32` */
  uid: number;
  /** `uint32` */
  gid: number;
  /** In bytes. */
  size: bigint;
  /** Number of the pagemap-shmem-%u.img that has the contents. */
  shmid: number;
  /** F_SEAL_* of fcntl(2). */
  seals: number;
  /** `uint64` */
  inode_id: bigint;
  /** MFD_HUGE_* of a memfd in huge pages. Since CRIU 3.17. */
  hugetlb_flag?: number;
  /** Permissions. Since CRIU 3.19. */
  mode?: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** A memory area. In mm-%u.img; before CRIU 1.2 the entry of vmas-%u.img. */
export interface VmaEntry {
  /** Address of the first byte. */
  start: bigint;
  /** Address after the last byte. */
  end: bigint;
  /** Offset in the file or shared memory, in bytes. */
  pgoff: bigint;
  /** Id of the mapped file; of shared memory the number of its pagemap-shmem-%u.img. */
  shmid: bigint;
  /** PROT_* of mmap(2). */
  prot: number;
  /** MAP_* of mmap(2). */
  flags: number;
  /** What kind of area it is: CRIU's VMA_* bits. */
  status: number;
  /** CRIU's own while it runs; -1 in an image. */
  fd: bigint;
  /** madvise(2): bit N is advice N. Since CRIU 0.3. */
  madv?: bigint;
  /** Flags that the mapped file is to be opened with. Since CRIU 1.3. */
  fdflags?: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** A context of asynchronous I/O: io_setup(2). Since CRIU 1.5. */
export interface AioRingEntry {
  /** Its address. */
  id: bigint;
  /** Requests that it has room for. */
  nr_req: number;
  /** Size in bytes. */
  ring_len: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** The one entry of mm-%u.img. The first eleven fields are addresses. */
export interface MmEntry {
  /** `uint64` */
  mm_start_code: bigint;
  /** `uint64` */
  mm_end_code: bigint;
  /** `uint64` */
  mm_start_data: bigint;
  /** `uint64` */
  mm_end_data: bigint;
  /** `uint64` */
  mm_start_stack: bigint;
  /** `uint64` */
  mm_start_brk: bigint;
  /** `uint64` */
  mm_brk: bigint;
  /** `uint64` */
  mm_arg_start: bigint;
  /** `uint64` */
  mm_arg_end: bigint;
  /** `uint64` */
  mm_env_start: bigint;
  /** `uint64` */
  mm_env_end: bigint;
  /** The program: id of a REG file. */
  exe_file_id: number;
  /** Auxiliary vector: pairs of type and value. */
  mm_saved_auxv?: Array<bigint>;
  /** Since CRIU 1.2; before in vmas-%u.img. */
  vmas?: Array<VmaEntry>;
  /** As PR_GET_DUMPABLE of prctl(2). Since CRIU 1.3. */
  dumpable?: number;
  /** Since CRIU 1.5. */
  aios?: Array<AioRingEntry>;
  /** Whether transparent huge pages are off: PR_SET_THP_DISABLE of prctl(2). Since CRIU 3.5. */
  thp_disabled?: boolean;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** A mount, as /proc/PID/mountinfo has it. */
export interface MntEntry {
  /** A value of the enum fstype. */
  fstype: number;
  /** `uint32` */
  mnt_id: number;
  /** Device of the file system. */
  root_dev: number;
  /** `uint32` */
  parent_mnt_id: number;
  /** MS_* of mount(2). */
  flags: number;
  /** Path in the file system that is mounted here. */
  root: string;
  /** `string` */
  mountpoint: string;
  /** `string` */
  source: string;
  /** The file system's own. */
  options: string;
  /** Peer group that it is in; 0: none. Since CRIU 0.7. */
  shared_id?: number;
  /** Peer group that it receives from; 0: none. Since CRIU 0.7. */
  master_id?: number;
  /** Whether a CRIU plug-in dumped it. Since CRIU 1.1. */
  with_plugin?: boolean;
  /** Whether it comes from outside the container. Since CRIU 1.3. */
  ext_mount?: boolean;
  /** Name of the file system, if fstype is AUTO. Since CRIU 1.6. */
  fsname?: string;
  /** Whether it is in one peer group with others of the same namespace. Since CRIU 1.6. */
  internal_sharing?: boolean;
  /** Whether its root was deleted. Since CRIU 1.7. */
  deleted?: boolean;
  /** MS_* of the file system as a whole. Since CRIU 1.8. */
  sb_flags?: number;
  /**
   * Name that --external gave to a mount from outside; CRIU:AUTOGENERATED: CRIU found it by itself.
   * Since CRIU 3.0.
   */
  ext_key?: string;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** The one entry of autofs-%u.img: a mount whose contents a daemon mounts on demand. Since CRIU 2.4. */
export interface AutofsEntry {
  /** Descriptor of the kernel's end of the pipe to the daemon. */
  fd: number;
  /** Process group of the daemon. */
  pgrp: number;
  /** Seconds after which an unused mount goes. */
  timeout: number;
  /** Lowest version of the protocol. */
  minproto: number;
  /** Highest version of the protocol. */
  maxproto: number;
  /** Indirect, direct or offset: AUTOFS_TYPE_*. */
  mode: number;
  /** `int32` */
  uid?: number;
  /** `int32` */
  gid?: number;
  /** Descriptor of the daemon's end of the pipe. */
  read_fd?: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/**
 * A registered binary format, as /proc/sys/fs/binfmt_misc has it: the entry of binfmt-misc.img.
 * Since CRIU 2.0.
 */
export interface BinfmtMiscEntry {
  /** `string` */
  name: string;
  /** `bool` */
  enabled: boolean;
  /** Path of the program that runs such files. */
  interpreter: string;
  /** Letters, such as OCF. */
  flags?: string;
  /** File name's ending; the format goes by this or by magic. */
  extension?: string;
  /** Bytes in hexadecimal digits. */
  magic?: string;
  /** Bits of magic that count, in hexadecimal digits. */
  mask?: string;
  /** Of magic in the file, in bytes. */
  offset?: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** An opened file of /proc/PID/ns. In files.img; before CRIU 3.4 in ns-files.img. Since CRIU 0.6. */
export interface NsFileEntry {
  /** `uint32` */
  id: number;
  /** The namespace, as in ids-%u.img. */
  ns_id: number;
  /** CLONE_NEW* that tells its kind. */
  ns_cflag: number;
  /** Flags as in open(2). */
  flags: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** The one entry of utsns-%u.img. */
export interface UtsnsEntry {
  /** `string` */
  nodename: string;
  /** `string` */
  domainname: string;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** The one entry of pidns-%u.img. Since CRIU 3.15. */
export interface PidnsEntry {
  /** Name that --external gave to a namespace from outside. */
  ext_key?: string;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** A range of mapped ids. Since CRIU 1.4. */
export interface UidGidExtent {
  /** First id inside the namespace. */
  first: number;
  /** First id outside. */
  lower_first: number;
  /** Number of ids. */
  count: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** The one entry of userns-%u.img. Since CRIU 1.4. */
export interface UsernsEntry {
  /** `uid_gid_extent` */
  uid_map?: Array<UidGidExtent>;
  /** `uid_gid_extent` */
  gid_map?: Array<UidGidExtent>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** A time. Since CRIU 3.14. */
export interface Timespec {
  /** `uint64` */
  tv_sec: bigint;
  /** Nanoseconds. */
  tv_nsec: bigint;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** The one entry of timens-%u.img: what the clocks showed at the dump. Since CRIU 3.14. */
export interface TimensEntry {
  /** `timespec` */
  monotonic: Timespec;
  /** `timespec` */
  boottime: Timespec;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** A TUN or TAP device. Since CRIU 0.7. */
export interface TunLinkEntry {
  /** IFF_* of TUNSETIFF. */
  flags: number;
  /** User who may attach; -1: any. */
  owner: number;
  /** Group that may attach; -1: any. */
  group: number;
  /** Size of the virtio header in bytes. */
  vnethdr: number;
  /** In bytes. */
  sndbuf: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** A macvlan device. Since CRIU 2.8. */
export interface MacvlanLinkEntry {
  /** MACVLAN_MODE_*. */
  mode: number;
  /** MACVLAN_FLAG_*. */
  flags?: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** A tunnel of IPv6 in IPv4: IFLA_IPTUN_* of the kernel's linux/if_tunnel.h. Since CRIU 3.6. */
export interface SitEntry {
  /** Index of the device below. */
  link?: number;
  /** Address in network byte order. */
  local?: Array<number>;
  /** Address in network byte order. */
  remote?: Array<number>;
  /** `uint32` */
  ttl?: number;
  /** `uint32` */
  tos?: number;
  /** `bool` */
  pmtudisc?: boolean;
  /** `uint32` */
  proto?: number;
  /** `uint32` */
  flags?: number;
  /** TUNNEL_ENCAP_*. */
  encap_type?: number;
  /** `uint32` */
  encap_flags?: number;
  /** `uint32` */
  encap_sport?: number;
  /** `uint32` */
  encap_dport?: number;
  /** `uint32` */
  rd_prefixlen?: number;
  /** 6rd: IPv6 prefix in network byte order. */
  rd_prefix?: Array<number>;
  /** `uint32` */
  relay_prefixlen?: number;
  /** 6rd: IPv4 prefix in network byte order. */
  relay_prefix?: Array<number>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** A setting; which one, its place in a list tells. Since CRIU 2.3. */
export interface SysctlEntry {
  /** `SysctlType` */
  type: SysctlType;
  /** `int32` */
  iarg?: number;
  /** `string` */
  sarg?: string;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** A network device: the entry of netdev-%u.img. */
export interface NetDeviceEntry {
  /** `nd_type` */
  type: NdType;
  /** `uint32` */
  ifindex: number;
  /** In bytes. */
  mtu: number;
  /** IFF_*. */
  flags: number;
  /** `string` */
  name: string;
  /** For TUN. Since CRIU 0.7. */
  tun?: TunLinkEntry;
  /** Hardware address. Since CRIU 0.7. */
  address?: Uint8Array;
  /** IPv4 settings (net.ipv4.conf) in CRIU's order. Since CRIU 1.6; now conf4. */
  conf?: Array<number>;
  /** IPv4 settings (net.ipv4.conf) in CRIU's order. Since CRIU 2.3. */
  conf4?: Array<SysctlEntry>;
  /** IPv6 settings (net.ipv6.conf) in CRIU's order. Since CRIU 2.3. */
  conf6?: Array<SysctlEntry>;
  /** For MACVLAN. Since CRIU 2.8. */
  macvlan?: MacvlanLinkEntry;
  /** For VETH: index of the other end. Since CRIU 3.8. */
  peer_ifindex?: number;
  /** For VETH: network namespace of the other end. Since CRIU 3.8. */
  peer_nsid?: number;
  /** Index of the bridge that it is a port of. Since CRIU 3.8. */
  master?: number;
  /** For SIT. Since CRIU 3.6. */
  sit?: SitEntry;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** A number that one network namespace has for another: RTM_NEWNSID. Since CRIU 3.8. */
export interface NetnsId {
  /** The other namespace, as in ids-%u.img. */
  target_ns_id: number;
  /** The number. */
  netnsid_value: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** The one entry of netns-%u.img. Since CRIU 1.6. */
export interface NetnsEntry {
  /** net.ipv4.conf.default; now def_conf4. */
  def_conf?: Array<number>;
  /** net.ipv4.conf.all; now all_conf4. */
  all_conf?: Array<number>;
  /** net.ipv4.conf.default. Since CRIU 2.3. */
  def_conf4?: Array<SysctlEntry>;
  /** net.ipv4.conf.all. Since CRIU 2.3. */
  all_conf4?: Array<SysctlEntry>;
  /** net.ipv6.conf.default. Since CRIU 2.3. */
  def_conf6?: Array<SysctlEntry>;
  /** net.ipv6.conf.all. Since CRIU 2.3. */
  all_conf6?: Array<SysctlEntry>;
  /** Since CRIU 3.8. */
  nsids?: Array<NetnsId>;
  /** Name that --external gave to a namespace from outside. Since CRIU 3.11. */
  ext_key?: string;
  /** net.unix. Since CRIU 3.14. */
  unix_conf?: Array<SysctlEntry>;
  /** net.ipv4. Since CRIU 4.1. */
  ipv4_sysctl?: Array<SysctlEntry>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** The first entry of either image. Since CRIU 0.5. */
export interface PagemapHead {
  /** Number of the pages-%u.img. */
  pages_id: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** A range of pages: all entries but the first, in ascending order. Since CRIU 0.5. */
export interface PagemapEntry {
  /** Address of the first page; in shared memory its offset. */
  vaddr: bigint;
  /** Number of pages before nr_pages; CRIU writes 0 since. Named nr_pages up to CRIU 4.1.1. */
  compat_nr_pages: number;
  /** Whether the pages are in the parent dump, where flags is absent. */
  in_parent?: boolean;
  /**
   * PE_PARENT (1): in the parent dump. PE_LAZY (2): may be fetched later. PE_PRESENT (4): in
   * pages-%u.img. Since CRIU 3.5.
   */
  flags?: number;
  /** Number of pages. Since CRIU 4.2. */
  nr_pages?: bigint;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** An opened end of a pipe. In files.img; before CRIU 3.4 in pipes.img. */
export interface PipeEntry {
  /** `uint32` */
  id: number;
  /** The same for both ends. */
  pipe_id: number;
  /** Flags as in open(2): O_WRONLY for the end that is written. */
  flags: number;
  /** `fown_entry` */
  fown: FownEntry;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** An opened named pipe. In files.img; before CRIU 3.4 in fifo.img. */
export interface FifoEntry {
  /** `uint32` */
  id: number;
  /** `uint32` */
  pipe_id: number;
  /** Its path: id of a REG file. Since CRIU 3.6; before, this was id. */
  regf_id?: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Bytes in a pipe, which follow the payload: the entry of pipes-data.img and fifo-data.img. */
export interface PipeDataEntry {
  /** `uint32` */
  pipe_id: number;
  /** Number of bytes that follow. */
  bytes: number;
  /** Room in the pipe in bytes: fcntl(2) F_GETPIPE_SZ. Since CRIU 0.4. */
  size?: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** A task, parents before children. */
export interface PstreeEntry {
  /** `uint32` */
  pid: number;
  /** 0 for the root. */
  ppid: number;
  /** Process group. */
  pgid: number;
  /** Session. */
  sid: number;
  /** Ids of all threads; of a dead task meaningless. */
  threads?: Array<number>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** An opened file of the file system. In files.img; before CRIU 3.4 in reg-files.img. */
export interface RegFileEntry {
  /** `uint32` */
  id: number;
  /** Flags as in open(2). */
  flags: number;
  /** In bytes. */
  pos: bigint;
  /** `fown_entry` */
  fown: FownEntry;
  /** Path from the root of the mount namespace. */
  name: string;
  /** Mount in mountpoints-%u.img; -1: none. Since CRIU 1.3. */
  mnt_id?: number;
  /** In bytes, as it must be when the file is opened again. Since CRIU 1.3. */
  size?: bigint;
  /** Whether a CRIU plug-in opens it. Since CRIU 2.0. */
  ext?: boolean;
  /** Type and permissions: st_mode of stat(2). Since CRIU 2.4. */
  mode?: number;
  /** GNU build id, of an ELF file: words of four bytes. Since CRIU 3.15. */
  build_id?: Array<number>;
  /** CRC32C of the contents. Since CRIU 3.15. */
  checksum?: number;
  /** What checksum covers: all, the first bytes or every so many. Since CRIU 3.15. */
  checksum_config?: number;
  /** How many bytes, or every how many. Since CRIU 3.15. */
  checksum_parameter?: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** A file that a CRIU plug-in dumps. In files.img; before CRIU 3.4 in ext-files.img. Since CRIU 1.1. */
export interface ExtFileEntry {
  /** `uint32` */
  id: number;
  /** `fown_entry` */
  fown: FownEntry;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** A BPF program. Since CRIU 1.8. */
export interface SeccompFilter {
  /** Instructions of eight bytes: struct sock_filter. */
  filter: Uint8Array;
  /** Index of the filter that was installed before. */
  prev?: number;
  /** SECCOMP_FILTER_FLAG_*. Since CRIU 3.10. */
  flags?: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** The one entry of seccomp.img; threads refer to filters by index. Since CRIU 1.8. */
export interface SeccompEntry {
  /** `seccomp_filter` */
  seccomp_filters?: Array<SeccompFilter>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/**
 * Action for a signal: sigaction(2). In core-%u.img; before CRIU 3.1 sigacts-%u.img had one a
 * signal.
 */
export interface SaEntry {
  /** Address of the function; 0 SIG_DFL, 1 SIG_IGN. */
  sigaction: bigint;
  /** SA_*. */
  flags: bigint;
  /** Address of the function that returns from it. */
  restorer: bigint;
  /** Signals blocked meanwhile: bit N-1 is signal N. */
  mask: bigint;
  /** Whether a 32-bit program set it. Since CRIU 3.0. */
  compat_sigaction?: boolean;
  /** Signals 65 to 128, which only MIPS has. Since CRIU 3.15. */
  mask_extended?: bigint;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/**
 * A pending signal. In core-%u.img; before CRIU 1.3 in signal-s-%u.img and signal-p-%u.img.
 * Since CRIU 0.5.
 */
export interface SiginfoEntry {
  /** The kernel's siginfo_t, 128 bytes. */
  siginfo: Uint8Array;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Pending signals, the oldest first. Since CRIU 1.3. */
export interface SignalQueueEntry {
  /** `siginfo_entry` */
  signals?: Array<SiginfoEntry>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Options of raw sockets. Since CRIU 3.12. */
export interface IpOptsRawEntry {
  /** IP_HDRINCL. */
  hdrincl?: boolean;
  /** IP_NODEFRAG. */
  nodefrag?: boolean;
  /** IPV6_CHECKSUM. */
  checksum?: boolean;
  /** ICMP_FILTER or ICMP6_FILTER, in words. */
  icmpv_filter?: Array<number>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** IP options: ip(7). Since CRIU 1.8. */
export interface IpOptsEntry {
  /** IP_FREEBIND. */
  freebind?: boolean;
  /** Since CRIU 3.12. */
  raw?: IpOptsRawEntry;
  /** IP_PKTINFO. Since CRIU 3.18. */
  pktinfo?: boolean;
  /** Since CRIU 3.19. */
  tos?: number;
  /** Since CRIU 4.0. */
  ttl?: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** TCP options of a socket without a tcp-stream-%x.img: tcp(7). Since CRIU 4.0. */
export interface TcpOptsEntry {
  /** TCP_CORK. */
  cork?: boolean;
  /** TCP_NODELAY. */
  nodelay?: boolean;
  /** TCP_KEEPCNT. */
  keepcnt?: number;
  /** TCP_KEEPIDLE, in seconds. */
  keepidle?: number;
  /** TCP_KEEPINTVL, in seconds. */
  keepintvl?: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** An IPv4 or IPv6 socket. In files.img; before CRIU 3.4 in inetsk.img. */
export interface InetSkEntry {
  /** `uint32` */
  id: number;
  /** Inode: number, in hexadecimal, of the tcp-stream-%x.img of a connection. */
  ino: number;
  /** AF_INET (2) or AF_INET6 (10). */
  family: number;
  /** SOCK_*. */
  type: number;
  /** IPPROTO_*. */
  proto: number;
  /** The kernel's TCP_ESTABLISHED (1), TCP_CLOSE (7), TCP_LISTEN (10), ... */
  state: number;
  /** In the machine's byte order. */
  src_port: number;
  /** In the machine's byte order. */
  dst_port: number;
  /** Flags as in open(2). */
  flags: number;
  /** As listen(2) was given. */
  backlog: number;
  /** One word (IPv4) or four (IPv6) in network byte order. */
  src_addr?: Array<number>;
  /** As src_addr. */
  dst_addr?: Array<number>;
  /** `fown_entry` */
  fown: FownEntry;
  /** `sk_opts_entry` */
  opts: SkOptsEntry;
  /** IPV6_V6ONLY. */
  v6only?: boolean;
  /** Since CRIU 1.8. */
  ip_opts?: IpOptsEntry;
  /** Device of a link-local address. Since CRIU 1.8. */
  ifname?: string;
  /** Network namespace, as in ids-%u.img. Since CRIU 3.8. */
  ns_id?: number;
  /** As shutdown(2) left it. Since CRIU 3.0. */
  shutdown?: SkShutdown;
  /** Since CRIU 4.0. */
  tcp_opts?: TcpOptsEntry;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/**
 * A TCP connection, as TCP_REPAIR gives it: the one entry of tcp-stream-%x.img. The receive queue's
 * bytes follow it, then the send queue's.
 */
export interface TcpStreamEntry {
  /** Bytes in the receive queue. */
  inq_len: number;
  /** Sequence number after the receive queue. */
  inq_seq: number;
  /** Bytes in the send queue. */
  outq_len: number;
  /** Sequence number after the send queue. */
  outq_seq: number;
  /** TCPI_OPT_*. */
  opt_mask: number;
  /** Window scale, as an exponent of 2. */
  snd_wscale: number;
  /** Largest segment, in bytes. */
  mss_clamp: number;
  /** Window scale, as an exponent of 2. */
  rcv_wscale?: number;
  /** TCP_TIMESTAMP. Since CRIU 0.4. */
  timestamp?: number;
  /** TCP_CORK. Since CRIU 0.8. */
  cork?: boolean;
  /** TCP_NODELAY. Since CRIU 0.8. */
  nodelay?: boolean;
  /** Bytes in the send queue that had not been sent. Since CRIU 1.0. */
  unsq_len?: number;
  /** TCP_REPAIR_WINDOW, with the following. Since CRIU 2.5. */
  snd_wl1?: number;
  /** Since CRIU 2.5. */
  snd_wnd?: number;
  /** Since CRIU 2.5. */
  max_window?: number;
  /** Since CRIU 2.5. */
  rcv_wnd?: number;
  /** Since CRIU 2.5. */
  rcv_wup?: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** A netlink(7) socket. In files.img; before CRIU 3.4 in netlinksk.img. Since CRIU 0.5. */
export interface NetlinkSkEntry {
  /** `uint32` */
  id: number;
  /** Inode. */
  ino: number;
  /** NETLINK_*. */
  protocol: number;
  /** `uint32` */
  state: number;
  /** Flags as in open(2). */
  flags: number;
  /** The socket's address; 0: not bound. */
  portid: number;
  /** Multicast groups: bit N of word W is group 32*W + N + 1. */
  groups?: Array<number>;
  /** The connected peer's address; 0 is the kernel. */
  dst_portid: number;
  /** `uint32` */
  dst_group: number;
  /** `fown_entry` */
  fown: FownEntry;
  /** `sk_opts_entry` */
  opts: SkOptsEntry;
  /** Network namespace, as in ids-%u.img. Since CRIU 3.8. */
  ns_id?: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Options of socket(7). */
export interface SkOptsEntry {
  /** In bytes. */
  so_sndbuf: number;
  /** In bytes. */
  so_rcvbuf: number;
  /** Time-out for sending: seconds. */
  so_snd_tmo_sec: bigint;
  /** Microseconds. */
  so_snd_tmo_usec: bigint;
  /** Time-out for receiving: seconds. */
  so_rcv_tmo_sec: bigint;
  /** Microseconds. */
  so_rcv_tmo_usec: bigint;
  /** `bool` */
  reuseaddr?: boolean;
  /** Since CRIU 0.3. */
  so_priority?: number;
  /** In bytes. Since CRIU 0.3. */
  so_rcvlowat?: number;
  /** Since CRIU 0.3. */
  so_mark?: number;
  /** Since CRIU 0.3. */
  so_passcred?: boolean;
  /** Since CRIU 0.3. */
  so_passsec?: boolean;
  /** Since CRIU 0.3. */
  so_dontroute?: boolean;
  /** Since CRIU 0.3. */
  so_no_check?: boolean;
  /** Name of the device of SO_BINDTODEVICE. Since CRIU 0.3. */
  so_bound_dev?: string;
  /** BPF program of SO_ATTACH_FILTER: instructions of eight bytes. Since CRIU 0.3. */
  so_filter?: Array<bigint>;
  /** Since CRIU 3.7. */
  so_reuseport?: boolean;
  /** Since CRIU 3.13. */
  so_broadcast?: boolean;
  /** Since CRIU 3.14. */
  so_keepalive?: boolean;
  /** TCP_KEEPCNT. Since CRIU 3.14. */
  tcp_keepcnt?: number;
  /** TCP_KEEPIDLE, in seconds. Since CRIU 3.14. */
  tcp_keepidle?: number;
  /** TCP_KEEPINTVL, in seconds. Since CRIU 3.14. */
  tcp_keepintvl?: number;
  /** Since CRIU 3.15. */
  so_oobinline?: number;
  /** In seconds. Since CRIU 3.15. */
  so_linger?: number;
  /** SO_BUF_LOCK: which buffer sizes the program set itself. Since CRIU 3.17. */
  so_buf_lock?: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** A membership: PACKET_ADD_MEMBERSHIP. */
export interface PacketMclist {
  /** Of the device. */
  index: number;
  /** PACKET_MR_*. */
  type: number;
  /** `bytes` */
  addr: Uint8Array;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** A ring of packets: struct tpacket_req3. */
export interface PacketRing {
  /** In bytes. */
  block_size: number;
  /** `uint32` */
  block_nr: number;
  /** In bytes. */
  frame_size: number;
  /** `uint32` */
  frame_nr: number;
  /** Milliseconds after which a block is given to the program. */
  retire_tmo: number;
  /** `uint32` */
  sizeof_priv: number;
  /** `uint32` */
  features: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** A packet(7) socket. In files.img; before CRIU 3.4 in packetsk.img. */
export interface PacketSockEntry {
  /** `uint32` */
  id: number;
  /** SOCK_*. */
  type: number;
  /** ETH_P_*, in network byte order. */
  protocol: number;
  /** Flags as in open(2). */
  flags: number;
  /** Device that it is bound to; 0: all. */
  ifindex: number;
  /** `fown_entry` */
  fown: FownEntry;
  /** `sk_opts_entry` */
  opts: SkOptsEntry;
  /** TPACKET_V*. */
  version: number;
  /** PACKET_RESERVE, in bytes. */
  reserve: number;
  /** PACKET_AUXDATA. */
  aux_data: boolean;
  /** PACKET_ORIGDEV. */
  orig_dev: boolean;
  /** PACKET_VNET_HDR. */
  vnet_hdr: boolean;
  /** PACKET_LOSS. */
  loss: boolean;
  /** PACKET_TIMESTAMP. */
  timestamp: number;
  /** PACKET_COPY_THRESH, in bytes. */
  copy_thresh: number;
  /** `packet_mclist` */
  mclist?: Array<PacketMclist>;
  /** PACKET_FANOUT; 2^32-1: none. */
  fanout?: number;
  /** `packet_ring` */
  rx_ring?: PacketRing;
  /** `packet_ring` */
  tx_ring?: PacketRing;
  /** Network namespace, as in ids-%u.img. Since CRIU 3.8. */
  ns_id?: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Ancillary data that came with a packet: unix(7). Since CRIU 3.6. */
export interface ScmEntry {
  /** SCM_*. */
  type: number;
  /** SCM_RIGHTS: ids of the files that were sent. */
  rights?: Array<number>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** A packet, whose bytes follow the payload. */
export interface SkPacketEntry {
  /** Id of the socket that has it in its receive queue. */
  id_for: number;
  /** Number of bytes that follow. */
  length: number;
  /** Since CRIU 3.6. */
  scm?: Array<ScmEntry>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Owner and permissions of a socket's file. Since CRIU 0.4. */
export interface FilePermsEntry {
  /** `uint32` */
  mode: number;
  /** `uint32` */
  uid: number;
  /** `uint32` */
  gid: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** A unix(7) socket. In files.img; before CRIU 3.4 in unixsk.img. */
export interface UnixSkEntry {
  /** `uint32` */
  id: number;
  /** Inode: what peer refers to. */
  ino: number;
  /** SOCK_*. */
  type: number;
  /** The kernel's TCP_ESTABLISHED (1), TCP_CLOSE (7), TCP_LISTEN (10). */
  state: number;
  /** Flags as in open(2). */
  flags: number;
  /** CRIU's own: how the socket is opened again. */
  uflags: number;
  /** As listen(2) was given. */
  backlog: number;
  /** Inode of the other end; 0: none. */
  peer: number;
  /** `fown_entry` */
  fown: FownEntry;
  /** `sk_opts_entry` */
  opts: SkOptsEntry;
  /** Path, which a zero byte may end; an abstract name begins with a zero byte. */
  name: Uint8Array;
  /** As shutdown(2) left it. Since CRIU 0.3. */
  shutdown?: SkShutdown;
  /** Since CRIU 0.4. */
  file_perms?: FilePermsEntry;
  /** Directory that a relative name goes from. Since CRIU 1.6.1. */
  name_dir?: string;
  /** Whether the socket's file was deleted. Since CRIU 2.5. */
  deleted?: boolean;
  /** Network namespace, as in ids-%u.img. Since CRIU 3.8. */
  ns_id?: number;
  /** Mount of the socket's file; -1: not known. Since CRIU 3.9. */
  mnt_id?: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** A dump. Since CRIU 0.6. */
export interface DumpStatsEntry {
  /** Until all tasks stood still. */
  freezing_time: number;
  /** How long they stood still. */
  frozen_time: number;
  /** Collecting memory. */
  memdump_time: number;
  /** Writing memory. */
  memwrite_time: number;
  /** `uint64` */
  pages_scanned: bigint;
  /** Pages that the parent dump has. */
  pages_skipped_parent: bigint;
  /** `uint64` */
  pages_written: bigint;
  /** Finding paths of watched inodes. Since CRIU 1.2. */
  irmap_resolve?: number;
  /**
   * Pages that may be fetched later. Since CRIU 3.5, whose own schema requires it: what older
   * releases wrote goes without.
   */
  pages_lazy?: bigint;
  /** Pipes that pages went through. Since CRIU 3.7. */
  page_pipes?: bigint;
  /** Buffers in these pipes. Since CRIU 3.7. */
  page_pipe_bufs?: bigint;
  /** Pages of shared memory. Since CRIU 3.13. */
  shpages_scanned?: bigint;
  /** Since CRIU 3.13. */
  shpages_skipped_parent?: bigint;
  /** Since CRIU 3.13. */
  shpages_written?: bigint;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** A restore. Since CRIU 0.7. */
export interface RestoreStatsEntry {
  /** Pages that were there already, by fork(2), and had to be compared. */
  pages_compared: bigint;
  /** Of these, how many were equal and stayed shared. */
  pages_skipped_cow: bigint;
  /** Making the tasks. */
  forking_time: number;
  /** The whole restore. */
  restore_time: number;
  /** Since CRIU 1.2. */
  pages_restored?: bigint;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** The one entry of either image, with the one sub-message that fits. Since CRIU 0.6. */
export interface StatsEntry {
  /** `dump_stats_entry` */
  dump?: DumpStatsEntry;
  /** Since CRIU 0.7. */
  restore?: RestoreStatsEntry;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** An interval timer: setitimer(2). In core-%u.img; before CRIU 1.3 itimers-%u.img had three. */
export interface ItimerEntry {
  /** Interval: seconds. */
  isec: bigint;
  /** Microseconds. */
  iusec: bigint;
  /** Time to the next expiration: seconds. */
  vsec: bigint;
  /** Microseconds. */
  vusec: bigint;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/**
 * A POSIX timer: timer_create(2). In core-%u.img; before CRIU 1.3 in posix-timers-%u.img.
 * Since CRIU 0.6.
 */
export interface PosixTimerEntry {
  /** The kernel's id. */
  it_id: number;
  /** CLOCK_*. */
  clock_id: number;
  /** Signal to send. */
  si_signo: number;
  /** SIGEV_*. */
  it_sigev_notify: number;
  /** Value that comes with the signal. */
  sival_ptr: bigint;
  /** Expirations that were missed. */
  overrun: number;
  /** Interval: seconds. */
  isec: bigint;
  /** Nanoseconds. */
  insec: bigint;
  /** Time to the next expiration: seconds. */
  vsec: bigint;
  /** Nanoseconds. */
  vnsec: bigint;
  /** Thread to notify: SIGEV_THREAD_ID. Since CRIU 3.16. */
  notify_thread_id?: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** A task's timers. Since CRIU 1.3. */
export interface TaskTimersEntry {
  /** ITIMER_REAL. */
  real: ItimerEntry;
  /** ITIMER_VIRTUAL. */
  virt: ItimerEntry;
  /** ITIMER_PROF. */
  prof: ItimerEntry;
  /** `posix_timer_entry` */
  posix?: Array<PosixTimerEntry>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Window size: TIOCGWINSZ. */
export interface WinsizeEntry {
  /** `uint32` */
  ws_row: number;
  /** `uint32` */
  ws_col: number;
  /** `uint32` */
  ws_xpixel: number;
  /** `uint32` */
  ws_ypixel: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Settings: termios(3). */
export interface TermiosEntry {
  /** `uint32` */
  c_iflag: number;
  /** `uint32` */
  c_oflag: number;
  /** `uint32` */
  c_cflag: number;
  /** `uint32` */
  c_lflag: number;
  /** `uint32` */
  c_line: number;
  /** `uint32` */
  c_ispeed: number;
  /** `uint32` */
  c_ospeed: number;
  /** Control characters. */
  c_cc?: Array<number>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** A pseudoterminal. */
export interface TtyPtyEntry {
  /** N of /dev/pts/N. */
  index: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** An opened terminal. In files.img; before CRIU 3.4 in tty.img. */
export interface TtyFileEntry {
  /** `uint32` */
  id: number;
  /** Entry in tty-info.img. */
  tty_info_id: number;
  /** Flags as in open(2). */
  flags: number;
  /** `fown_entry` */
  fown: FownEntry;
  /** Its path: id of a REG file. Since CRIU 3.6; before, this was id. */
  regf_id?: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** A terminal: the entry of tty-info.img. */
export interface TtyInfoEntry {
  /** `uint32` */
  id: number;
  /** `TtyType` */
  type: TtyType;
  /** Whether the slave of a pseudoterminal is locked: TIOCSPTLCK. */
  locked: boolean;
  /** Whether nobody else may open it: TIOCEXCL. */
  exclusive: boolean;
  /** TIOCPKT. */
  packet_mode: boolean;
  /** Session that it controls; 0: none. */
  sid: number;
  /** Foreground process group. */
  pgrp: number;
  /** Device number of the terminal. */
  rdev: number;
  /** `termios_entry` */
  termios?: TermiosEntry;
  /** Settings that are locked: TIOCGLCKTRMIOS. */
  termios_locked?: TermiosEntry;
  /** `winsize_entry` */
  winsize?: WinsizeEntry;
  /** For PTY. */
  pty?: TtyPtyEntry;
  /** Device of the file system that it is in. Since CRIU 2.0. */
  dev?: number;
  /** Since CRIU 2.6. */
  uid?: number;
  /** Since CRIU 2.6. */
  gid?: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Bytes that were queued in a terminal: the entry of tty-data.img. Since CRIU 2.3. */
export interface TtyDataEntry {
  /** Entry in tty-info.img. */
  tty_id: number;
  /** `bytes` */
  data: Uint8Array;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** An opened /dev/net/tun. In files.img; before CRIU 3.4 in tunfile.img. Since CRIU 0.7. */
export interface TunfileEntry {
  /** `uint32` */
  id: number;
  /** Name of the device that it is attached to. */
  netdev?: string;
  /** Whether its queue is detached. */
  detached?: boolean;
  /** Network namespace, as in ids-%u.img. Since CRIU 3.9. */
  ns_id?: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Interface of each message, by the message's name. */
export interface Messages {
  /** {@link AaPolicy} */
  aa_policy: AaPolicy;
  /** {@link AaNamespace} */
  aa_namespace: AaNamespace;
  /** {@link ApparmorEntry} */
  apparmor_entry: ApparmorEntry;
  /** {@link BpfmapFileEntry} */
  bpfmap_file_entry: BpfmapFileEntry;
  /** {@link BpfmapDataEntry} */
  bpfmap_data_entry: BpfmapDataEntry;
  /** {@link CgroupPerms} */
  cgroup_perms: CgroupPerms;
  /** {@link CgroupPropEntry} */
  cgroup_prop_entry: CgroupPropEntry;
  /** {@link CgroupDirEntry} */
  cgroup_dir_entry: CgroupDirEntry;
  /** {@link CgControllerEntry} */
  cg_controller_entry: CgControllerEntry;
  /** {@link CgMemberEntry} */
  cg_member_entry: CgMemberEntry;
  /** {@link CgSetEntry} */
  cg_set_entry: CgSetEntry;
  /** {@link CgroupEntry} */
  cgroup_entry: CgroupEntry;
  /** {@link RlimitEntry} */
  rlimit_entry: RlimitEntry;
  /** {@link TaskRlimitsEntry} */
  task_rlimits_entry: TaskRlimitsEntry;
  /** {@link TaskCoreEntry} */
  task_core_entry: TaskCoreEntry;
  /** {@link TaskKobjIdsEntry} */
  task_kobj_ids_entry: TaskKobjIdsEntry;
  /** {@link ThreadSasEntry} */
  thread_sas_entry: ThreadSasEntry;
  /** {@link RseqEntry} */
  rseq_entry: RseqEntry;
  /** {@link ThreadCoreEntry} */
  thread_core_entry: ThreadCoreEntry;
  /** {@link CoreEntry} */
  core_entry: CoreEntry;
  /** {@link UserAarch64RegsEntry} */
  user_aarch64_regs_entry: UserAarch64RegsEntry;
  /** {@link UserAarch64FpsimdContextEntry} */
  user_aarch64_fpsimd_context_entry: UserAarch64FpsimdContextEntry;
  /** {@link PacAddressKeys} */
  pac_address_keys: PacAddressKeys;
  /** {@link PacGenericKeys} */
  pac_generic_keys: PacGenericKeys;
  /** {@link PacKeys} */
  pac_keys: PacKeys;
  /** {@link ThreadInfoAarch64} */
  thread_info_aarch64: ThreadInfoAarch64;
  /** {@link UserArmRegsEntry} */
  user_arm_regs_entry: UserArmRegsEntry;
  /** {@link UserArmVfpstateEntry} */
  user_arm_vfpstate_entry: UserArmVfpstateEntry;
  /** {@link ThreadInfoArm} */
  thread_info_arm: ThreadInfoArm;
  /** {@link UserLoongarch64GpregsEntry} */
  user_loongarch64_gpregs_entry: UserLoongarch64GpregsEntry;
  /** {@link UserLoongarch64FpregsEntry} */
  user_loongarch64_fpregs_entry: UserLoongarch64FpregsEntry;
  /** {@link ThreadInfoLoongarch64} */
  thread_info_loongarch64: ThreadInfoLoongarch64;
  /** {@link UserMipsRegsEntry} */
  user_mips_regs_entry: UserMipsRegsEntry;
  /** {@link UserMipsFpregsEntry} */
  user_mips_fpregs_entry: UserMipsFpregsEntry;
  /** {@link ThreadInfoMips} */
  thread_info_mips: ThreadInfoMips;
  /** {@link UserPpc64RegsEntry} */
  user_ppc64_regs_entry: UserPpc64RegsEntry;
  /** {@link UserPpc64FpstateEntry} */
  user_ppc64_fpstate_entry: UserPpc64FpstateEntry;
  /** {@link UserPpc64VrstateEntry} */
  user_ppc64_vrstate_entry: UserPpc64VrstateEntry;
  /** {@link UserPpc64VsxstateEntry} */
  user_ppc64_vsxstate_entry: UserPpc64VsxstateEntry;
  /** {@link UserPpc64TmRegsEntry} */
  user_ppc64_tm_regs_entry: UserPpc64TmRegsEntry;
  /** {@link ThreadInfoPpc64} */
  thread_info_ppc64: ThreadInfoPpc64;
  /** {@link UserRiscv64RegsEntry} */
  user_riscv64_regs_entry: UserRiscv64RegsEntry;
  /** {@link UserRiscv64DExtEntry} */
  user_riscv64_d_ext_entry: UserRiscv64DExtEntry;
  /** {@link ThreadInfoRiscv64} */
  thread_info_riscv64: ThreadInfoRiscv64;
  /** {@link UserS390RegsEntry} */
  user_s390_regs_entry: UserS390RegsEntry;
  /** {@link UserS390VxrsLowEntry} */
  user_s390_vxrs_low_entry: UserS390VxrsLowEntry;
  /** {@link UserS390VxrsHighEntry} */
  user_s390_vxrs_high_entry: UserS390VxrsHighEntry;
  /** {@link UserS390FpregsEntry} */
  user_s390_fpregs_entry: UserS390FpregsEntry;
  /** {@link UserS390GsCbEntry} */
  user_s390_gs_cb_entry: UserS390GsCbEntry;
  /** {@link UserS390RiEntry} */
  user_s390_ri_entry: UserS390RiEntry;
  /** {@link ThreadInfoS390} */
  thread_info_s390: ThreadInfoS390;
  /** {@link UserX86RegsEntry} */
  user_x86_regs_entry: UserX86RegsEntry;
  /** {@link UserX86CetEntry} */
  user_x86_cet_entry: UserX86CetEntry;
  /** {@link UserX86XsaveEntry} */
  user_x86_xsave_entry: UserX86XsaveEntry;
  /** {@link UserX86FpregsEntry} */
  user_x86_fpregs_entry: UserX86FpregsEntry;
  /** {@link UserDescT} */
  user_desc_t: UserDescT;
  /** {@link ThreadInfoX86} */
  thread_info_x86: ThreadInfoX86;
  /** {@link CpuinfoX86Entry} */
  cpuinfo_x86_entry: CpuinfoX86Entry;
  /** {@link CpuinfoPpc64Entry} */
  cpuinfo_ppc64_entry: CpuinfoPpc64Entry;
  /** {@link CpuinfoS390Entry} */
  cpuinfo_s390_entry: CpuinfoS390Entry;
  /** {@link CpuinfoEntry} */
  cpuinfo_entry: CpuinfoEntry;
  /** {@link CredsEntry} */
  creds_entry: CredsEntry;
  /** {@link EventfdFileEntry} */
  eventfd_file_entry: EventfdFileEntry;
  /** {@link EventpollTfdEntry} */
  eventpoll_tfd_entry: EventpollTfdEntry;
  /** {@link EventpollFileEntry} */
  eventpoll_file_entry: EventpollFileEntry;
  /** {@link SignalfdEntry} */
  signalfd_entry: SignalfdEntry;
  /** {@link TimerfdEntry} */
  timerfd_entry: TimerfdEntry;
  /** {@link PidfdEntry} */
  pidfd_entry: PidfdEntry;
  /** {@link FdinfoEntry} */
  fdinfo_entry: FdinfoEntry;
  /** {@link FileEntry} */
  file_entry: FileEntry;
  /** {@link FileLockEntry} */
  file_lock_entry: FileLockEntry;
  /** {@link FownEntry} */
  fown_entry: FownEntry;
  /** {@link FsEntry} */
  fs_entry: FsEntry;
  /** {@link FhEntry} */
  fh_entry: FhEntry;
  /** {@link InotifyWdEntry} */
  inotify_wd_entry: InotifyWdEntry;
  /** {@link InotifyFileEntry} */
  inotify_file_entry: InotifyFileEntry;
  /** {@link FanotifyInodeMarkEntry} */
  fanotify_inode_mark_entry: FanotifyInodeMarkEntry;
  /** {@link FanotifyMountMarkEntry} */
  fanotify_mount_mark_entry: FanotifyMountMarkEntry;
  /** {@link FanotifyMarkEntry} */
  fanotify_mark_entry: FanotifyMarkEntry;
  /** {@link FanotifyFileEntry} */
  fanotify_file_entry: FanotifyFileEntry;
  /** {@link IrmapCacheEntry} */
  irmap_cache_entry: IrmapCacheEntry;
  /** {@link RemapFilePathEntry} */
  remap_file_path_entry: RemapFilePathEntry;
  /** {@link Timeval} */
  timeval: Timeval;
  /** {@link GhostFileEntry} */
  ghost_file_entry: GhostFileEntry;
  /** {@link GhostChunkEntry} */
  ghost_chunk_entry: GhostChunkEntry;
  /** {@link ImgStreamerRequestEntry} */
  img_streamer_request_entry: ImgStreamerRequestEntry;
  /** {@link ImgStreamerReplyEntry} */
  img_streamer_reply_entry: ImgStreamerReplyEntry;
  /** {@link PluginsEntry} */
  plugins_entry: PluginsEntry;
  /** {@link InventoryEntry} */
  inventory_entry: InventoryEntry;
  /** {@link IpcDescEntry} */
  ipc_desc_entry: IpcDescEntry;
  /** {@link IpcVarEntry} */
  ipc_var_entry: IpcVarEntry;
  /** {@link IpcShmEntry} */
  ipc_shm_entry: IpcShmEntry;
  /** {@link IpcMsg} */
  ipc_msg: IpcMsg;
  /** {@link IpcMsgEntry} */
  ipc_msg_entry: IpcMsgEntry;
  /** {@link IpcSemEntry} */
  ipc_sem_entry: IpcSemEntry;
  /** {@link MemfdFileEntry} */
  memfd_file_entry: MemfdFileEntry;
  /** {@link MemfdInodeEntry} */
  memfd_inode_entry: MemfdInodeEntry;
  /** {@link VmaEntry} */
  vma_entry: VmaEntry;
  /** {@link AioRingEntry} */
  aio_ring_entry: AioRingEntry;
  /** {@link MmEntry} */
  mm_entry: MmEntry;
  /** {@link MntEntry} */
  mnt_entry: MntEntry;
  /** {@link AutofsEntry} */
  autofs_entry: AutofsEntry;
  /** {@link BinfmtMiscEntry} */
  binfmt_misc_entry: BinfmtMiscEntry;
  /** {@link NsFileEntry} */
  ns_file_entry: NsFileEntry;
  /** {@link UtsnsEntry} */
  utsns_entry: UtsnsEntry;
  /** {@link PidnsEntry} */
  pidns_entry: PidnsEntry;
  /** {@link UidGidExtent} */
  uid_gid_extent: UidGidExtent;
  /** {@link UsernsEntry} */
  userns_entry: UsernsEntry;
  /** {@link Timespec} */
  timespec: Timespec;
  /** {@link TimensEntry} */
  timens_entry: TimensEntry;
  /** {@link TunLinkEntry} */
  tun_link_entry: TunLinkEntry;
  /** {@link MacvlanLinkEntry} */
  macvlan_link_entry: MacvlanLinkEntry;
  /** {@link SitEntry} */
  sit_entry: SitEntry;
  /** {@link SysctlEntry} */
  sysctl_entry: SysctlEntry;
  /** {@link NetDeviceEntry} */
  net_device_entry: NetDeviceEntry;
  /** {@link NetnsId} */
  netns_id: NetnsId;
  /** {@link NetnsEntry} */
  netns_entry: NetnsEntry;
  /** {@link PagemapHead} */
  pagemap_head: PagemapHead;
  /** {@link PagemapEntry} */
  pagemap_entry: PagemapEntry;
  /** {@link PipeEntry} */
  pipe_entry: PipeEntry;
  /** {@link FifoEntry} */
  fifo_entry: FifoEntry;
  /** {@link PipeDataEntry} */
  pipe_data_entry: PipeDataEntry;
  /** {@link PstreeEntry} */
  pstree_entry: PstreeEntry;
  /** {@link RegFileEntry} */
  reg_file_entry: RegFileEntry;
  /** {@link ExtFileEntry} */
  ext_file_entry: ExtFileEntry;
  /** {@link SeccompFilter} */
  seccomp_filter: SeccompFilter;
  /** {@link SeccompEntry} */
  seccomp_entry: SeccompEntry;
  /** {@link SaEntry} */
  sa_entry: SaEntry;
  /** {@link SiginfoEntry} */
  siginfo_entry: SiginfoEntry;
  /** {@link SignalQueueEntry} */
  signal_queue_entry: SignalQueueEntry;
  /** {@link IpOptsRawEntry} */
  ip_opts_raw_entry: IpOptsRawEntry;
  /** {@link IpOptsEntry} */
  ip_opts_entry: IpOptsEntry;
  /** {@link TcpOptsEntry} */
  tcp_opts_entry: TcpOptsEntry;
  /** {@link InetSkEntry} */
  inet_sk_entry: InetSkEntry;
  /** {@link TcpStreamEntry} */
  tcp_stream_entry: TcpStreamEntry;
  /** {@link NetlinkSkEntry} */
  netlink_sk_entry: NetlinkSkEntry;
  /** {@link SkOptsEntry} */
  sk_opts_entry: SkOptsEntry;
  /** {@link PacketMclist} */
  packet_mclist: PacketMclist;
  /** {@link PacketRing} */
  packet_ring: PacketRing;
  /** {@link PacketSockEntry} */
  packet_sock_entry: PacketSockEntry;
  /** {@link ScmEntry} */
  scm_entry: ScmEntry;
  /** {@link SkPacketEntry} */
  sk_packet_entry: SkPacketEntry;
  /** {@link FilePermsEntry} */
  file_perms_entry: FilePermsEntry;
  /** {@link UnixSkEntry} */
  unix_sk_entry: UnixSkEntry;
  /** {@link DumpStatsEntry} */
  dump_stats_entry: DumpStatsEntry;
  /** {@link RestoreStatsEntry} */
  restore_stats_entry: RestoreStatsEntry;
  /** {@link StatsEntry} */
  stats_entry: StatsEntry;
  /** {@link ItimerEntry} */
  itimer_entry: ItimerEntry;
  /** {@link PosixTimerEntry} */
  posix_timer_entry: PosixTimerEntry;
  /** {@link TaskTimersEntry} */
  task_timers_entry: TaskTimersEntry;
  /** {@link WinsizeEntry} */
  winsize_entry: WinsizeEntry;
  /** {@link TermiosEntry} */
  termios_entry: TermiosEntry;
  /** {@link TtyPtyEntry} */
  tty_pty_entry: TtyPtyEntry;
  /** {@link TtyFileEntry} */
  tty_file_entry: TtyFileEntry;
  /** {@link TtyInfoEntry} */
  tty_info_entry: TtyInfoEntry;
  /** {@link TtyDataEntry} */
  tty_data_entry: TtyDataEntry;
  /** {@link TunfileEntry} */
  tunfile_entry: TunfileEntry;
}
