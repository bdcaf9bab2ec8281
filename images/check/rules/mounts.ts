/** Rules about mounts. @module */

import type { MntEntry } from "../../../proto/types.ts";
import type { CheckContext } from "../context.ts";
import { fieldOfFile, unresolved } from "../references.ts";
import type { Rule } from "../rule.ts";

/** Images of mount points. */
function mountImages({ scans }: CheckContext): string[] {
  return [...scans.values()].filter(({ expected }) => expected.entry === "mnt_entry")
    .map(({ name }) => name);
}

const fileMount: Rule = {
  id: "file-mount",
  severity: "error",
  summary: "the mount that a file is on is there",
  explanation: "In a mount namespace CRIU opens a file by its mount and the path in it.",
  fix: "fetch the mountpoints images from where the dump was made, or make the dump again",
  *check(context) {
    const images = mountImages(context);
    if (images.length === 0) return;
    const known = new Set(
      images.flatMap((image) => [...context.entries(image, "mnt_entry")])
        .map(([, { mnt_id }]) => mnt_id),
    );
    const references = context.files.all.flatMap(({ entry: { reg }, image, index }) => {
      const id = reg?.mnt_id ?? -1;
      const field = fieldOfFile(image, "reg", "mnt_id");
      const isThere = id < 0 || known.has(id);
      return isThere ? [] : [{ image, entry: index, field, target: `mount ${id}`, isThere }];
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
  summary: "the files of every tmpfs are there",
  explanation: "They are in memory only, so that CRIU dumps them: tmpfs-dev-DEV.tar.gz.img.",
  fix: "fetch {image} from where the dump was made, or make the dump again",
  *check(context) {
    const mounts = mountImages(context).filter((image) => context.isWhole(image))
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
  explanation: "CRIU hands them to tar, which stops at anything else, and an empty file is none.",
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

/** The rules. */
export default [fileMount, tmpfsPresent, tmpfsGzip];
