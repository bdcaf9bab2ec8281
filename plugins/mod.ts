/**
 * All built-in image types, as the files beside this one declare them: one module loads in a
 * tenth of the time of seventy. Made by `deno task gen`: do not edit.
 *
 * @module
 */

import { register } from "../images/plugin.ts";

register({
  "name": "APPARMOR",
  "magic": 0x59423047,
  "files": ["apparmor.img"],
  "summary": "AppArmor namespaces and policies",
  "entry": "apparmor_entry",
});
register({
  "name": "AUTOFS",
  "magic": 0x49353943,
  "files": ["autofs-%u.img"],
  "summary": "an autofs mount",
  "entry": "autofs_entry",
});
register({
  "name": "BINFMT_MISC",
  "magic": 0x67343323,
  "files": ["binfmt-misc.img"],
  "summary": "registered binary formats",
  "entry": "binfmt_misc_entry",
});
register({
  "name": "BINFMT_MISC_OLD",
  "magic": 0x67343323,
  "files": ["binfmt-misc-%u.img"],
  "summary": "registered binary formats (before CRIU 2.7, one image a mount)",
  "sameMagicAs": "BINFMT_MISC",
  "entry": "binfmt_misc_entry",
});
register({
  "name": "BPFMAP_DATA",
  "magic": 0x64324033,
  "files": ["bpfmap-data.img"],
  "summary": "keys and values of BPF maps",
  "entry": "bpfmap_data_entry",
  "extra": { "kind": "bytes", "length": ["keys_bytes", "values_bytes"] },
});
register({
  "name": "BPFMAP_FILE",
  "magic": 0x57506142,
  "files": ["bpfmap-file.img"],
  "summary": "opened BPF maps",
  "entry": "bpfmap_file_entry",
  "hints": { "bpfmap_file_entry": { "flags": { "flags": "rfile.flags" } } },
});
register({
  "name": "CGROUP",
  "magic": 0x59383330,
  "files": ["cgroup.img"],
  "summary": "cgroup sets and hierarchies",
  "entry": "cgroup_entry",
});
register({
  "name": "CORE",
  "magic": 0x55053847,
  "files": ["core-%u.img"],
  "summary": "a task's or thread's registers, signals, timers, limits and credentials",
  "entry": "core_entry",
  "hints": {
    "task_core_entry": {
      "task_state": { "dict": "gen.task_state" },
      "blk_sigset": "hex",
      "blk_sigset_extended": "hex",
      "membarrier_registration_mask": "hex",
    },
    "thread_info_x86": { "clear_tid_addr": "hex", "gpregs": "hex" },
    "user_x86_cet_entry": { "cet": "hex", "ssp": "hex" },
    "thread_info_aarch64": { "clear_tid_addr": "hex", "gpregs": "hex" },
    "thread_info_arm": { "clear_tid_addr": "hex", "gpregs": "hex" },
    "thread_info_ppc64": { "clear_tid_addr": "hex", "gpregs": "hex" },
    "thread_info_s390": {
      "clear_tid_addr": "hex",
      "gpregs": "hex",
      "fpregs": "hex",
      "vxrs_low": "hex",
      "vxrs_high": "hex",
      "gs_cb": "hex",
      "gs_bc": "hex",
      "ri_cb": "hex",
    },
    "thread_info_mips": { "clear_tid_addr": "hex", "gpregs": "hex", "fpregs": "hex" },
    "thread_info_loongarch64": { "clear_tid_addr": "hex", "gpregs": "hex", "fpregs": "hex" },
    "thread_info_riscv64": { "clear_tid_addr": "hex", "gpregs": "hex" },
  },
});
register({
  "name": "CPUINFO",
  "magic": 0x61404013,
  "files": ["cpuinfo.img"],
  "summary": "features of the CPU that the dump was made on",
  "entry": "cpuinfo_entry",
});
register({
  "name": "CREDS",
  "magic": 0x54023547,
  "files": ["creds-%u.img"],
  "summary": "a task's credentials (before CRIU 2.0; then in core-%u.img)",
  "entry": "creds_entry",
});
register({
  "name": "EVENTFD_FILE",
  "magic": 0x44523722,
  "files": ["eventfd.img"],
  "summary": "eventfd counters",
  "entry": "eventfd_file_entry",
});
register({
  "name": "EVENTPOLL_FILE",
  "magic": 0x45023858,
  "files": ["eventpoll.img"],
  "summary": "epoll instances",
  "entry": "eventpoll_file_entry",
});
register({
  "name": "EVENTPOLL_TFD",
  "magic": 0x44433746,
  "files": ["eventpoll-tfd.img"],
  "summary": "the files that epoll instances watch",
  "entry": "eventpoll_tfd_entry",
});
register({
  "name": "EXT_FILES",
  "magic": 0x59255641,
  "files": ["ext-files.img"],
  "summary": "files that a CRIU plug-in dumped",
  "entry": "ext_file_entry",
});
register({
  "name": "FANOTIFY_FILE",
  "magic": 0x55096122,
  "files": ["fanotify.img"],
  "summary": "fanotify groups",
  "entry": "fanotify_file_entry",
  "hints": { "fanotify_file_entry": { "flags": "hex", "faflags": "hex", "evflags": "hex" } },
});
register({
  "name": "FANOTIFY_MARK",
  "magic": 0x56506035,
  "files": ["fanotify-mark.img"],
  "summary": "the marks of fanotify groups",
  "entry": "fanotify_mark_entry",
  "hints": {
    "fanotify_mark_entry": {
      "mflags": "hex",
      "mask": "hex",
      "ignored_mask": "hex",
      "s_dev": "dev",
    },
  },
});
register({
  "name": "FDINFO",
  "magic": 0x56213732,
  "files": ["fdinfo-%u.img"],
  "summary": "the open file descriptors of a task",
  "entry": "fdinfo_entry",
});
register({
  "name": "FIFO",
  "magic": 0x58364939,
  "files": ["fifo.img"],
  "summary": "opened ends of named pipes",
  "entry": "fifo_entry",
});
register({
  "name": "FIFO_DATA",
  "magic": 0x59333054,
  "files": ["fifo-data.img"],
  "summary": "named pipes with the bytes that were in them",
  "entry": "pipe_data_entry",
  "extra": { "kind": "bytes", "length": ["bytes"] },
});
register({
  "name": "FILE_LOCKS",
  "magic": 0x54323616,
  "files": ["filelocks.img"],
  "summary": "locks on files",
  "entry": "file_lock_entry",
});
register({
  "name": "FILES",
  "magic": 0x56303138,
  "files": ["files.img"],
  "summary": "every opened file of every kind",
  "entry": "file_entry",
  "hints": { "memfd_file_entry": { "flags": { "flags": "rfile.flags" } } },
});
register({
  "name": "FS",
  "magic": 0x51403912,
  "files": ["fs-%u.img"],
  "summary": "a task's working directory, root and umask",
  "entry": "fs_entry",
});
register({
  "name": "GHOST_FILE",
  "magic": 0x52583605,
  "files": ["ghost-file-%x.img"],
  "summary": "a deleted file with its contents",
  "head": { "entry": "ghost_file_entry", "extra": { "kind": "rest", "unless": "chunks" } },
  "entry": "ghost_chunk_entry",
  "extra": { "kind": "bytes", "length": ["len"] },
  "hints": { "ghost_file_entry": { "dev": "dev", "rdev": "odev" } },
});
register({
  "name": "IDS",
  "magic": 0x54432030,
  "files": ["ids-%u.img"],
  "summary": "ids of the kernel objects that a task shares with others: files, memory, namespaces",
  "entry": "task_kobj_ids_entry",
});
register({
  "name": "INETSK",
  "magic": 0x56443851,
  "files": ["inetsk.img"],
  "summary": "IPv4 and IPv6 sockets",
  "entry": "inet_sk_entry",
  "hints": {
    "inet_sk_entry": {
      "family": { "dict": "sk.family" },
      "type": { "dict": "sk.type" },
      "proto": { "dict": "sk.proto" },
      "state": { "dict": "sk.state" },
      "flags": "hex",
      "src_addr": "ip",
      "dst_addr": "ip",
    },
  },
});
register({
  "name": "INOTIFY_FILE",
  "magic": 0x48424431,
  "files": ["inotify.img"],
  "summary": "inotify instances",
  "entry": "inotify_file_entry",
  "hints": { "inotify_file_entry": { "flags": "hex" } },
});
register({
  "name": "INOTIFY_WD",
  "magic": 0x54562009,
  "files": ["inotify-wd.img"],
  "summary": "the watches of inotify instances",
  "entry": "inotify_wd_entry",
  "hints": { "inotify_wd_entry": { "mask": "hex", "ignored_mask": "hex", "s_dev": "dev" } },
});
register({
  "name": "INVENTORY",
  "magic": 0x58313116,
  "framing": "bare",
  "files": ["inventory.img"],
  "summary": "what the dump is: image version, root task, how ids are used",
  "entry": "inventory_entry",
});
register({
  "name": "IPC_VAR",
  "magic": 0x53115007,
  "files": ["ipcns-var-%u.img"],
  "summary": "limits and settings of an IPC namespace",
  "entry": "ipc_var_entry",
});
register({
  "name": "IPCNS_MSG",
  "magic": 0x55453737,
  "files": ["ipcns-msg-%u.img"],
  "summary": "System V message queues with their messages",
  "entry": "ipc_msg_entry",
  "extra": {
    "kind": "messages",
    "count": "qnum",
    "message": "ipc_msg",
    "bytes": { "kind": "bytes", "length": ["msize"], "pad": 8 },
  },
});
register({
  "name": "IPCNS_SEM",
  "magic": 0x59573019,
  "files": ["ipcns-sem-%u.img"],
  "summary": "System V semaphore sets with their values",
  "entry": "ipc_sem_entry",
  "extra": { "kind": "numbers", "count": "nsems", "pad": 8 },
});
register({
  "name": "IPCNS_SHM",
  "magic": 0x46283044,
  "files": ["ipcns-shm-%u.img"],
  "summary": "System V shared memory segments",
  "entry": "ipc_shm_entry",
  "extra": { "kind": "bytes", "length": ["size"], "pad": 4, "unless": "in_pagemaps" },
});
register({
  "name": "IRMAP_CACHE",
  "magic": 0x57004059,
  "framing": "service",
  "files": ["irmap-cache"],
  "summary": "paths of watched inodes, found by an earlier dump",
  "entry": "irmap_cache_entry",
  "hints": { "irmap_cache_entry": { "dev": "odev" } },
});
register({
  "name": "ITIMERS",
  "magic": 0x57464056,
  "files": ["itimers-%u.img"],
  "summary": "a task's interval timers (before CRIU 1.3; then in core-%u.img)",
  "entry": "itimer_entry",
});
register({
  "name": "MEMFD_INODE",
  "magic": 0x48453499,
  "files": ["memfd.img"],
  "summary": "memfd files: name, owner, seals and where their pages are",
  "entry": "memfd_inode_entry",
  "hints": { "memfd_inode_entry": { "seals": { "flags": "seals.flags" } } },
});
register({
  "name": "MM",
  "magic": 0x57492820,
  "files": ["mm-%u.img"],
  "summary": "a task's memory layout: VMAs, heap, arguments, auxiliary vector",
  "entry": "mm_entry",
  "hints": {
    "mm_entry": {
      "mm_start_code": "hex",
      "mm_end_code": "hex",
      "mm_start_data": "hex",
      "mm_end_data": "hex",
      "mm_start_stack": "hex",
      "mm_start_brk": "hex",
      "mm_brk": "hex",
      "mm_arg_start": "hex",
      "mm_arg_end": "hex",
      "mm_env_start": "hex",
      "mm_env_end": "hex",
    },
  },
});
register({
  "name": "MNTS",
  "magic": 0x55563928,
  "files": ["mountpoints-%u.img"],
  "summary": "the mounts of a mount namespace",
  "entry": "mnt_entry",
  "hints": { "mnt_entry": { "root_dev": "dev", "flags": "hex", "sb_flags": "hex" } },
});
register({
  "name": "NETDEV",
  "magic": 0x57373951,
  "files": ["netdev-%u.img"],
  "summary": "network devices of a network namespace",
  "entry": "net_device_entry",
  "hints": {
    "net_device_entry": { "flags": "hex" },
    "sit_entry": { "local": "ip", "remote": "ip", "rd_prefix": "ip", "relay_prefix": "ip" },
    "tun_link_entry": { "flags": "hex" },
  },
});
register({
  "name": "NETLINK_SK",
  "magic": 0x58005614,
  "files": ["netlinksk.img"],
  "summary": "netlink sockets",
  "entry": "netlink_sk_entry",
  "hints": { "netlink_sk_entry": { "flags": "hex" } },
});
register({
  "name": "NETNS",
  "magic": 0x55933752,
  "files": ["netns-%u.img"],
  "summary": "settings of a network namespace",
  "entry": "netns_entry",
});
register({
  "name": "NS_FILES",
  "magic": 0x61394011,
  "files": ["ns-files.img"],
  "summary": "opened namespace files of /proc/PID/ns",
  "entry": "ns_file_entry",
});
register({
  "name": "PACKETSK",
  "magic": 0x60454618,
  "files": ["packetsk.img"],
  "summary": "packet sockets",
  "entry": "packet_sock_entry",
  "hints": { "packet_sock_entry": { "flags": "hex" } },
});
register({
  "name": "PAGEMAP",
  "magic": 0x56084025,
  "files": ["pagemap-%u.img"],
  "summary": "which page ranges of a task's memory the dump has",
  "head": { "entry": "pagemap_head" },
  "entry": "pagemap_entry",
  "hints": { "pagemap_entry": { "vaddr": "hex", "flags": { "flags": "pmap.flags" } } },
});
register({
  "name": "PIDFD",
  "magic": 0x54435556,
  "files": ["pidfd.img"],
  "summary": "pidfd files",
  "entry": "pidfd_entry",
});
register({
  "name": "PIDNS",
  "magic": 0x61157326,
  "files": ["pidns-%u.img"],
  "summary": "an external PID namespace",
  "entry": "pidns_entry",
});
register({
  "name": "PIPES",
  "magic": 0x56513555,
  "files": ["pipes.img"],
  "summary": "opened ends of pipes",
  "entry": "pipe_entry",
  "hints": { "pipe_entry": { "flags": "hex" } },
});
register({
  "name": "PIPES_DATA",
  "magic": 0x56453709,
  "files": ["pipes-data.img"],
  "summary": "pipes with the bytes that were in them",
  "entry": "pipe_data_entry",
  "extra": { "kind": "bytes", "length": ["bytes"] },
});
register({
  "name": "POSIX_TIMERS",
  "magic": 0x52603957,
  "files": ["posix-timers-%u.img"],
  "summary": "a task's POSIX timers (before CRIU 1.3; then in core-%u.img)",
  "entry": "posix_timer_entry",
});
register({
  "name": "PSIGNAL",
  "magic": 0x59255647,
  "files": ["signal-p-%u.img"],
  "summary": "signals pending for a thread (before CRIU 1.3; then in core-%u.img)",
  "sameMagicAs": "SIGNAL",
  "entry": "siginfo_entry",
});
register({
  "name": "PSTREE",
  "magic": 0x50273030,
  "files": ["pstree.img"],
  "summary": "the process tree: tasks, their parents, groups, sessions and threads",
  "entry": "pstree_entry",
});
register({
  "name": "IFADDR",
  "framing": "none",
  "files": ["ifaddr-%u.img"],
  "summary": "interface addresses",
  "raw": "rtnetlink dump",
});
register({
  "name": "ROUTE",
  "framing": "none",
  "files": ["route-%u.img"],
  "summary": "IPv4 routes",
  "raw": "rtnetlink dump",
});
register({
  "name": "ROUTE6",
  "framing": "none",
  "files": ["route6-%u.img"],
  "summary": "IPv6 routes",
  "raw": "rtnetlink dump",
});
register({
  "name": "RULE",
  "framing": "none",
  "files": ["rule-%u.img"],
  "summary": "routing rules",
  "raw": "rtnetlink dump",
});
register({
  "name": "IPTABLES",
  "framing": "none",
  "files": ["iptables-%u.img"],
  "summary": "IPv4 netfilter rules",
  "raw": "iptables-save text",
});
register({
  "name": "IP6TABLES",
  "framing": "none",
  "files": ["ip6tables-%u.img"],
  "summary": "IPv6 netfilter rules",
  "raw": "ip6tables-save text",
});
register({
  "name": "NFTABLES",
  "framing": "none",
  "files": ["nftables-%u.img"],
  "summary": "nftables rules",
  "raw": "nft ruleset text",
});
register({
  "name": "TMPFS_IMG",
  "framing": "none",
  "files": ["tmpfs-%u.tar.gz.img"],
  "summary": "a tmpfs mount's files",
  "raw": "gzip tar",
});
register({
  "name": "TMPFS_DEV",
  "framing": "none",
  "files": ["tmpfs-dev-%u.tar.gz.img"],
  "summary": "the /dev tmpfs mount's files",
  "raw": "gzip tar",
});
register({
  "name": "PAGES",
  "framing": "none",
  "files": ["pages-%u.img"],
  "summary": "memory pages, back to back, as the pagemaps say",
  "raw": "memory pages",
});
register({
  "name": "PAGES_OLD",
  "magic": 0x56084025,
  "files": ["pages-%d.img"],
  "summary": "memory pages of a task, each with its address (before CRIU 1.0)",
  "sameMagicAs": "PAGEMAP",
  "raw": "pre-1.0 pages with inline addresses",
});
register({
  "name": "SHM_PAGES_OLD",
  "magic": 0x56084025,
  "files": ["pages-shmem-%d.img"],
  "summary": "memory pages of shared memory, each with its address (before CRIU 1.0)",
  "sameMagicAs": "PAGEMAP",
  "raw": "pre-1.0 pages with inline addresses",
});
register({
  "name": "NETNF_CT",
  "framing": "none",
  "files": ["netns-ct-%u.img"],
  "summary": "connection tracking entries",
  "raw": "nfnetlink conntrack dump",
});
register({
  "name": "NETNF_EXP",
  "framing": "none",
  "files": ["netns-exp-%u.img"],
  "summary": "connection tracking expectations",
  "raw": "nfnetlink expectation dump",
});
register({
  "name": "AMDGPU_KFD",
  "framing": "none",
  "files": ["amdgpu-kfd-%d.img"],
  "summary": "an AMD GPU's compute driver state (CRIU's amdgpu plug-in)",
  "raw": "protobuf without a magic",
});
register({
  "name": "AMDGPU_RENDERD",
  "framing": "none",
  "files": ["amdgpu-renderD-%d.img"],
  "summary": "an AMD GPU's render device (CRIU's amdgpu plug-in)",
  "raw": "protobuf without a magic",
});
register({
  "name": "AMDGPU_PAGES",
  "framing": "none",
  "files": ["amdgpu-pages-%s.img"],
  "summary": "an AMD GPU's memory (CRIU's amdgpu plug-in)",
  "raw": "memory pages",
});
register({
  "name": "REG_FILES",
  "magic": 0x50363636,
  "files": ["reg-files.img"],
  "summary": "opened regular files and directories (before CRIU 3.4; then in files.img)",
  "entry": "reg_file_entry",
  "hints": { "reg_file_entry": { "flags": { "flags": "rfile.flags" } } },
});
register({
  "name": "REMAP_FPATH",
  "magic": 0x59133954,
  "files": ["remap-fpath.img"],
  "summary": "where the contents of deleted opened files are",
  "entry": "remap_file_path_entry",
});
register({
  "name": "RLIMIT",
  "magic": 0x57113925,
  "files": ["rlimit-%u.img"],
  "summary": "a task's resource limits (before CRIU 1.3; then in core-%u.img)",
  "entry": "rlimit_entry",
});
register({
  "name": "SECCOMP",
  "magic": 0x64413049,
  "files": ["seccomp.img"],
  "summary": "seccomp filters",
  "entry": "seccomp_entry",
});
register({
  "name": "SHMEM_PAGEMAP",
  "magic": 0x56084025,
  "files": ["pagemap-shmem-%u.img"],
  "summary": "which page ranges of a shared memory segment the dump has",
  "sameMagicAs": "PAGEMAP",
  "head": { "entry": "pagemap_head" },
  "entry": "pagemap_entry",
});
register({
  "name": "SIGACT",
  "magic": 0x55344201,
  "files": ["sigacts-%u.img"],
  "summary": "a task's signal actions (before CRIU 3.1; then in core-%u.img)",
  "entry": "sa_entry",
  "hints": {
    "sa_entry": {
      "sigaction": "hex",
      "flags": "hex",
      "restorer": "hex",
      "mask": "hex",
      "mask_extended": "hex",
    },
  },
});
register({
  "name": "SIGNAL",
  "magic": 0x59255647,
  "files": ["signal-s-%u.img"],
  "summary": "signals pending for a whole task (before CRIU 1.3; then in core-%u.img)",
  "entry": "siginfo_entry",
});
register({
  "name": "SIGNALFD",
  "magic": 0x57323820,
  "files": ["signalfd.img"],
  "summary": "signalfd files",
  "entry": "signalfd_entry",
  "hints": { "signalfd_entry": { "flags": "hex", "sigmask": "hex" } },
});
register({
  "name": "SK_QUEUES",
  "magic": 0x56264026,
  "files": ["sk-queues.img"],
  "summary": "packets that were queued on sockets",
  "entry": "sk_packet_entry",
  "extra": { "kind": "bytes", "length": ["length"] },
});
register({
  "name": "STATS",
  "magic": 0x57093306,
  "framing": "service",
  "files": ["stats-%s", "stats-%s.img"],
  "summary": "timings and counters of a dump or restore",
  "entry": "stats_entry",
});
register({
  "name": "TCP_STREAM",
  "magic": 0x51465506,
  "files": ["tcp-stream-%x.img"],
  "summary": "a TCP connection with its receive and send queues",
  "entry": "tcp_stream_entry",
  "extra": {
    "kind": "record",
    "parts": {
      "inq": { "kind": "bytes", "length": ["inq_len"] },
      "outq": { "kind": "bytes", "length": ["outq_len"] },
    },
  },
  "hints": { "tcp_stream_entry": { "opt_mask": "hex" } },
});
register({
  "name": "TIMENS",
  "magic": 0x43114433,
  "files": ["timens-%u.img"],
  "summary": "what the clocks of a time namespace showed at the dump",
  "entry": "timens_entry",
});
register({
  "name": "TIMERFD",
  "magic": 0x50493712,
  "files": ["timerfd.img"],
  "summary": "timerfd files",
  "entry": "timerfd_entry",
  "hints": { "timerfd_entry": { "flags": "hex", "settime_flags": "hex" } },
});
register({
  "name": "TTY_DATA",
  "magic": 0x59413026,
  "files": ["tty-data.img"],
  "summary": "bytes that were queued in terminals",
  "entry": "tty_data_entry",
});
register({
  "name": "TTY_FILES",
  "magic": 0x59433025,
  "files": ["tty.img"],
  "summary": "opened terminals",
  "entry": "tty_file_entry",
  "hints": { "tty_file_entry": { "flags": "hex" } },
});
register({
  "name": "TTY_INFO",
  "magic": 0x59453036,
  "files": ["tty-info.img"],
  "summary": "settings of terminals",
  "entry": "tty_info_entry",
});
register({
  "name": "TUNFILE",
  "magic": 0x57143751,
  "files": ["tunfile.img"],
  "summary": "opened TUN and TAP devices",
  "entry": "tunfile_entry",
});
register({
  "name": "UNIXSK",
  "magic": 0x54373943,
  "files": ["unixsk.img"],
  "summary": "unix sockets",
  "entry": "unix_sk_entry",
  "hints": {
    "unix_sk_entry": {
      "type": { "dict": "sk.type" },
      "state": { "dict": "sk.state" },
      "flags": "hex",
      "uflags": "hex",
      "name": "unix_name",
    },
  },
});
register({
  "name": "USERNS",
  "magic": 0x55474906,
  "files": ["userns-%u.img"],
  "summary": "id maps of a user namespace",
  "entry": "userns_entry",
});
register({
  "name": "UTSNS",
  "magic": 0x54473203,
  "files": ["utsns-%u.img"],
  "summary": "host and domain name of a UTS namespace",
  "entry": "utsns_entry",
});
register({
  "name": "VMAS",
  "magic": 0x54123737,
  "files": ["vmas-%u.img"],
  "summary": "a task's memory areas (before CRIU 1.2; then in mm-%u.img)",
  "entry": "vma_entry",
  "hints": {
    "vma_entry": {
      "start": "hex",
      "end": "hex",
      "prot": { "flags": "mmap.prot" },
      "flags": { "flags": "mmap.flags" },
      "status": { "flags": "mmap.status" },
      "madv": "hex",
      "fdflags": "hex",
    },
  },
});
