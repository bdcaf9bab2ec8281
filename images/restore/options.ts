/**
 * The options of `criu restore` that a dump may need. Each is a declaration: the option, which
 * images need it, and what happens without it (CRIU 4.2).
 *
 * @module
 */

import { countOf } from "../bytes/sizes.ts";
import type { DumpPlace } from "../dump/dump_place.ts";
import { PAGES } from "../kernel/memory.ts";
import { IPPROTO } from "../kernel/sockets.ts";
import type { RestoreSubject } from "./subject.ts";

/** An option that a dump needs. */
export interface NeededOption {
  /** Words of the command line, such as `--external` and `mnt[data]:PATH`. */
  readonly words: readonly string[];
  /** The reason: `2 connections`. */
  readonly reason: string;
  /** The first entries that need it. */
  readonly places: readonly DumpPlace[];
  /** The part of the words that stands for a value that only the user knows. */
  readonly placeholder?: string;
  /** A redirection that it needs, such as `3<PATH`. */
  readonly redirection?: string;
  /** An environment variable that it needs. */
  readonly environment?: string;
}

/** An option of `criu restore`. */
export interface RestoreOption {
  /** Its name, or the name of the environment variable. */
  readonly option: string;
  /** What CRIU does without it. */
  readonly without: string;
  /** Whether CRIU restores without it, and something is lost or different. */
  readonly isOptional?: boolean;
  /** Finds why the dump needs it. */
  find(subject: RestoreSubject): Iterable<NeededOption>;
}

/** Most entries that are named for an option. */
const MOST_PLACES = 5;

const atMost = (places: readonly DumpPlace[]) => places.slice(0, MOST_PLACES);

/** The connections of TCP: CRIU looks at the protocol and the other port, not at the state. */
function connections({ files }: RestoreSubject): DumpPlace[] {
  return files
    .filter(({ entry: { isk } }) => isk?.proto === IPPROTO.TCP && isk.dst_port !== 0)
    .map(({ image, index }) => ({ image, entry: index }));
}

const tcpEstablished: RestoreOption = {
  option: "--tcp-established",
  without: "CRIU stops: Connected TCP socket; --tcp-close instead restores closed sockets",
  *find(subject) {
    const places = connections(subject);
    if (places.length === 0 || subject.context.inventory?.tcp_close) return;
    yield {
      words: ["--tcp-established"],
      reason: countOf(places.length, "connection"),
      places: atMost(places),
    };
  },
};

const tcpClose: RestoreOption = {
  option: "--tcp-close",
  without: "CRIU stops: Need to set the --tcp-close options",
  *find({ context: { inventory } }) {
    if (!inventory?.tcp_close) return;
    const places = [{ image: "inventory.img", entry: 0, field: "tcp_close" }];
    yield { words: ["--tcp-close"], reason: "the dump was made with this option", places };
  },
};

/** Whether the session of the root is outside the dump. */
export function isShellJob({ root }: RestoreSubject): boolean {
  return root !== undefined && root.sid !== root.pid;
}

const shellJob: RestoreOption = {
  option: "--shell-job",
  without: "CRIU stops if a process needs the session: Requested sid … inherited",
  *find(subject) {
    if (!isShellJob(subject)) return;
    const { pid, sid } = subject.root!;
    const entry = subject.dump.tasks.indexOf(subject.root!);
    yield {
      words: ["--shell-job"],
      reason: `session ${sid} of process ${pid} is outside the dump`,
      places: [{ image: "pstree.img", entry, field: "sid" }],
    };
  },
};

const fileLocks: RestoreOption = {
  option: "--file-locks",
  without: "CRIU silently restores without the locks",
  *find({ context }) {
    const image = "filelocks.img";
    const places = [...context.entries(image, "file_lock_entry")]
      .map(([entry]) => ({ image, entry }));
    if (places.length === 0) return;
    yield {
      words: ["--file-locks"],
      reason: countOf(places.length, "file lock"),
      places: atMost(places),
    };
  },
};

/** Bit of `uflags`: the socket is outside the dump (CRIU: USK_EXTERN). */
const EXTERN = 1;

