/** Rules about mounts. @module */

import type { MntEntry } from "../../../proto/types.ts";
import type { CheckContext } from "../context.ts";
import { fieldOfFile, unresolved } from "../references.ts";
import type { Rule } from "../rule.ts";

const fileMount: Rule = {
  id: "file-mount",
  severity: "error",
  summary: "the mount of every file is in the dump",
  explanation: "In a mount namespace CRIU opens a file by its mount and its path below that.",
  fix: "fetch the mountpoints images from where the dump was made, or make the dump again",
  *check(context) {
    const images = context.imagesOf("mnt_entry");
    if (images.length === 0) return;
    const known = new Set(
      images.flatMap((image) => [...context.entries(image, "mnt_entry")])
        .map(([, { mnt_id }]) => mnt_id),
    );
    const references = context.files.all.flatMap(({ entry: { reg }, image, index }) => {
      const id = reg?.mnt_id ?? -1;
      const field = fieldOfFile(image, "reg", "mnt_id");
      const isThere = id < 0 || known.has(id);
      return isThere ? [] : [{ image, entry: index, field, target: `mount ${id}` }];
    });
    yield* unresolved(context, images, references);
  },
};

/** Number of tmpfs among file systems (`fstype` of mnt.proto). */
const TMPFS = 5;

/** Whether a mount's files are CRIU's to restore: those of the root and from outside are not. */
function isRestored({ root, mountpoint, ext_key, ext_mount, with_plugin, deleted }: MntEntry) {
  const isFromElsewhere = ext_key !== undefined || ext_mount || with_plugin || deleted;
  return !isFromElsewhere && root === "/" && mountpoint !== "/";
}

const tmpfsPresent: Rule = {
  id: "tmpfs-present",
  severity: "warning",
  summary: "the files of every tmpfs are in the dump",
  explanation: "They exist in memory only, so CRIU dumps them into tmpfs-dev-DEV.tar.gz.img.",
  fix: "fetch {image} from where the dump was made, or make the dump again",
  *check(context) {
    const mounts = context.imagesOf("mnt_entry").filter((image) => context.isWhole(image))
      .flatMap((image) => [...context.entries(image, "mnt_entry")])
      .map(([, mount]) => mount)
      .filter(({ fstype }) => fstype === TMPFS);
    // Of several mounts of one file system, one from outside is enough.
    for (const [device, same] of Map.groupBy(mounts, ({ root_dev }) => root_dev)) {
      const image = `tmpfs-dev-${device}.tar.gz.img`;
      // The first releases named it by the mount.
      const names = [image, ...same.map(({ mnt_id }) => `tmpfs-${mnt_id}.tar.gz.img`)];
      if (names.some((name) => context.dump.has(name)) || !same.every(isRestored)) continue;
      yield { image, message: `it is missing: a tmpfs is mounted on ${same[0]!.mountpoint}` };
    }
  },
};

/** The first bytes of gzip data (RFC 1952). */
const GZIP = [0x1f, 0x8b];

const tmpfsGzip: Rule = {
  id: "tmpfs-gzip",
  severity: "error",
  summary: "the files of a tmpfs are gzip data",
  explanation: "CRIU passes them to tar, which fails on anything else, even on an empty file.",
  fix: "fetch {image} from where the dump was made, or make the dump again",
  *check({ dump }) {
    for (const { name, type, size } of dump.dumpFiles) {
      if (type?.raw !== "gzip tar") continue;
      const bytes = new Uint8Array(GZIP.length);
      const count = dump.read(name, 0, bytes);
      if (GZIP.every((byte, i) => i < count && bytes[i] === byte)) continue;
      yield { image: name, message: size === 0 ? "it is empty" : "it is not gzip data" };
    }
  },
};

/** The mounts of each namespace, by its image. */
function* namespaces(context: CheckContext): Generator<[image: string, mounts: MntEntry[]]> {
  for (const image of context.imagesOf("mnt_entry")) {
    if (!context.isWhole(image)) continue;
    yield [image, [...context.entries(image, "mnt_entry")].map(([, mount]) => mount)];
  }
}

