/**
 * Demands on the kernel: its architecture, page size, features, and what namespaces need.
 *
 * @module
 */

import type { DumpPlace } from "../../dump/dump_place.ts";
import { FILE_SYSTEMS } from "../../kernel/files.ts";
import { machineOf } from "../../kernel/machines.ts";
import { nameIn } from "../../kernel/names.ts";
import type { Demand, Outcome } from "../demand.ts";
import type { Machine } from "../machine.ts";
import type { RestoreSubject } from "../subject.ts";

const architecture: Demand = {
  id: "architecture",
  summary: "the machine has the architecture of the dump",
  explanation: "CRIU restores only registers of its own architecture: Core march mismatch.",
  *ask({ living }, machine) {
    const [task] = living;
    const mtype = task?.core?.mtype;
    if (mtype === undefined) return;
    const place = { image: `core-${task!.pid}.img`, entry: 0, field: "mtype" };
    const [expected, found] = [String(mtype), machine.architecture];
    const isIt = machineOf(mtype)?.uname.test(found);
    const state = isIt === undefined ? "unknown" : isIt ? "ok" : "fails";
    yield { state, what: "architecture", expected, found, place };
  },
};

/** Bytes of /proc/self/smaps that have all about the first area; the kernel works for each one. */
const FIRST_AREA = 4096;

const pageSize: Demand = {
  id: "page-size",
  summary: "the page size of the machine is that of the dump",
  explanation: "CRIU does not compare page sizes; it would put memory at wrong addresses.",
  *ask({ living, dump }, machine) {
    if (living.length === 0) return;
    const expected = dump.pageSize;
    const place = { image: living[0]!.mmName, entry: 0, field: "mm_saved_auxv" };
    const areas = machine.readText("/proc/self/smaps", FIRST_AREA);
    const size = /^KernelPageSize:\s*(\d+) kB/m.exec(areas ?? "")?.[1];
    const outcome = { what: "page size", expected: `${expected} bytes`, place };
    if (size === undefined) yield { ...outcome, state: "unknown", found: "cannot be read" };
    else {
      const own = Number(size) * 1024;
      yield { ...outcome, state: own === expected ? "ok" : "fails", found: `${own} bytes` };
    }
  },
};

/** A feature of the kernel that images prove to be needed. */
interface Feature {
  readonly what: string;
  /** First release of Linux that has it. */
  readonly since: readonly [major: number, minor: number];
  /** A path that is there where the kernel has it, whatever its release. */
  readonly path?: string;
  /** Where the dump needs it. */
  find(subject: RestoreSubject): DumpPlace | undefined;
}

/** The first open file with this part. */
function fileWith(
  part: "pidfd" | "memfd" | "tfd" | "bpf" | "ffy" | "tunf" | "ify" | "sgfd" | "efd" | "epfd",
) {
  return ({ files }: RestoreSubject): DumpPlace | undefined => {
    const file = files.find(({ entry }) => entry[part] !== undefined);
    return file === undefined ? undefined : { image: file.image, entry: file.index };
  };
}

/** The first image of a kind. */
function imageOf(prefix: string) {
  return (subject: RestoreSubject): DumpPlace | undefined => {
    const [image] = subject.imagesOf(prefix);
    return image === undefined ? undefined : { image };
  };
}

