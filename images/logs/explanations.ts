/**
 * Explanations of the commonest errors of CRIU 3 and 4; each is a declaration.
 *
 * @module
 */

import type { FileEntry, MntEntry } from "../../proto/types.ts";
import type { Dump } from "../dump/dump.ts";
import type { DumpPlace } from "../dump/dump_place.ts";
import type { Task } from "../dump/task.ts";

/** Finds the entry that an error is about; `match` is that of the pattern. */
export type Locate = (dump: Dump, match: RegExpExecArray) => DumpPlace | undefined;

/** An error of CRIU. */
export interface Explanation {
  /** Stable name. */
  readonly id: string;
  readonly during: "dump" | "restore" | "both";
  /** The message without time, process and source line. */
  readonly pattern: RegExp;
  /** Its meaning, in one sentence or two; `$1` stands for the pattern's first group. */
  readonly means: string;
  /** The fix, in one sentence or two; `{image}` and `{entry}` stand for the place. */
  readonly fix: string;
  readonly locate?: Locate;
}

/** The REG file with the path in the pattern's group, which CRIU writes without the first slash. */
const byPath = (group: number): Locate => ({ files: { all: files } }, match) => {
  const path = match[group]!.replace(/^\//, "");
  const file = files.find(({ entry: { reg } }) => reg?.name.replace(/^\//, "") === path);
  return file === undefined ? undefined : { image: file.image, entry: file.index };
};

/** The process, or the one with the thread, in the pattern's group. */
const byPid = (group: number): Locate => (dump, match) => {
  const id = Number(match[group]);
  const entry = dump.tasks.findIndex(({ pid, threads }) =>
    pid === id || threads.some(({ tid }) => tid === id)
  );
  return entry < 0 ? undefined : { image: "pstree.img", entry, field: "pid" };
};

/** The core image of the thread in the pattern's group. */
const byCore = (group: number): Locate => (dump, match) => {
  const image = `core-${match[group]}.img`;
  return dump.has(image) ? { image, entry: 0 } : undefined;
};

/** The open file whose id, in hexadecimal, is in the pattern's group. */
const byFileId =
  (group: number, part: keyof FileEntry): Locate => ({ files: { all: files } }, match) => {
    const id = parseInt(match[group]!, 16);
    const file = files.find(({ entry }) => entry.id === id && entry[part] !== undefined);
    return file === undefined ? undefined : { image: file.image, entry: file.index };
  };

/** The first open file for which `which` holds. */
const firstFile = (which: (entry: FileEntry) => boolean): Locate => ({ files: { all: files } }) => {
  const file = files.find(({ entry }) => which(entry));
  return file === undefined ? undefined : { image: file.image, entry: file.index };
};

const isRoot = ({ ppid }: Task) => ppid === 0;

/** A place that the root of the tree tells. */
const ofRoot = (place: (root: Task) => DumpPlace): Locate => ({ tasks }) => {
  const root = tasks.find(isRoot);
  return root === undefined ? undefined : place(root);
};

/** The first mount for which `which` holds. */
const firstMount = (which: (mount: MntEntry) => boolean): Locate => (dump) => {
  for (const { name: image } of dump.dumpFiles) {
    if (!image.startsWith("mountpoints-")) continue;
    const entry = dump.optionalEntries(image, "mnt_entry").findIndex(which);
    if (entry >= 0) return { image, entry };
  }
  return undefined;
};

/** An image, if it is there. */
const imageNamed = (image: string, field?: string): Locate => (dump) =>
  dump.has(image) ? { image, entry: 0, field } : undefined;

/** Errors of restores. */
const OF_RESTORE: readonly Explanation[] = [
  {
    id: "pid-taken",
    during: "restore",
    pattern: /^Can't fork for (\d+): File exists/,
    means: "Process id $1 is in use.",
    fix:
      "End the process that has it, restore in a new pid namespace (`unshare --pid --fork --mount-proc criu restore …`), or give the dumped process another id: `crit edit DUMP -o NEW --pid $1=FREE`.",
    locate: byPid(1),
  },
  {
    id: "pid-invalid",
    during: "restore",
    pattern: /^Can't fork for (\d+): Invalid argument/,
    means: "The kernel does not accept $1 as a process id.",
    fix: "Correct `pid` or `sid` in pstree.img; `crit check` names the entry.",
    locate: byPid(1),
  },
  {
    id: "thread-taken",
    during: "restore",
    pattern: /^Unable to create a thread: (-?\d+)|^Can't create thread.*tid/,
    means: "CRIU could not create a thread, usually because another process or thread has its id.",
    fix: "End the process that has the id, or restore in a new pid namespace.",
  },
  {
    id: "tcp-connected",
    during: "restore",
    pattern: /^(?:inet: )?Connected TCP socket in image/,
    means: "The dump has TCP connections, and no option says how to restore them.",
    fix: "Restore with `--tcp-established`, or with `--tcp-close` to restore closed sockets.",
    locate: firstFile(({ isk }) => isk?.proto === 6 && isk.dst_port !== 0),
  },
  {
    id: "tcp-close",
    during: "restore",
    pattern: /^Need to set the --tcp-close options/,
    means: "The dump was made with `--tcp-close`.",
    fix: "Restore with `--tcp-close`.",
    locate: imageNamed("inventory.img", "tcp_close"),
  },
  {
    id: "shell-job",
    during: "restore",
    pattern: /^Requested sid (\d+) doesn't match inherited/,
    means: "The processes are in session $1 of a shell that is outside the dump.",
    fix: "Restore with `--shell-job`. If the dump has a terminal, restore from a terminal.",
    locate: (dump) => ({ image: "pstree.img", entry: dump.tasks.findIndex(isRoot), field: "sid" }),
  },
  {
    id: "terminal-peer",
    during: "restore",
    pattern: /^(?:tty: )?Found slave peer index (\d+) without correspond master peer/,
    means: "The terminal of the processes, /dev/pts/$1, is outside the dump.",
    fix:
      "Restore with `--shell-job` from a terminal, or pass a terminal with `--inherit-fd 'fd[N]:tty[RDEV:DEV]'`.",
    locate: (dump, match) => {
      const image = "tty-info.img";
      for (const [entry, { pty }] of dump.optionalEntries(image, "tty_info_entry").entries()) {
        if (pty?.index === Number(match[1])) return { image, entry };
      }
      return undefined;
    },
  },
  {
    id: "terminal-inherit",
    during: "restore",
    pattern: /^(?:tty: )?Don't have tty to inherit session from/,
    means:
      "The processes had a terminal outside the dump, but standard input of CRIU is not a terminal.",
    fix:
      "Run `criu restore --shell-job` from a terminal, such as `script -qc 'criu restore …' /dev/null`.",
    locate: imageNamed("tty-info.img"),
  },
  {
    id: "terminal-session",
    during: "restore",
    pattern: /^(?:tty: )?No task found with sid (\d+)/,
    means: "A terminal belongs to session $1, whose leader is not in the dump.",
    fix:
      "Restore with `--shell-job` if the dump is a shell's job. Otherwise correct `sid` in tty-info.img.",
    locate: (dump, match) => {
      const image = "tty-info.img";
      for (const [entry, { sid }] of dump.optionalEntries(image, "tty_info_entry").entries()) {
        if (sid === Number(match[1])) return { image, entry, field: "sid" };
      }
      return undefined;
    },
  },
  {
    id: "port-taken",
    during: "restore",
    pattern: /^(?:inet: )?Can't bind inet socket.*Address already in use/,
    means: "The port of a socket in the dump is in use.",
    fix:
      "`crit preflight` names the port. End the program that uses it, or change `isk.src_port` with `crit edit`.",
    locate: firstFile(({ isk }) => isk !== undefined && isk.src_port !== 0),
  },
  {
    id: "address-absent",
    during: "restore",
    pattern: /^(?:inet: )?Can't bind inet socket.*Cannot assign requested address/,
    means: "The machine does not have the address of a socket in the dump.",
    fix:
      "Add the address to a network device (`ip address add`), or change `isk.src_addr` with `crit edit`.",
    locate: firstFile(({ isk }) => isk !== undefined && isk.src_port !== 0),
  },
  {
    id: "bind",
    during: "restore",
    pattern: /^(?:inet: )?Can't bind inet socket/,
    means: "CRIU cannot bind a socket to its address and port.",
    fix: "`crit preflight` names ports in use and addresses that the machine lacks.",
    locate: firstFile(({ isk }) => isk !== undefined && isk.src_port !== 0),
  },
  {
    id: "unix-taken",
    during: "restore",
    pattern:
      /^(?:unix: )?Can't bind (?:socket )?id 0x([0-9a-f]+) ino \d+ addr (.*): Address already in use/,
    means:
      "The path or abstract name of a unix socket, $2, is in use: another socket has the name, or the path leads to a file that is not a socket.",
    fix: "Remove the file, or end the program that has the name.",
    locate: byFileId(1, "usk"),
  },
  {
    id: "unix-directory",
    during: "restore",
    pattern:
      /^(?:unix: )?Can't bind (?:socket )?id 0x([0-9a-f]+) ino \d+ addr (.*): No such file or directory/,
    means: "The directory of a unix socket, $2, does not exist.",
    fix: "Create the directory, or change `usk.name` with `crit edit`.",
    locate: byFileId(1, "usk"),
  },
  {
    id: "unix-peer",
    during: "restore",
    pattern: /^(?:unix: )?FATAL: Peer (\d+) unresolved for (\d+)/,
    means: "Unix socket $2 is connected to socket $1, which is not in the dump.",
    fix: "Make the dump again with the process at the other end, or with `--ext-unix-sk`.",
    locate: (dump, match) => firstFile(({ usk }) => usk?.ino === Number(match[2]))(dump, match),
  },
  {
    id: "unix-external",
    during: "restore",
    pattern: /^(?:unix: )?External socket found in image/,
    means: "A unix socket is connected to a socket outside the dump.",
    fix: "Start the program that listens on that socket, and restore with `--ext-unix-sk`.",
    locate: firstFile(({ usk }) => ((usk?.uflags ?? 0) & 1) !== 0),
  },
  {
    id: "file-size",
    during: "restore",
    pattern: /^File (.*) has bad size (\d+) \(expect (\d+)\)/,
    means: "The size of the file /$1 is $2 bytes; it was $3 bytes when the dump was made.",
    fix:
      "Restore the old file, or delete the size from the dump: `crit edit DUMP -o NEW --delete '{image}:[{entry}].reg.size'`.",
    locate: byPath(1),
  },
  {
    id: "file-build",
    during: "restore",
    pattern: /^File (.*) has bad build-ID/,
    means: "The program or library /$1 is not the build that the dump was made with.",
    fix:
      "Install the old version, or restore with `--file-validation filesize` if you know that both are compatible.",
    locate: byPath(1),
  },
  {
    id: "file-mode",
    during: "restore",
    pattern: /^File (.*) has bad mode 0?(\d+) \(expect 0?(\d+)\)/,
    means: "The mode of the file /$1 is $2; it was $3 when the dump was made.",
    fix: "Change the permissions back with `chmod`, or restore with `--skip-file-rwx-check`.",
    locate: byPath(1),
  },
  {
    id: "file-checksum",
    during: "restore",
    pattern: /^File (.*) has bad checksum/,
    means: "The contents of the file /$1 have changed since the dump was made.",
    fix: "Restore the old file, or restore with `--file-validation filesize`.",
    locate: byPath(1),
  },
  {
    id: "file-absent",
    during: "restore",
    pattern: /^Can't open file (.*?) on restore: No such file or directory/,
    means: "The file /$1 does not exist.",
    fix:
      "Put the file back, or change its path with `crit edit DUMP -o NEW --set '{image}:[{entry}].reg.name=PATH'`.",
    locate: byPath(1),
  },
  {
    id: "file-open",
    during: "restore",
    pattern: /^Can't open file (.*?)(?: on restore)?: (.*)/,
    means: "CRIU cannot open the file /$1: $2.",
    fix: "Check the permissions and the type of the file at that path.",
    locate: byPath(1),
  },
  {
    id: "file-position",
    during: "restore",
    pattern: /^Can't restore file pos: (.*)/,
    means: "CRIU cannot set the position of a file: $1.",
    fix: "Correct `reg.pos` with `crit edit`.",
  },
  {
    id: "program-executable",
    during: "restore",
    pattern: /^sys_prctl\(PR_SET_MM, PR_SET_MM_MAP\) failed with -13/,
    means: "The program of a process is not executable.",
    fix:
      "Make the program executable with `chmod +x`, and check that its file system is not mounted with noexec.",
  },
  {
    id: "memory-layout",
    during: "restore",
    pattern: /^sys_prctl\(PR_SET_MM, PR_SET_MM_MAP\) failed with (-\d+)/,
    means: "The kernel does not accept the memory layout of a process (error $1).",
    fix: "`crit check` names invalid addresses in the mm image.",
  },
  {
    id: "ghost-taken",
    during: "restore",
    pattern: /^Can't create ghost (regfile|dir|fifo|socket|device): File exists/,
    means: "An interrupted restore left a temporary file for a deleted file behind.",
    fix: "Remove `*.cr.*.ghost` next to the path of the deleted file; `crit preflight` names it.",
    locate: imageNamed("remap-fpath.img"),
  },
  {
    id: "linked-remap",
    during: "restore",
    pattern: /^Can't link (.*?) -> (.*?): No such file or directory/,
    means:
      "The second name of a deleted file, /$1, does not exist. A successful restore removes it.",
    fix: "Put the file back under that name. Keep a copy of it before each restore.",
    locate: byPath(1),
  },
  {
    id: "cpu-features",
    during: "restore",
    pattern: /^(?:cpu: )?CPU (?:xfeatures has unsupported bits|.*\bdo(?:es)? not match)/i,
    means: "The processor lacks features that the processor of the dump had.",
    fix: "Restore on a processor with these features. `--cpu-cap=none` disables the comparison.",
    locate: imageNamed("cpuinfo.img"),
  },
  {
    id: "cpu-xsave",
    during: "restore",
    pattern: /xsave size mismatch|XSAVE.*mismatch/i,
    means: "The size of the processor's register state differs from the size in the dump.",
    fix: "Restore on the same kind of processor. `--cpu-cap=none` disables the comparison.",
    locate: imageNamed("cpuinfo.img"),
  },
  {
    id: "architecture",
    during: "restore",
    pattern: /^Core march mismatch (\d+)/,
    means: "The dump is for another architecture than this CRIU.",
    fix: "Restore on a machine with the architecture of the dump; `crit stats` names it.",
    locate: ofRoot((root) => ({ image: `core-${root.pid}.img`, entry: 0, field: "mtype" })),
  },
  {
    id: "mount-mapping",
    during: "restore",
    pattern: /^(?:mnt: )?No mapping for (?:(\d+):)?(.*?) mountpoint/,
    means: "A mount comes from outside the dump, and no option says what to mount in its place.",
    fix: "Restore with `--external 'mnt[KEY]:PATH'`; `crit preflight --offline` prints the keys.",
    locate: firstMount(({ ext_key }) => ext_key !== undefined),
  },
  {
    id: "mount-detected",
    during: "restore",
    pattern: /autodetected external mount/,
    means:
      "CRIU found an external mount when it made the dump, and is not allowed to look for it now.",
    fix: "Restore with `--external 'mnt[]'`.",
    locate: firstMount(({ ext_key }) => ext_key === "CRIU:AUTOGENERATED"),
  },
  {
    id: "root-needed",
    during: "restore",
    pattern: /--root option is required|^(?:mnt: )?BUG at criu\/mount\.c/,
    means: "The processes have a mount namespace, and no option names its root.",
    fix: "Restore with `--root DIR`, where DIR is a mount point with the container's files.",
  },
  {
    id: "mount-point",
    during: "restore",
    pattern: /^(?:mnt(?:-v2)?: )?(?:Can't (?:stat|open) mountpoint|Failed to open real mountpoint)/,
    means:
      "The directory given with `--root` lacks a mount point of the dump, or is not a mount point itself.",
    fix:
      "Create the directories, and run `mount --bind DIR DIR`; `crit preflight --root DIR` names the missing ones.",
  },
  {
    id: "mount-root",
    during: "restore",
    pattern: /No root found for tree|No parent found for mountpoint/,
    means:
      "The mounts of a namespace do not form a tree: their image is empty, missing or damaged.",
    fix: "Copy the mountpoints image again from the machine that made the dump.",
  },
  {
    id: "network-external",
    during: "restore",
    pattern: /external net(?:ns| namespace)/i,
    means: "The network namespace is outside the dump, and no option replaces it.",
    fix: "Restore with `--inherit-fd 'fd[N]:KEY'`; `crit preflight --offline` prints the key.",
  },
  {
    id: "pidns-external",
    during: "restore",
    pattern: /external pid(?:ns| namespace)/i,
    means: "The process id namespace is outside the dump, and no option replaces it.",
    fix: "Restore with `--inherit-fd 'fd[N]:KEY'`; `crit preflight --offline` prints the key.",
  },
  {
    id: "pidns-init",
    during: "restore",
    pattern: /^Can't restore pid namespace without the process init/,
    means: "The dump has a process id namespace, but not its first process.",
    fix: "Make the dump again from process 1 of the namespace.",
    locate: ofRoot((root) => ({ image: `ids-${root.pid}.img`, entry: 0, field: "pid_ns_id" })),
  },
  {
    id: "nested-namespace",
    during: "restore",
    pattern: /^Can't restore sub-task in NS/,
    means:
      "A process is in another namespace than its parent. CRIU creates namespaces of this kind for the root process only.",
    fix: "`crit check` names the process. CRIU cannot restore such a dump.",
  },
  {
    id: "lsm-mismatch",
    during: "restore",
    pattern: /mismatched lsm types|can't render profile/i,
    means: "The processes have profiles of a security module that this machine does not use.",
    fix:
      "Restore with `--lsm-profile`, or delete `lsm_profile` from the core images with `crit edit`.",
    locate: imageNamed("inventory.img", "lsmtype"),
  },
  {
    id: "image-missing",
    during: "both",
    pattern: /^Unexpected EOF on \(empty-image\)/,
    means:
      "An image that CRIU needs does not exist. With -v4, an earlier line of the log names it: `No …-N.img image`.",
    fix: "`crit check` names the missing image. Copy it again from the machine that made the dump.",
  },
  {
    id: "image-magic",
    during: "both",
    pattern: /^(?:Magic|Head magic) doesn't match for (\S+)/,
    means: "$1 is not an image, or not of the type that its name stands for.",
    fix: "Copy the file again; `crit info` prints its type.",
    locate: (dump, match) => dump.has(match[1]!) ? { image: match[1]! } : undefined,
  },
  {
    id: "image-cut",
    during: "both",
    pattern:
      /^(?:Img trimmed \d+\/\d+|Read \d+ bytes while \d+ expected)(?: from (\S*\/)?(\S+?))?(?::.*)?$|^Unexpected EOF on (?!\(empty)(?:\S*\/)?(\S+)/,
    means: "An image is cut off.",
    fix: "`crit check` names the image and the entry. Copy the image again.",
    locate: (dump, match) => {
      const image = match[2] ?? match[3] ?? "";
      return dump.has(image) ? { image } : undefined;
    },
  },
  {
    id: "pages-missing",
    during: "restore",
    pattern: /Can't read (?:async pr bytes|pages data)|^Reached EOF|^Can't read mapping page/,
    means: "A pages image is missing or too short.",
    fix: "`crit check` names the image and how much is missing. Copy it again.",
  },
  {
    id: "parent-missing",
    during: "restore",
    pattern: /No parent for snapshot pagemap|Missing .* in parent/,
    means: "Some pages of the memory are in the parent dump, which does not exist.",
    fix: "Copy the parent dump to the place that the link `parent` leads to.",
    locate: ofRoot((root) => ({ image: root.pageMapName })),
  },
  {
    id: "inventory-version",
    during: "restore",
    pattern: /^Not supported images version (\d+)/,
    means: "This CRIU does not read images of version $1.",
    fix: "Restore with the CRIU that made the dump, or convert the dump with `crit convert`.",
    locate: imageNamed("inventory.img", "img_version"),
  },
  {
    id: "too-old",
    during: "restore",
    pattern: /^Too old image, no longer supported|Deprecated functionality/,
    means: "An old CRIU made the dump, in a format that this CRIU no longer accepts.",
    fix:
      "Set CRIU_DEPRECATED=1 in the environment, or convert the dump to the newest format with `crit convert`.",
  },
  {
    id: "plugin-missing",
    during: "restore",
    pattern: /^Missing required plugin: (.*)/,
    means: "The dump needs the plug-in $1, which CRIU does not find.",
    fix: "Install the plug-in. Restore with `--libdir DIR` if it is not in CRIU's own directory.",
    locate: imageNamed("inventory.img", "plugins_entry"),
  },
  {
    id: "cgroup-absent",
    during: "restore",
    pattern: /(?:cg: )?Can't mount controller dir (\S+)|(?:cg: )?Can't mount (?:controller|cgroup)/,
    means: "The machine does not have a cgroup controller that the dump uses.",
    fix: "Restore with `--manage-cgroups=ignore`.",
    locate: imageNamed("cgroup.img"),
  },
  {
    id: "cgroup-set",
    during: "restore",
    pattern: /^(?:cg: )?No set (\d+) found/,
    means: "A thread is in cgroup set $1, which is not in cgroup.img.",
    fix: "Copy cgroup.img again, or restore with `--manage-cgroups=ignore`.",
  },
  {
    id: "cgroup-directory",
    during: "restore",
    pattern: /(?:cg: )?Cgroup dir (\S+) doesn't exist|Can't move .* into .*cgroup/,
    means: "A cgroup of the dump does not exist, and CRIU is not allowed to create it.",
    fix: "Restore with `--manage-cgroups=soft`, or name another root with `--cgroup-root`.",
  },
  {
    id: "device-missing",
    during: "restore",
    pattern: /couldn't find ifindex for (\S+)|Can't set 1:25 .*: No such device/,
    means: "The network device that a socket is bound to does not exist.",
    fix: "Create the device, or delete the binding with `crit edit`.",
    locate: firstFile(({ isk }) =>
      isk?.ifname !== undefined || isk?.opts.so_bound_dev !== undefined
    ),
  },
  {
    id: "owner-gone",
    during: "restore",
    pattern: /^Can't setup (\d+) file owner pid: No such process/,
    means: "Descriptor $1 sends signals to a process that does not exist.",
    fix:
      "Set `pid` of the owner to 0 with `crit edit`; `crit check --only owner-task` names the entry.",
  },
  {
    id: "epoll-target",
    during: "restore",
    pattern: /^(?:epoll: )?Can't add event on 0x([0-9a-f]+): (.*)/,
    means: "An epoll descriptor cannot watch one of its targets again: $2.",
    fix: "`crit check` names the target. Remove it with `crit edit`.",
    locate: byFileId(1, "epfd"),
  },
  {
    id: "watch-path",
    during: "restore",
    pattern:
      /^(?:fsnotify: )?(?:Unable to open|Can't open) (\S+): No such file or directory|^(?:fsnotify: )?Handle .* cannot be opened/,
    means: "A file or directory that inotify or fanotify watches does not exist: $1.",
    fix: "Restore it, or remove the watch with `crit edit`.",
    locate: firstFile(({ ify, ffy }) => ify !== undefined || ffy !== undefined),
  },
  {
    id: "descriptor-limit",
    during: "restore",
    pattern: /^Too big FD number to restore (\d+)|^(?:sfd: )?Can't chose service_fd_base: (\d+)/,
    means: "A descriptor number exceeds the limits of the machine.",
    fix: "Raise fs.nr_open, and the limit on open files (`ulimit -n`) of the user who restores.",
  },
  {
    id: "pipe-size",
    during: "restore",
    pattern: /^Can't restore pipe size: (.*)/,
    means: "A pipe of the dump is larger than the machine allows: $1.",
    fix: "Raise fs.pipe-max-size, or restore with CAP_SYS_RESOURCE.",
    locate: imageNamed("pipes-data.img"),
  },
  {
    id: "segmentation-fault",
    during: "restore",
    pattern: /^(\d+) killed by signal 11/,
    means:
      "Process $1 crashed during the restore: its images are incomplete or do not belong together.",
    fix: "`crit check` names what is missing or wrong.",
    locate: byCore(1),
  },
  {
    id: "vdso",
    during: "restore",
    pattern: /^(?:vdso: )?Invalid ELF magic|^(?:vdso: )?(?:Elf header|Unsupported ELF)/i,
    means:
      "Pages of the memory are at wrong addresses, or the registers are for another mode of the processor.",
    fix: "Undo edits of the pagemap or core image; `crit check` checks the pages.",
  },
  {
    id: "scheduling",
    during: "restore",
    pattern: /^Inconsistent sched params received \((\d+)\.(-?\d+)\.(\d+)\)/,
    means:
      "A thread has a scheduling policy ($1), nice value ($2) or priority ($3) that CRIU does not restore.",
    fix:
      "`crit check --only thread-scheduling` names the thread. Correct the values with `crit edit`.",
  },
];

/** Errors of dumps. */
const OF_DUMP: readonly Explanation[] = [
  {
    id: "not-session-leader",
    during: "dump",
    pattern: /^The root process (\d+) is not a session leader/,
    means: "A shell started process $1, and the session of the shell is outside the dump.",
    fix: "Dump and restore with `--shell-job`, or start the program with `setsid`.",
  },
  {
    id: "dump-tcp",
    during: "dump",
    pattern: /^(?:inet: )?Connected TCP socket, consider using --tcp-established/,
    means: "A process has TCP connections, and no option says how to dump them.",
    fix: "Dump and restore with `--tcp-established`, or with `--tcp-close` to close them.",
  },
  {
    id: "dump-locks",
    during: "dump",
    pattern: /^Some file locks are hold by dumping tasks/,
    means: "A process holds file locks.",
    fix: "Dump and restore with `--file-locks` if no other process needs the files until then.",
  },
  {
    id: "dump-unix-external",
    during: "dump",
    pattern: /^(?:unix: )?External socket is used/,
    means: "A unix socket is connected to a process outside the dump.",
    fix: "Include that process in the dump, or dump and restore with `--ext-unix-sk`.",
  },
  {
    id: "dump-unix-stream",
    during: "dump",
    pattern: /^(?:unix: )?Can't dump half of stream unix connection\. name: (.*?); peer name: (.*)/,
    means:
      "A unix stream connection leads to $2, outside the dump. CRIU can reconnect only datagram sockets.",
    fix:
      "Include the process at the other end in the dump, or name the socket with `--external 'unix[INO]'`.",
  },
  {
    id: "dump-link-remap",
    during: "dump",
    pattern: /^Can't create link remap for (.*?)\. Use link-remap option/,
    means: "The open file $1 was deleted but still has another name.",
    fix:
      "Dump with `--link-remap`. CRIU then links the file under a new name, which the restore needs.",
  },
  {
    id: "dump-ghost-limit",
    during: "dump",
    pattern: /^Can't dump ghost file (.*?) of (\d+) size, increase limit/,
    means:
      "The deleted file $1 is still open. Its size of $2 bytes exceeds CRIU's limit for deleted files.",
    fix: "Dump with `--ghost-limit $2`.",
  },
  {
    id: "dump-mount",
    during: "dump",
    pattern: /^Can't lookup mount=(-?\d+) for fd=(-?\d+) path=(.*)/,
    means: "Descriptor $2, $3, was opened in another mount namespace.",
    fix:
      "Make the program open the file inside its namespace or close it, or name the file with `--external 'file[MNT:INO]'`.",
  },
  {
    id: "dump-sharing",
    during: "dump",
    pattern:
      /^(?:mnt: )?(?:Mount|.*mountpoint) .*(?:unreachable sharing|doesn't have a proper root mount|has unreachable)/,
    means: "A mount is shared with a mount outside the container.",
    fix:
      "Dump with `--external 'mnt[]:ms'`, or name the mount with `--external 'mnt[MOUNTPOINT]:KEY'`.",
  },
  {
    id: "dump-session-outside",
    during: "dump",
    pattern: /^A session leader of (\d+)\((\d+)\) is outside of its pid namespace/,
    means: "Process $1 is in a session whose leader is outside its pid namespace.",
    fix: "Start the first process of the namespace with `setsid`.",
  },
  {
    id: "dump-traced",
    during: "dump",
    pattern: /^Unable to detach from (\d+): No such process/,
    means:
      "CRIU could not stop process $1: the process has ended, or another program such as gdb or strace traces it.",
    fix: "`TracerPid` in /proc/$1/status is the process that traces it. End that process.",
  },
  {
    id: "dump-zombie",
    during: "dump",
    pattern: /^Zombies? (?:found|is not supported)|^Dumping a zombie/i,
    means: "A process has ended, and its parent has not waited for it.",
    fix: "End its parent, or wait until the parent has called wait(2).",
  },
  {
    id: "dump-socket-option",
    during: "dump",
    pattern: /^(?:sockets: )?Can't get (\d+):(\d+) opt: Operation not supported/,
    means:
      "This CRIU is too old for the kernel: it reads a socket option ($1:$2) that the kernel no longer has.",
    fix: "Use a newer CRIU. Linux 6.16 needs CRIU 4.2.",
  },
  {
    id: "dump-parasite",
    during: "dump",
    pattern: /^Can't infect .*\(pid: (\d+)\) with parasite|Can't infect (\d+)/,
    means: "CRIU could not inject its code into process $1.",
    fix:
      "Read the lines before this error. Possible reasons are seccomp filters, or a kernel without CONFIG_CHECKPOINT_RESTORE.",
  },
  {
    id: "dump-unsupported-file",
    during: "dump",
    pattern: /^Can't dump file (\d+) of that type \[(\d+)\] \((.*?)\)/,
    means: "CRIU cannot dump descriptor $1, which is of type $3.",
    fix: "Make the program close it before the dump, or use a CRIU plug-in for that device.",
  },
];

/** Errors of both. */
const OF_BOTH: readonly Explanation[] = [
  {
    id: "kernel-too-new",
    during: "both",
    pattern:
      /^kerndat_vdso_fill_symtable failed|^vdso: (?:Unexpected rt vDSO area bounds|Failed to fill self vdso symtable)/,
    means: "This CRIU is too old for the kernel.",
    fix: "Use a newer CRIU.",
  },
  {
    id: "not-root",
    during: "both",
    pattern:
      /You need to be root to run this command|needs? CAP_(SYS_ADMIN|CHECKPOINT_RESTORE)|Unable to get required capabilities/i,
    means: "CRIU must run as root, or with CAP_CHECKPOINT_RESTORE.",
    fix: "Run it as root, or with `--unprivileged` and that capability.",
  },
  {
    id: "option-argument",
    during: "both",
    pattern: /^invalid argument for (\S+): (.*)/,
    means: "The option $1 does not accept $2.",
    fix: "See `criu --help`.",
  },
  {
    id: "images-directory",
    during: "both",
    pattern:
      /^Can't open dir (.*?): No such file or directory|^Can't open directory (.*?): No such file/,
    means: "The directory of images, $1, does not exist.",
    fix: "Name the directory of the dump with `-D`.",
  },
  {
    id: "network-lock",
    during: "both",
    pattern:
      /iptables-restore|ip6tables-restore|Locking network failed|nftables.*(?:failed|not supported)/i,
    means:
      "CRIU cannot block network connections: iptables or nftables is not installed, or fails.",
    fix: "Install iptables, or use `--network-lock nftables` or `--network-lock skip`.",
  },
];

/** All explanations; the first whose pattern matches is used. */
export const EXPLANATIONS: readonly Explanation[] = [...OF_RESTORE, ...OF_DUMP, ...OF_BOTH];
