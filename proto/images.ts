/**
 * Entries of the built-in image types as objects. Made by `deno task gen`: do not edit.
 *
 * @module
 */

import type {
  ApparmorEntry,
  AutofsEntry,
  BinfmtMiscEntry,
  BpfmapDataEntry,
  BpfmapFileEntry,
  CgroupEntry,
  CoreEntry,
  CpuinfoEntry,
  CredsEntry,
  EventfdFileEntry,
  EventpollFileEntry,
  EventpollTfdEntry,
  ExtFileEntry,
  FanotifyFileEntry,
  FanotifyMarkEntry,
  FdinfoEntry,
  FifoEntry,
  FileEntry,
  FileLockEntry,
  FsEntry,
  GhostChunkEntry,
  GhostFileEntry,
  InetSkEntry,
  InotifyFileEntry,
  InotifyWdEntry,
  InventoryEntry,
  IpcMsg,
  IpcMsgEntry,
  IpcSemEntry,
  IpcShmEntry,
  IpcVarEntry,
  IrmapCacheEntry,
  ItimerEntry,
  MemfdInodeEntry,
  MmEntry,
  MntEntry,
  NetDeviceEntry,
  NetlinkSkEntry,
  NetnsEntry,
  NsFileEntry,
  PacketSockEntry,
  PagemapEntry,
  PagemapHead,
  PidfdEntry,
  PidnsEntry,
  PipeDataEntry,
  PipeEntry,
  PosixTimerEntry,
  PstreeEntry,
  RegFileEntry,
  RemapFilePathEntry,
  RlimitEntry,
  SaEntry,
  SeccompEntry,
  SiginfoEntry,
  SignalfdEntry,
  SkPacketEntry,
  StatsEntry,
  TaskKobjIdsEntry,
  TcpStreamEntry,
  TimensEntry,
  TimerfdEntry,
  TtyDataEntry,
  TtyFileEntry,
  TtyInfoEntry,
  TunfileEntry,
  UnixSkEntry,
  UsernsEntry,
  UtsnsEntry,
  VmaEntry,
} from "./types.ts";

/**
 * Entries by image type. A program with an image type of its own adds that here:
 *
 * ```ts ignore
 * declare module "./proto/images.ts" {
 *   interface ImageEntries {
 *     MYTHING: { id: number };
 *   }
 * }
 * ```
 */