const FEATURES: readonly Feature[] = [
  { what: "time namespaces", since: [5, 6], path: "/proc/self/ns/time", find: imageOf("timens") },
  {
    what: "restartable sequences",
    since: [4, 18],
    find({ context }) {
      for (const { coreName, core } of context.threads) {
        if (core?.thread_core?.rseq_entry === undefined) continue;
        return { image: coreName, entry: 0, field: "thread_core.rseq_entry" };
      }
      return undefined;
    },
  },
  {
    what: "seccomp filters",
    since: [3, 5],
    find({ context }) {
      for (const { coreName, core } of context.threads) {
        if (core?.thread_core?.seccomp_mode !== "filter") continue;
        return { image: coreName, entry: 0, field: "thread_core.seccomp_mode" };
      }
      return undefined;
    },
  },
  {
    what: "membarrier registrations",
    since: [4, 14],
    find({ living }) {
      const task = living.find(({ core }) => (core?.tc?.membarrier_registration_mask ?? 0) !== 0);
      if (task === undefined) return undefined;
      return { image: `core-${task.pid}.img`, entry: 0, field: "tc.membarrier_registration_mask" };
    },
  },
  { what: "pidfds", since: [5, 3], find: fileWith("pidfd") },
  { what: "memfds", since: [3, 17], find: fileWith("memfd") },
  {
    what: "memfds in huge pages",
    since: [4, 14],
    path: "/sys/kernel/mm/hugepages",
    find({ context }) {
      const image = "memfd.img";
      for (const [entry, { hugetlb_flag = 0 }] of context.entries(image, "memfd_inode_entry")) {
        if (hugetlb_flag !== 0) return { image, entry, field: "hugetlb_flag" };
      }
      return undefined;
    },
  },
  { what: "timerfds", since: [2, 27], find: fileWith("tfd") },
  { what: "BPF maps", since: [4, 4], find: fileWith("bpf") },
  { what: "fanotify", since: [2, 37], path: "/proc/sys/fs/fanotify", find: fileWith("ffy") },
  { what: "inotify", since: [2, 13], path: "/proc/sys/fs/inotify", find: fileWith("ify") },
  { what: "tun devices", since: [2, 4], path: "/dev/net/tun", find: fileWith("tunf") },
  {
    what: "asynchronous I/O",
    since: [2, 6],
    path: "/proc/sys/fs/aio-max-nr",
    find({ living }) {
      const task = living.find(({ mm }) => (mm?.aios?.length ?? 0) > 0);
      return task === undefined ? undefined : { image: task.mmName, entry: 0, field: "aios" };
    },
  },
  { what: "user namespaces", since: [3, 8], path: "/proc/self/ns/user", find: imageOf("userns") },
  { what: "network namespaces", since: [3, 0], path: "/proc/self/ns/net", find: imageOf("netns") },
  { what: "IPC namespaces", since: [3, 0], path: "/proc/self/ns/ipc", find: imageOf("ipcns-var") },
  { what: "UTS namespaces", since: [3, 0], path: "/proc/self/ns/uts", find: imageOf("utsns") },
  {
    what: "mount namespaces",
    since: [3, 8],
    path: "/proc/self/ns/mnt",
    find: imageOf("mountpoints"),
  },
];

const features: Demand = {
  id: "kernel-feature",
  summary: "the kernel has the features that the processes use",
  explanation: "CRIU stops if an older or smaller kernel lacks a feature that the images need.",
  *ask(subject, machine) {
    const release = machine.readText("/proc/sys/kernel/osrelease")?.trim();
    const [, major, minor] = /^(\d+)\.(\d+)/.exec(release ?? "") ?? [];
    for (const { what, since, path, find } of FEATURES) {
      const place = find(subject);
      if (place === undefined) continue;
      const outcome = { what, expected: `Linux ${since.join(".")} or later`, place };
      if (major === undefined) {
        yield { ...outcome, state: "unknown", found: "the kernel release cannot be read" };
        continue;
      }
      const isNew = Number(major) > since[0] ||
        (Number(major) === since[0] && Number(minor) >= since[1]);
      const isThere = path === undefined || machine.exists(path);
      const found = isThere ? `Linux ${release}` : `Linux ${release} without ${path}`;
      yield { ...outcome, state: isNew && isThere ? "ok" : "fails", found };
    }
  },
};

