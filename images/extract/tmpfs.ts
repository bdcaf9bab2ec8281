/**
 * Files of tmpfs mounts, which a dump has as archives.
 *
 * @module
 */

import { readArchive, usualMaxSize } from "../archive/archive.ts";
import { printable } from "../bytes/printable.ts";
import { CritError } from "../errors.ts";
import type { DumpFiles } from "./files.ts";
import type { Item, Piece } from "./item.ts";
import { safeName } from "./names.ts";

/**
 * The files of all tmpfs mounts; those of an archive that is damaged up to the damage.
 *
 * @param onFault told what is wrong with an archive
 */
export async function* tmpfsItems(
  { dump }: DumpFiles,
  onFault: (fault: CritError) => void,
): AsyncGenerator<Item> {
  for (const { name: image, size } of dump.dumpFiles) {
    const number = /^tmpfs-((?:dev-)?\d+)\.tar\.gz\.img$/.exec(image)?.[1];
    if (number === undefined || size === 0) continue;
    using file = dump.source.open(image);
    let archive;
    try {
      const options = {
        ...{ path: image, maxSize: usualMaxSize(size), base: undefined },
        hold: () => () => false,
      };
      archive = await readArchive(file, options);
    } catch (error) {
      if (!(error instanceof CritError)) throw error;
      onFault(error.at({ image }));
      continue;
    }
    if (archive === undefined) {
      onFault(new CritError("data", "it is no archive", { image }));
      continue;
    }
    try {
      if (archive.index.fault !== undefined) onFault(archive.index.fault.at({ image }));
      const common = { kind: "tmpfs", image, ids: { mount: number }, pids: [] } as const;
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
          name: `/${member.path}`,
          size: member.size,
          mode: member.mode & 0o7777,
          contents: () => segmentsOf(member, source),
        };
      }
      for (const [path, link] of archive.index.links) {
        yield {
          ...common,
          path: `${number}/${safePath(path)}`,
          name: `/${path}`,
          size: 0,
          link,
          contents: () => [],
        };
      }
    } finally {
      archive.close();
    }
  }
}

/** A path of safe names. */
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
