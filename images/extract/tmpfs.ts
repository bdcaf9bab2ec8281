/** Files of tmpfs mounts, which are archives in a dump. @module */

import { type Archive, readArchive, usualMaxSize } from "../archive/archive.ts";
import { withoutSlash } from "../bytes/paths.ts";
import { printable } from "../bytes/printable.ts";
import { type FileKey, fileKey } from "../dump/descriptors.ts";
import type { ImageFile } from "../dump/source.ts";
import { CritError } from "../errors.ts";
import type { ExtractContext } from "./files.ts";
import type { Item, Piece } from "./item.ts";
import { safeName } from "./names.ts";

/**
 * The files of all tmpfs mounts; of a damaged archive, those before the damage.
 *
 * @param onFault called with the fault of an archive
 */
export async function* tmpfsItems(
  files: ExtractContext,
  onFault: (fault: CritError) => void,
): AsyncGenerator<Item> {
  const { dump } = files;
  for (const { name: image, size } of dump.dumpFiles) {
    const number = /^tmpfs-((?:dev-)?\d+)\.tar\.gz\.img$/.exec(image)?.[1];
    if (number === undefined || size === 0) continue;
    using file = dump.source.open(image);
    const archive = await archiveIn(file, size, onFault);
    if (archive === undefined) continue;
    try {
      if (archive.index.fault !== undefined) onFault(archive.index.fault.at({ image }));
      yield* itemsIn(archive, files, image, number);
    } finally {
      archive.close();
    }
  }
}

/** Reads an archive; undefined if it cannot be read, after a call of `onFault`. */
async function archiveIn(
  file: ImageFile,
  size: number,
  onFault: (fault: CritError) => void,
): Promise<Archive | undefined> {
  const { name: image } = file;
  try {
    const archive = await readArchive(file, {
      ...{ path: image, maxSize: usualMaxSize(size), base: undefined },
      hold: () => () => false,
    });
    if (archive === undefined) onFault(new CritError("data", "it is not an archive", { image }));
    return archive;
  } catch (error) {
    if (!(error instanceof CritError)) throw error;
    onFault(error.at({ image }));
    return undefined;
  }
}

/**
 * The files in the archive of a mount, in order of their offsets, then the links.
 *
 * @param number see {@link mountOf}
 */
function* itemsIn(
  archive: Archive,
  files: ExtractContext,
  image: string,
  number: string,
): Generator<Item> {
  const common = { kind: "tmpfs", image, ids: { mount: number } } as const;
  const { target, opened } = mountOf(files, number);
  const members = [...archive.index.files.values()].sort((a, b) => a.offset - b.offset);
  for (const member of members) {
    const bytes = archive.open(member);
    const source = {
      read(offset: number, into: Uint8Array) {
        if (bytes.read(offset, into) === into.length) return;
        throw new CritError("data", `${printable(member.path)} ends early`, { image });
      },
    };
    yield {
      ...common,
      path: `${number}/${safePath(member.path)}`,
      pids: files.pidsOf(...opened.get(`${target}/${member.path}`) ?? []),
      name: `${target}/${member.path}`,
      size: member.size,
      mode: member.mode & 0o7777,
      contents: () => segmentsOf(member, source),
    };
  }
  for (const [path, link] of archive.index.links) {
    yield {
      ...common,
      path: `${number}/${safePath(path)}`,
      pids: [],
      name: `${target}/${path}`,
      size: 0,
      link,
      contents: () => [],
    };
  }
}

/** The mount point of a tmpfs, with its open and mapped files. */
interface Mount {
  /** Path in its mount namespace, without a slash at its end; empty if unknown. */
  readonly target: string;
  /** Keys of files by their paths in the namespace. */
  readonly opened: ReadonlyMap<string, readonly FileKey[]>;
}

/**
 * The mount of an archive.
 *
 * @param number from the name of the image: the file system's device after `dev-`, or the mount's
 * id
 */
function mountOf({ dump }: ExtractContext, number: string): Mount {
  const device = /^dev-(\d+)$/.exec(number)?.[1];
  const mounts = dump.dumpFiles.filter(({ type }) => type?.entry === "mnt_entry")
    .flatMap(({ name }) => dump.entries(name, "mnt_entry"))
    .filter(({ root_dev, mnt_id }) =>
      device === undefined ? mnt_id === Number(number) : root_dev === Number(device)
    );
  const ids = new Set(mounts.map(({ mnt_id }) => mnt_id));
  const opened = new Map<string, FileKey[]>();
  for (const { id, reg } of dump.files.ofType("REG").values()) {
    if (reg?.mnt_id === undefined || !ids.has(reg.mnt_id)) continue;
    const keys = opened.get(reg.name);
    if (keys === undefined) opened.set(reg.name, [fileKey("REG", id)]);
    else keys.push(fileKey("REG", id));
  }
  const target = mounts.find(({ root }) => root === "/")?.mountpoint ?? "";
  return { target: withoutSlash(target) === "/" ? "" : withoutSlash(target), opened };
}

/** Makes every name of a path safe. */
function safePath(path: string): string {
  return path.split("/").map((part) => safeName(part) || "_").join("/");
}

/** A file's contents, with its holes. */
function* segmentsOf(
  { size, segments }: {
    size: number;
    segments: readonly { at: number; length: number }[] | undefined;
  },
  source: { read(offset: number, into: Uint8Array): void },
): Generator<Piece> {
  let done = 0;
  for (const { at, length } of segments ?? [{ at: 0, length: size }]) {
    if (at >= size || length === 0) continue;
    if (at > done) yield { length: at - done };
    yield { length: Math.min(length, size - at), source, offset: at };
    done = at + length;
  }
  if (done < size) yield { length: size - done };
}