const fileSystems: Demand = {
  id: "file-system",
  summary: "the kernel has the file systems that CRIU mounts",
  explanation: "CRIU mounts each file system of a mount namespace again: Can't mount at.",
  *ask(subject, machine) {
    const text = machine.readText("/proc/filesystems");
    const known = new Set((text ?? "").split("\n").map((line) => line.trim().split(/\s+/).at(-1)));
    const told = new Set<string>();
    for (const { mount: { fstype, fsname, ext_key, mountpoint }, image, entry } of subject.mounts) {
      const name = fsname ?? nameIn(FILE_SYSTEMS, fstype);
      if (
        ext_key !== undefined || mountpoint === "/" || !/^[a-z]\w+$/.test(name) || name === "other"
      ) continue;
      if (told.has(name)) continue;
      told.add(name);
      const outcome = {
        what: name,
        expected: "a file system that the kernel has",
        place: { image, entry },
      };
      if (text === undefined) {
        yield { ...outcome, state: "unknown", found: "/proc/filesystems is absent" };
      } else if (known.has(name)) yield { ...outcome, state: "ok", found: "present" };
      else {
        const found = "not loaded; the kernel may have a module for it";
        yield { ...outcome, state: "unknown", found, fix: `\`modprobe ${name}\`` };
      }
    }
  },
};

const mountPoints: Demand = {
  id: "mount-point",
  summary: "the directory of --root is a mount point and has the directories of the mounts",
  explanation:
    "CRIU stops if the directory of --root is not a mount point, or lacks the directory of a mount: Can't stat mountpoint.",
  *ask(subject, machine, { hasRoot }) {
    if (!hasRoot || subject.mounts.length === 0) return;
    const isMounted = machine.isRootMounted();
    const outcome = { what: machine.root, expected: "a mount point" };
    if (isMounted === undefined) yield { ...outcome, state: "unknown", found: "unknown" };
    else if (isMounted) yield { ...outcome, state: "ok", found: "a mount point" };
    else {
      const fix = `\`mount --bind ${machine.root} ${machine.root}\``;
      yield { ...outcome, state: "fails", found: "not a mount point", fix };
    }
    yield* insideRoot(subject, machine);
  },
};

/** The mount points that lie in the root's own file system. */
function* insideRoot(subject: RestoreSubject, machine: Machine): Generator<Outcome> {
  const roots = new Set(
    subject.mounts.filter(({ mount }) => mount.mountpoint === "/").map(({ mount }) => mount.mnt_id),
  );
  for (const { mount: { mountpoint, parent_mnt_id }, image, entry } of subject.mounts) {
    if (mountpoint === "/" || !roots.has(parent_mnt_id)) continue;
    const outcome = {
      what: mountpoint,
      expected: "a directory or file to mount on",
      place: { image, entry, field: "mountpoint" },
    };
    const facts = machine.stat(mountpoint);
    if (facts === "unreadable") {
      yield { ...outcome, state: "unknown", found: "cannot be examined" };
    } else if (facts === "absent") {
      yield { ...outcome, state: "fails", found: "absent", fix: "create it below the root" };
    } else yield { ...outcome, state: "ok", found: "present" };
  }
}

const controllers: Demand = {
  id: "cgroup-controller",
  summary: "the cgroup controllers of the dump can be mounted",
  explanation:
    "CRIU mounts each controller to put processes into its cgroups: Can't mount controller dir.",
  *ask({ context }, machine) {
    const image = "cgroup.img";
    const [first] = context.entries(image, "cgroup_entry");
    if (first === undefined) return;
    const text = machine.readText("/proc/cgroups");
    const known = new Set((text ?? "").split("\n").map((line) => line.split(/\s+/)[0]));
    const systems = machine.readText("/proc/filesystems") ?? "";
    for (const [i, { cnames = [] }] of (first[1].controllers ?? []).entries()) {
      for (const name of cnames) {
        const what = name === "" ? "cgroup2" : name;
        const place = { image, entry: 0, field: `controllers[${i}]` };
        const outcome = { what, expected: "a cgroup controller", place };
        const isThere = name === ""
          ? /\bcgroup2$/m.test(systems)
          : name.startsWith("name=")
          ? /\bcgroup$/m.test(systems)
          : known.has(name);
        if (text === undefined) {
          yield { ...outcome, state: "unknown", found: "/proc/cgroups is absent" };
        } else if (isThere) yield { ...outcome, state: "ok", found: "present" };
        else {
          const fix = "restore with `--manage-cgroups=ignore`";
          yield { ...outcome, state: "fails", found: "absent", fix };
        }
      }
    }
  },
};