export interface ImageEntries {
  /** AppArmor namespaces and policies. */
  APPARMOR: ApparmorEntry;
  /** An autofs mount. */
  AUTOFS: AutofsEntry;
  /** Registered binary formats. */
  BINFMT_MISC: BinfmtMiscEntry;
  /** Keys and values of BPF maps. */
  BPFMAP_DATA: BpfmapDataEntry & { extra?: Uint8Array };
  /** Opened BPF maps. */
  BPFMAP_FILE: BpfmapFileEntry;
  /** Cgroup sets and hierarchies. */
  CGROUP: CgroupEntry;
  /** A task's or thread's registers, signals, timers, limits and credentials. */
  CORE: CoreEntry;
  /** Features of the CPU that the dump was made on. */
  CPUINFO: CpuinfoEntry;
  /** A task's credentials (before CRIU 2.0; then in core-%u.img). */
  CREDS: CredsEntry;
  /** Eventfd counters. */
  EVENTFD_FILE: EventfdFileEntry;
  /** Epoll instances. */
  EVENTPOLL_FILE: EventpollFileEntry;
  /** The files that epoll instances watch. */
  EVENTPOLL_TFD: EventpollTfdEntry;
  /** Files that a CRIU plug-in dumped. */
  EXT_FILES: ExtFileEntry;
  /** Fanotify groups. */
  FANOTIFY_FILE: FanotifyFileEntry;
  /** The marks of fanotify groups. */
  FANOTIFY_MARK: FanotifyMarkEntry;
  /** The open file descriptors of a task. */
  FDINFO: FdinfoEntry;
  /** Opened ends of named pipes. */
  FIFO: FifoEntry;
  /** Named pipes with the bytes that were in them. */
  FIFO_DATA: PipeDataEntry & { extra?: Uint8Array };
  /** Every opened file of every kind. */
  FILES: FileEntry;
  /** Locks on files. */
  FILE_LOCKS: FileLockEntry;
  /** A task's working directory, root and umask. */
  FS: FsEntry;
  /** A deleted file with its contents. */
  GHOST_FILE: GhostFileEntry & { extra?: Uint8Array } | GhostChunkEntry & { extra?: Uint8Array };
  /** Ids of the kernel objects that a task shares with others: files, memory, namespaces. */
  IDS: TaskKobjIdsEntry;
  /** IPv4 and IPv6 sockets. */
  INETSK: InetSkEntry;
  /** Inotify instances. */
  INOTIFY_FILE: InotifyFileEntry;
  /** The watches of inotify instances. */
  INOTIFY_WD: InotifyWdEntry;
  /** What the dump is: image version, root task, how ids are used. */
  INVENTORY: InventoryEntry;
  /** System V message queues with their messages. */
  IPCNS_MSG: IpcMsgEntry & { extra?: Array<IpcMsg | Uint8Array> };
  /** System V semaphore sets with their values. */
  IPCNS_SEM: IpcSemEntry & { extra?: number[] };
  /** System V shared memory segments. */
  IPCNS_SHM: IpcShmEntry & { extra?: Uint8Array };
  /** Limits and settings of an IPC namespace. */
  IPC_VAR: IpcVarEntry;
  /** Paths of watched inodes, found by an earlier dump. */
  IRMAP_CACHE: IrmapCacheEntry;
  /** A task's interval timers (before CRIU 1.3; then in core-%u.img). */
  ITIMERS: ItimerEntry;
  /** Memfd files: name, owner, seals and where their pages are. */
  MEMFD_INODE: MemfdInodeEntry;
  /** A task's memory layout: VMAs, heap, arguments, auxiliary vector. */
  MM: MmEntry;
  /** The mounts of a mount namespace. */
  MNTS: MntEntry;
  /** Network devices of a network namespace. */
  NETDEV: NetDeviceEntry;
  /** Netlink sockets. */
  NETLINK_SK: NetlinkSkEntry;
  /** Settings of a network namespace. */
  NETNS: NetnsEntry;
  /** Opened namespace files of /proc/PID/ns. */
  NS_FILES: NsFileEntry;
  /** Packet sockets. */
  PACKETSK: PacketSockEntry;
  /** Which page ranges of a task's memory the dump has. */
  PAGEMAP: PagemapHead | PagemapEntry;
  /** Pidfd files. */
  PIDFD: PidfdEntry;
  /** An external PID namespace. */
  PIDNS: PidnsEntry;
  /** Opened ends of pipes. */
  PIPES: PipeEntry;
  /** Pipes with the bytes that were in them. */
  PIPES_DATA: PipeDataEntry & { extra?: Uint8Array };
  /** A task's POSIX timers (before CRIU 1.3; then in core-%u.img). */
  POSIX_TIMERS: PosixTimerEntry;
  /** The process tree: tasks, their parents, groups, sessions and threads. */
  PSTREE: PstreeEntry;
  /** Opened regular files and directories (before CRIU 3.4; then in files.img). */
  REG_FILES: RegFileEntry;
  /** Where the contents of deleted opened files are. */
  REMAP_FPATH: RemapFilePathEntry;
  /** A task's resource limits (before CRIU 1.3; then in core-%u.img). */
  RLIMIT: RlimitEntry;
  /** Seccomp filters. */
  SECCOMP: SeccompEntry;
  /** A task's signal actions (before CRIU 3.1; then in core-%u.img). */
  SIGACT: SaEntry;
  /** Signals pending for a whole task (before CRIU 1.3; then in core-%u.img). */
  SIGNAL: SiginfoEntry;
  /** Signalfd files. */
  SIGNALFD: SignalfdEntry;
  /** Packets that were queued on sockets. */
  SK_QUEUES: SkPacketEntry & { extra?: Uint8Array };
  /** Timings and counters of a dump or restore. */
  STATS: StatsEntry;
  /** A TCP connection with its receive and send queues. */
  TCP_STREAM: TcpStreamEntry & { extra?: { inq: Uint8Array; outq: Uint8Array } };
  /** What the clocks of a time namespace showed at the dump. */
  TIMENS: TimensEntry;
  /** Timerfd files. */
  TIMERFD: TimerfdEntry;
  /** Bytes that were queued in terminals. */
  TTY_DATA: TtyDataEntry;
  /** Opened terminals. */
  TTY_FILES: TtyFileEntry;
  /** Settings of terminals. */
  TTY_INFO: TtyInfoEntry;
  /** Opened TUN and TAP devices. */
  TUNFILE: TunfileEntry;
  /** Unix sockets. */
  UNIXSK: UnixSkEntry;
  /** Id maps of a user namespace. */
  USERNS: UsernsEntry;
  /** Host and domain name of a UTS namespace. */
  UTSNS: UtsnsEntry;
  /** A task's memory areas (before CRIU 1.2; then in mm-%u.img). */
  VMAS: VmaEntry;
}