const tree: Rule = {
  id: "mount-tree",
  severity: "error",
  summary: "the mounts of a namespace form a tree below one root",
  explanation:
    "CRIU mounts each one in its parent, beginning at /, the only mount whose parent is outside.",
  fix: "fetch {image} again, or make the dump again",
  *check(context) {
    for (const [image, mounts] of namespaces(context)) {
      const ids = new Set(mounts.map(({ mnt_id }) => mnt_id));
      const isOutside = ({ mnt_id, parent_mnt_id }: MntEntry) =>
        parent_mnt_id === mnt_id || !ids.has(parent_mnt_id);
      const root = mounts.findIndex((mount) => mount.mountpoint === "/" && isOutside(mount));
      if (root < 0) {
        yield { image, message: mounts.length === 0 ? "it has no mount" : "it has no root" };
      }
      for (const [entry, mount] of mounts.entries()) {
        if (entry === root || !isOutside(mount)) continue;
        const { mountpoint, parent_mnt_id: parent } = mount;
        // Without a root only what lies elsewhere is wrong of itself.
        if (root < 0 && mountpoint === "/") continue;
        const message = `there is no mount ${parent}, the parent of ${mountpoint}`;
        yield { image, entry, field: "parent_mnt_id", message };
      }
    }
  },
};

const place: Rule = {
  id: "mount-place",
  severity: "error",
  summary: "mount points are absolute paths, and no two mounts of a parent share one",
  explanation: "CRIU opens the path in the parent, and refuses a second mount there.",
  fix: "fetch {image} again, or make the dump again",
  *check(context) {
    for (const [image, mounts] of namespaces(context)) {
      const seen = new Map<string, number>();
      for (const [entry, { mountpoint, parent_mnt_id, mnt_id }] of mounts.entries()) {
        const at = { image, entry, field: "mountpoint" };
        if (!mountpoint.startsWith("/")) {
          yield { ...at, message: mountpoint === "" ? "it is empty" : "it does not begin with /" };
        }
        // One of the same id is another rule's finding.
        const key = `${parent_mnt_id} ${mountpoint}`;
        const first = seen.get(key);
        if (first === undefined) seen.set(key, entry);
        else if (mounts[first]!.mnt_id !== mnt_id) {
          yield {
            ...at,
            message: `${mountpoint} is also the mount point of entry ${first} in the same parent`,
          };
        }
      }
    }
  },
};

/** Numbers of file systems that CRIU has (`fstype` of mnt.proto): the last, and one apart. */
const LAST_FILE_SYSTEM = 19;
const CGROUP2 = 23;

const fileSystem: Rule = {
  id: "mount-type",
  severity: "error",
  summary: "mounts have a file system type that CRIU knows",
  explanation: "CRIU cannot mount a file system of an unknown type.",
  fix: "restore with the CRIU that made the dump, or fetch {image} again",
  *check(context) {
    for (const [image, mounts] of namespaces(context)) {
      for (const [entry, { fstype }] of mounts.entries()) {
        if (fstype <= LAST_FILE_SYSTEM || fstype === CGROUP2) continue;
        yield {
          image,
          entry,
          field: "fstype",
          message: `${fstype} is not a known file system type`,
        };
      }
    }
  },
};

const mountRoot: Rule = {
  id: "mount-root",
  severity: "error",
  summary: "the roots of mounts are absolute paths",
  explanation:
    "CRIU compares the roots of two mounts to find the one that shows more of a file system.",
  fix: "fetch {image} again, or make the dump again",
  *check(context) {
    for (const [image, mounts] of namespaces(context)) {
      for (const [entry, { root }] of mounts.entries()) {
        // Of a file in no directory, such as a namespace, it is a name.
        if (root.startsWith("/") || /^\w+:\[\d+\]$/.test(root)) continue;
        yield { image, entry, field: "root", message: "it does not begin with /" };
      }
    }
  },
};

export default [tree, place, fileSystem, mountRoot, fileMount, tmpfsPresent, tmpfsGzip];