const externalUnix: RestoreOption = {
  option: "--ext-unix-sk",
  without: "CRIU stops: External socket found",
  *find({ files }) {
    const places = files.filter(({ entry: { usk } }) => ((usk?.uflags ?? 0) & EXTERN) !== 0)
      .map(({ image, index }) => ({ image, entry: index }));
    if (places.length === 0) return;
    yield {
      words: ["--ext-unix-sk"],
      reason: `${
        countOf(places.length, "unix socket")
      } outside the dump; the program at that end must be listening`,
      places: atMost(places),
    };
  },
};

/** Things from outside that are handed in as open descriptors: the key, what it is, its place. */
function* inheritedFiles(
  { files, context }: RestoreSubject,
): Generator<{ key: string; what: string; place: DumpPlace }> {
  for (const { entry: { reg }, image, index } of files) {
    if (!reg?.ext) continue;
    const place = { image, entry: index, field: "reg.ext" };
    yield { key: reg.name.replace(/^\//, ""), what: "a file outside the dump", place };
  }
  const terminals = "tty-info.img";
  for (const [entry, { type, rdev, dev = 0 }] of context.entries(terminals, "tty_info_entry")) {
    if (type !== "EXT_TTY") continue;
    const key = `tty[${rdev.toString(16)}:${dev.toString(16)}]`;
    yield { key, what: "a terminal outside the dump", place: { image: terminals, entry } };
  }
}

/** Namespaces that the dump was told to leave out. */
function* inheritedNamespaces(
  subject: RestoreSubject,
): Generator<{ key: string; what: string; place: DumpPlace }> {
  for (
    const [prefix, message, what] of [
      ["netns", "netns_entry", "a network namespace outside the dump"],
      ["pidns", "pidns_entry", "a process id namespace outside the dump"],
    ] as const
  ) {
    for (const image of subject.imagesOf(prefix)) {
      for (const [entry, { ext_key: key }] of subject.context.entries(image, message)) {
        if (key !== undefined) yield { key, what, place: { image, entry, field: "ext_key" } };
      }
    }
  }
}

/** The first descriptor that is free in a shell. */
const FIRST_DESCRIPTOR = 3;

const inheritFd: RestoreOption = {
  option: "--inherit-fd",
  without: "CRIU stops because nothing replaces the object outside the dump",
  *find(subject) {
    const keys = new Set<string>();
    for (
      const { key, what, place } of [...inheritedFiles(subject), ...inheritedNamespaces(subject)]
    ) {
      if (keys.has(key)) continue;
      const fd = FIRST_DESCRIPTOR + keys.size;
      keys.add(key);
      yield {
        words: ["--inherit-fd", `fd[${fd}]:${key}`],
        reason: `${key}, ${what}`,
        places: [place],
        placeholder: "PATH",
        redirection: `${fd}<PATH`,
      };
    }
  },
};

/** Keys that CRIU gave to mounts of itself. */
const AUTOGENERATED = "CRIU:AUTOGENERATED";
const EXTERNAL_DEVICE = "CRIU:EXTERNAL_DEV";
/** Number of a file system that CRIU does not know by name (fstype of mnt.proto). */
const AUTO = 16;

const externalMount: RestoreOption = {
  option: "--external mnt",
  without: "CRIU stops: No mapping for a mount, or: autodetected external mount",
  *find({ mounts }) {
    const found = mounts.filter(({ mount: { ext_key } }) => ext_key === AUTOGENERATED);
    if (found.length > 0) {
      yield {
        words: ["--external", "mnt[]"],
        reason: `${countOf(found.length, "mount")} from outside the dump, found by CRIU: ${
          found.map(({ mount }) => mount.mountpoint).slice(0, MOST_PLACES).join(", ")
        }`,
        places: atMost(found.map(({ image, entry }) => ({ image, entry, field: "ext_key" }))),
      };
    }
    const keys = new Set<string>();
    for (const { mount: { ext_key, ext_mount, root, mountpoint }, image, entry } of mounts) {
      const key = ext_key ?? (ext_mount ? root : undefined);
      if (key === undefined || key === AUTOGENERATED || key === EXTERNAL_DEVICE) continue;
      if (keys.has(key)) continue;
      keys.add(key);
      yield {
        words: ["--external", `mnt[${key}]:PATH`],
        reason: `the mount on ${mountpoint} comes from outside the dump`,
        places: [{ image, entry, field: ext_key === undefined ? "ext_mount" : "ext_key" }],
        placeholder: "PATH",
      };
    }
  },
};

const externalDevice: RestoreOption = {
  option: "--external dev",
  without: "CRIU stops unless the device is already mounted: No device for",
  *find({ mounts }) {
    const names = new Set<string>();
    for (const { mount: { ext_key, fstype, source }, image, entry } of mounts) {
      const [, inSource] = /^dev\[(.*)\]$/.exec(source) ?? [];
      const isIt = ext_key === EXTERNAL_DEVICE || (fstype === AUTO && inSource !== undefined);
      if (!isIt) continue;
      const name = inSource ?? source;
      if (names.has(name)) continue;
      names.add(name);
      yield {
        words: ["--external", `dev[${name}]:/dev/DEVICE`],
        reason: `a file system on the device ${name}`,
        places: [{ image, entry }],
        placeholder: "/dev/DEVICE",
      };
    }
  },
};

/** Network devices of the dump's own namespaces. */
function* devices(subject: RestoreSubject) {
  const { context } = subject;
  for (const name of subject.imagesOf("netdev")) {
    for (const [entry, device] of context.entries(name, "net_device_entry")) {
      yield { device, image: name, entry };
    }
  }
}

const externalDevices: RestoreOption = {
  option: "--external veth, macvlan",
  without:
    "CRIU stops for a macvlan: parent required; it leaves the other end of a veth pair unconnected",
  *find(subject) {
    const all = [...devices(subject)];
    const ends = new Set(
      all.filter(({ device }) => device.type === "VETH")
        .flatMap(({ device: { ifindex }, image }) => [`${ifindex}`, `${ifindex} ${image}`]),
    );
    for (const { device: { type, name, ifindex, peer_ifindex, peer_nsid }, image, entry } of all) {
      const places = [{ image, entry }];
      if (type === "MACVLAN") {
        yield {
          words: ["--external", `macvlan[${name}]:PARENT`],
          reason: `the parent of the macvlan ${name} is outside the dump`,
          places,
          placeholder: "PARENT",
        };
      }
      const peer = peer_nsid === undefined
        ? `${peer_ifindex}`
        : `${peer_ifindex} netdev-${peer_nsid}.img`;
      const isItself = peer_ifindex === ifindex &&
        (peer_nsid === undefined || image === `netdev-${peer_nsid}.img`);
      const isPeerHere = !isItself && ends.has(peer);
      if (type !== "VETH" || isPeerHere) continue;
      yield {
        words: ["--external", `veth[${name}]:OUTSIDE@BRIDGE`],
        reason: `the other end of the veth ${name} is outside the dump`,
        places,
        placeholder: "OUTSIDE@BRIDGE",
      };
    }
  },
};

const rootDirectory: RestoreOption = {
  option: "--root",
  without: "CRIU stops (--root option is required) or crashes (BUG at criu/mount.c)",
  *find(subject) {
    const id = subject.root?.ids?.mnt_ns_id;
    const image = `mountpoints-${id}.img`;
    if (id === undefined || !subject.dump.has(image)) return;
    yield {
      words: ["--root", "DIR"],
      reason:
        "the processes have a mount namespace; DIR becomes its root and must be a mount point",
      places: [{ image }],
      placeholder: "DIR",
    };
  },
};

const lazyPages: RestoreOption = {
  option: "--lazy-pages",
  without: "CRIU waits forever for pages that do not exist",
  *find({ context: { pageMaps } }) {
    for (const { map } of pageMaps) {
      for (let i = 0; i < map.count; i++) {
        const flags = map.flags[i]!;
        if ((flags & PAGES.LAZY) === 0 || (flags & (PAGES.PRESENT | PAGES.PARENT)) !== 0) continue;
        yield {
          words: ["--lazy-pages"],
          reason:
            "pages were left on the machine of the dump; `criu lazy-pages` must run and be connected to it",
          places: [{ image: map.name }],
        };
        return;
      }
    }
  },
};

const uprobes: RestoreOption = {
  option: "--allow-uprobes",
  without: "CRIU stops: Dumped with --allow-uprobes",
  *find({ context: { inventory } }) {
    if (!inventory?.allow_uprobes) return;
    const places = [{ image: "inventory.img", entry: 0, field: "allow_uprobes" }];
    yield { words: ["--allow-uprobes"], reason: "the dump was made with this option", places };
  },
};

const plugins: RestoreOption = {
  option: "--libdir",
  without: "CRIU stops if they are not in its own directory: Missing required plugin",
  *find({ context: { inventory } }) {
    const names = inventory?.plugins_entry?.plugins ?? [];
    if (names.length === 0) return;
    yield {
      words: ["--libdir", "DIR"],
      reason: `plug-ins that the dump was made with: ${names.join(", ")}`,
      places: [{ image: "inventory.img", entry: 0, field: "plugins_entry" }],
      placeholder: "DIR",
    };
  },
};

/** Image types that CRIU reads only where it is told that old ones are fine. */
const DEPRECATED: ReadonlySet<string> = new Set([
  "ITIMERS",
  "POSIX_TIMERS",
  "RLIMIT",
  "EVENTPOLL_TFD",
  "INOTIFY_WD",
  "FANOTIFY_MARK",
]);

const deprecated: RestoreOption = {
  option: "CRIU_DEPRECATED",
  without: "CRIU stops: Deprecated functionality",
  *find({ dump, files }) {
    const environment = "CRIU_DEPRECATED=1";
    const old = dump.dumpFiles.ofTypes(({ name }) => DEPRECATED.has(name)).map(({ name }) => name);
    if (old.length > 0) {
      const reason = `images of an old release: ${old.slice(0, MOST_PLACES).join(", ")}`;
      yield { words: [], environment, reason, places: atMost(old.map((image) => ({ image }))) };
      return;
    }
    const tty = files.find(({ entry: { tty } }) => tty !== undefined && tty.regf_id === undefined);
    if (tty === undefined) return;
    const places = [{ image: tty.image, entry: tty.index }];
    yield {
      words: [],
      environment,
      reason: "a terminal without a path, as old releases wrote it",
      places,
    };
  },
};

const cpuCapabilities: RestoreOption = {
  option: "--cpu-cap",
  without: "CRIU ignores cpuinfo.img",
  isOptional: true,
  *find({ dump }) {
    const image = "cpuinfo.img";
    if (!dump.has(image)) return;
    const reason = "CRIU then compares the processor with the features in cpuinfo.img";
    yield { words: ["--cpu-cap=ins"], reason, places: [{ image, entry: 0 }] };
  },
};

/** What names each security module in --lsm-profile, by what the inventory has. */
const LSM_NAMES: Readonly<Record<string, string>> = { APPARMOR: "apparmor", SELINUX: "selinux" };

const lsmProfile: RestoreOption = {
  option: "--lsm-profile",
  without: "CRIU restores the old profile, which must exist on the machine",
  isOptional: true,
  *find({ context }) {
    const name = LSM_NAMES[context.inventory?.lsmtype ?? ""];
    for (const { coreName, core } of context.threads) {
      const profile = core?.thread_core?.creds?.lsm_profile;
      if (profile === undefined || name === undefined) continue;
      yield {
        words: ["--lsm-profile", `${name}:PROFILE`],
        reason: `replaces the profile of the processes, ${profile}`,
        places: [{ image: coreName, entry: 0, field: "thread_core.creds.lsm_profile" }],
        placeholder: "PROFILE",
      };
      return;
    }
  },
};

const cgroups: RestoreOption = {
  option: "--manage-cgroups",
  without: "CRIU creates missing cgroups and puts the processes into them",
  isOptional: true,
  *find({ context, dump }) {
    const image = "cgroup.img";
    const cgroup = [...context.entries(image, "cgroup_entry")][0]?.[1];
    if (cgroup === undefined || !dump.has(image)) return;
    const root = context.inventory?.root_cg_set;
    const sets = (cgroup.sets ?? []).filter(({ id }) => id !== root);
    if (sets.length === 0) return;
    const paths = sets.flatMap(({ ctls = [] }) => ctls.map(({ path }) => path));
    yield {
      words: ["--manage-cgroups=ignore"],
      reason: `leaves the processes in the cgroups of CRIU instead of ${
        [...new Set(paths)].slice(0, MOST_PLACES).join(", ")
      }`,
      places: [{ image, entry: 0, field: "sets" }],
    };
  },
};

/** All options, in the order of the command line. */
export const OPTIONS: readonly RestoreOption[] = [
  deprecated,
  rootDirectory,
  shellJob,
  tcpEstablished,
  tcpClose,
  externalUnix,
  fileLocks,
  inheritFd,
  externalMount,
  externalDevice,
  externalDevices,
  lazyPages,
  uprobes,
  plugins,
  lsmProfile,
  cgroups,
  cpuCapabilities,
];
