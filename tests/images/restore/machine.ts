/** A machine made up for a dump: it has all that the dump demands, until a test takes it away. @module */

import { bytesOfWords } from "../../../images/dump/build_id.ts";
import type { Dump } from "../../../images/dump/dump.ts";
import type { FileFacts, Machine, NoFile } from "../../../images/restore/machine.ts";

/** A machine that a test describes. */
export class MadeUpMachine implements Machine {
  root = "/";
  isTerminal = false;
  user: number | undefined = 0;
  architecture = "x86_64";
  readonly files = new Map<string, FileFacts | "unreadable">();
  readonly buildIds = new Map<string, Uint8Array>();
  readonly texts = new Map<string, string>(TEXTS);
  readonly paths = new Set<string>(PATHS);
  readonly programs = new Set(["ip", "iptables-restore", "ip6tables-restore", "tar", "gzip"]);
  isMountPoint: boolean | undefined = true;

  /** The machine on which a dump was made, as far as the dump tells. */
  constructor(dump: Dump) {
    for (const { entry: { reg, usk } } of dump.files.all) {
      if (reg !== undefined) {
        const { name, size = 0n, mode = 0o100644, build_id } = reg;
        this.files.set(name, { size, mode });
        if (build_id !== undefined) this.buildIds.set(name, bytesOfWords(build_id, dump.byteOrder));
      }
      for (const path of [usk?.name, ...pathsOf(dump)]) {
        const name = typeof path === "string" ? path : new TextDecoder().decode(path);
        const directory = name.slice(0, name.lastIndexOf("/"));
        if (!this.files.has(directory)) this.files.set(directory, { size: 0n, mode: 0o40755 });
      }
    }
  }

  stat(path: string): FileFacts | NoFile {
    return this.files.get(path) ?? "absent";
  }

  buildId(path: string): Uint8Array | undefined {
    return this.buildIds.get(path);
  }

  isRootMounted(): boolean | undefined {
    return this.isMountPoint;
  }

  readText(path: string): string | undefined {
    return this.texts.get(path);
  }

  exists(path: string): boolean {
    return this.paths.has(path) || this.texts.has(path);
  }

  hasProgram(name: string): boolean {
    return this.programs.has(name);
  }
}

function pathsOf(dump: Dump): string[] {
  return dump.files.all.flatMap(({ entry: { ify } }) =>
    (ify?.wd ?? []).flatMap(({ f_handle: { path } }) =>
      path === undefined ? [] : [path, `${path}/x`]
    )
  );
}

const SOCKET_TABLE = "  sl  local_address rem_address   st tx_queue rx_queue\n";

const TEXTS: ReadonlyArray<readonly [string, string]> = [
  ["/proc/net/tcp", SOCKET_TABLE],
  ["/proc/net/tcp6", SOCKET_TABLE],
  ["/proc/net/udp", SOCKET_TABLE],
  ["/proc/net/udp6", SOCKET_TABLE],
  ["/proc/net/unix", "Num       RefCount Protocol Flags    Type St Inode Path\n"],
  ["/proc/net/fib_trie", "Local:\n        |-- 127.0.0.1\n           /32 host LOCAL\n"],
  ["/proc/net/dev", "Inter-|\n face |\n    lo: 0\n"],
  ["/sys/class/net/lo/ifindex", "1\n"],
  ["/proc/sys/kernel/osrelease", "6.18.0\n"],
  ["/proc/sys/fs/nr_open", "1048576\n"],
  ["/proc/sys/fs/pipe-max-size", "1048576\n"],
  [
    "/proc/self/limits",
    "Max open files            20000                20000                files     \n",
  ],
  ["/proc/self/status", "CapEff:\t000001fffeffffff\n"],
  ["/proc/self/smaps", "KernelPageSize:        4 kB\n"],
  ["/proc/self/uid_map", "         0          0 4294967295\n"],
  ["/proc/self/gid_map", "         0          0 4294967295\n"],
  [
    "/proc/filesystems",
    "nodev\tproc\nnodev\tsysfs\nnodev\ttmpfs\nnodev\tdevpts\nnodev\tcgroup\nnodev\tcgroup2\n",
  ],
  ["/proc/cgroups", "#subsys_name\thierarchy\ncpu\t0\nmemory\t0\npids\t0\n"],
  ["/proc/cpuinfo", "flags\t\t: fpu avx avx512f pku sse sse2\n"],
];

const PATHS = [
  "/proc/self",
  "/proc/filesystems",
  "/proc/self/ns/time",
  "/proc/self/ns/user",
  "/proc/self/ns/net",
  "/proc/self/ns/ipc",
  "/proc/self/ns/uts",
  "/proc/self/ns/mnt",
  "/proc/sys/fs/inotify",
  "/proc/sys/fs/fanotify",
  "/proc/sys/fs/aio-max-nr",
  "/dev/net/tun",
  "/sys/class/net/lo",
];
