/**
 * Changes of a container to its root file system, as its engine saved them.
 *
 * Podman and CRI-O write a plain tar and list deleted paths in deleted.files; containerd compresses
 * the tar and marks deleted files like layers do (OCI image specification 1.1, layer.md).
 *
 * @module
 */

import { usualMaxSize } from "../archive/archive.ts";
import type { SizedBytes } from "../archive/bytes.ts";
import { type Bytes, readUpTo } from "../archive/bytes.ts";
import { loadDecompressor } from "../archive/decompress.ts";
import { archiveFormatOf, TELLING_BYTES } from "../archive/format.ts";
import { membersOf } from "../archive/members.ts";
import type { Member } from "../archive/tar_reader.ts";
import { UnpackedBytes } from "../archive/unpacked.ts";
import { plainPath } from "../bytes/paths.ts";
import type { Surroundings } from "../dump/surroundings.ts";
import { CritError, dataError } from "../errors.ts";
import { readJson } from "./json.ts";

/** A change of one path. */
export interface RootfsChange {
  /** `set`: the path is new or has changed; `emptied`: the contents from the image are deleted. */
  readonly change: "set" | "deleted" | "emptied";
  /** Path in the container. */
  readonly path: string;
  /** The member, for `set`. */
  readonly member: Member | undefined;
}

/** Name of the archive of changes. */
const DIFF = "rootfs-diff.tar";
/** Name of the list of deleted paths. */
const DELETED = "deleted.files";

/** Most changes that are read. */
const MOST_CHANGES = 500_000;

/** Marks of deleted files in layers. */
const WHITEOUT = ".wh.";
const OPAQUE = ".wh..wh..opq";

/**
 * The changes in the order of the archive; deleted paths last.
 *
 * @param maxSize limit on the decompressed size of the archive, in bytes
 * @throws {CritError} `data` if a file is damaged, `unsupported` if it is too large
 */
export async function rootfsChanges(
  beside: Surroundings | undefined,
  maxSize?: number,
): Promise<RootfsChange[]> {
  if (beside === undefined) return [];
  const changes: RootfsChange[] = [];
  const add = (change: RootfsChange) => {
    if (changes.length >= MOST_CHANGES) {
      throw new CritError("unsupported", "it has too many changes", { image: DIFF });
    }
    changes.push(change);
  };
  const opened = beside.open(DIFF);
  if (opened !== undefined) {
    using file = opened;
    const { bytes, close } = await openTar(file, maxSize ?? usualMaxSize(file.size));
    try {
      for (const member of membersOf(bytes)) add(changeOf(member));
    } catch (error) {
      throw error instanceof CritError ? error.at({ image: DIFF }) : error;
    } finally {
      close();
    }
  }
  for (const path of deletedFiles(beside)) add({ change: "deleted", path, member: undefined });
  return changes;
}

async function openTar(
  file: SizedBytes,
  maxSize: number,
): Promise<{ bytes: Bytes; close: () => void }> {
  const format = archiveFormatOf(readUpTo(file, 0, TELLING_BYTES));
  if (format === "gzip" || format === "zstd") {
    const bytes = new UnpackedBytes(file, await loadDecompressor(format), maxSize);
    const guarded: Bytes = {
      read(offset, into) {
        const count = bytes.read(offset, into);
        if (bytes.isTooLarge) throw bytes.fault!;
        return count;
      },
    };
    return { bytes: guarded, close: () => bytes.close() };
  }
  if (format !== "tar") throw dataError("it is not an archive", { image: DIFF });
  return { bytes: file, close: () => {} };
}

function changeOf(member: Member): RootfsChange {
  const path = `/${plainPath(member.path)}`;
  const slash = path.lastIndexOf("/") + 1;
  const name = path.slice(slash);
  if (name === OPAQUE) {
    return { change: "emptied", path: path.slice(0, slash - 1) || "/", member: undefined };
  }
  if (name.startsWith(WHITEOUT)) {
    const deleted = path.slice(0, slash) + name.slice(WHITEOUT.length);
    return { change: "deleted", path: deleted, member: undefined };
  }
  return { change: "set", path, member };
}

function deletedFiles(beside: Surroundings): string[] {
  const list = readJson(beside, DELETED);
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list)) throw dataError("it is not a list", { image: DELETED });
  return list.filter((path) => typeof path === "string");
}