/** Names of security modules in /sys/kernel/security/lsm, by what the inventory has. */
const MODULES: Readonly<Record<string, string>> = { APPARMOR: "apparmor", SELINUX: "selinux" };

const securityModule: Demand = {
  id: "security-module",
  summary: "the machine uses the security module of the dump",
  explanation:
    "CRIU restores the profile of each thread and stops if the machine uses another security module.",
  *ask({ context }, machine) {
    const type = context.inventory?.lsmtype;
    let place: DumpPlace | undefined;
    for (const { coreName, core } of context.threads) {
      if (core?.thread_core?.creds?.lsm_profile === undefined) continue;
      place = { image: coreName, entry: 0, field: "thread_core.creds.lsm_profile" };
      break;
    }
    // Without a profile the module is not looked at.
    if (type === undefined || place === undefined) return;
    const expected = MODULES[type] ?? "none";
    const outcome = { what: "security module", expected, place };
    const active = activeModule(machine);
    const fix = "restore with `--lsm-profile`, or delete `lsm_profile` with `crit edit`";
    if (active === undefined) yield { ...outcome, state: "unknown", found: "unknown" };
    else if (active === expected) yield { ...outcome, state: "ok", found: active };
    else yield { ...outcome, state: "fails", found: active, fix };
  },
};

/** The security module that CRIU would find: apparmor, selinux or none. */
function activeModule(machine: Machine): string | undefined {
  if (!machine.exists("/proc/filesystems")) return undefined;
  const enabled = machine.readText("/sys/module/apparmor/parameters/enabled")?.trim();
  if (enabled === "Y") return "apparmor";
  return machine.exists("/sys/fs/selinux/enforce") ? "selinux" : "none";
}

const userMaps: Demand = {
  id: "user-map",
  summary: "the ids of user namespaces can be mapped",
  explanation:
    "CRIU writes the maps of each user namespace, which may use only ids that exist where CRIU runs.",
  *ask(subject, machine) {
    for (const image of subject.imagesOf("userns")) {
      for (const [entry, maps] of subject.context.entries(image, "userns_entry")) {
        for (const kind of ["uid_map", "gid_map"] as const) {
          const own = rangesIn(machine.readText(`/proc/self/${kind}`));
          for (
            const [i, { lower_first: first, count, first: inside }] of (maps[kind] ?? []).entries()
          ) {
            const what = `${kind} ${inside}-${inside + count - 1}`;
            const place = { image, entry, field: `${kind}[${i}]` };
            const outcome = { what, expected: `ids ${first}-${first + count - 1}`, place };
            if (own === undefined) {
              yield { ...outcome, state: "unknown", found: `/proc/self/${kind} is absent` };
            } else if (own.some(([from, to]) => first >= from && first + count <= to)) {
              yield { ...outcome, state: "ok", found: "the ids exist" };
            } else {
              const found = `only ${own.map(([from, to]) => `${from}-${to - 1}`).join(", ")}`;
              yield { ...outcome, state: "fails", found };
            }
          }
        }
      }
    }
  },
};

/** First and last id (exclusive) of the ranges in /proc/self/uid_map. */
function rangesIn(text: string | undefined): [from: number, to: number][] | undefined {
  return text?.trim().split("\n").map((line) => line.trim().split(/\s+/).map(Number))
    .map(([from, , count]) => [from!, from! + count!]);
}

export default [
  architecture,
  pageSize,
  features,
  fileSystems,
  mountPoints,
  controllers,
  securityModule,
  userMaps,
] satisfies Demand[];
