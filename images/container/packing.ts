/**
 * Packs a checkpoint in the layout of container engines: the dump in `checkpoint/`, and the
 * engine's files beside it.
 *
 * @module
 */

import type { SizedBytes } from "../archive/bytes.ts";
import { chunksOf } from "../archive/bytes.ts";
import { TAR_END, tarHeader, tarPadding } from "../archive/tar_writer.ts";
import type { Checkpoint } from "../dump/archive.ts";
import { dataError } from "../errors.ts";

/** A file to pack. */
export interface PackedFile {
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** In seconds since 1970. */
  readonly modified: number;
  open(): SizedBytes;
}

/** Directory of the dump. */
const DIRECTORY = "checkpoint";

/** Permissions of exported files, which contain memory. */
const MODE = 0o600;

/** Files of engines beside a dump, in the order of Podman's archives. */
const MEMBERS: readonly RegExp[] = [
  /^devshm-checkpoint\.tar$/,
  /^(config|spec)\.dump$/,
  /^network\.status$/,
  /^(stats-dump|dump\.log)$/,
  /^(status|status\.dump|bind\.mounts|container\.log|ctr\.log|io\.kubernetes\.cri-o\.LogPath)$/,
  /^(rootfs-diff\.tar|deleted\.files)$/,
  /^volumes\//,
];

/** Number of an engine's files before the images. */
const FIRST = 5;

/**
 * The files of a checkpoint in the order of an engine's export.
 *
 * @param more files that replace those beside the dump
 */
export function packedFiles(
  { source, beside }: Checkpoint,
  more: ReadonlyMap<string, SizedBytes> = new Map(),
): PackedFile[] {
  const others = new Map<string, PackedFile>();
  for (const [path, { size, modified }] of beside?.files ?? []) {
    others.set(path, { path, size, modified, open: () => beside!.open(path)! });
  }
  for (const [path, file] of more) {
    others.set(path, { path, size: file.size, modified: 0, open: () => borrowed(file) });
  }
  const groups = MEMBERS.map((wanted) =>
    [...others.values()].filter(({ path }) => wanted.test(path))
  );
  const images = [...source?.files ?? []].map(([name, size]) => ({
    path: `${DIRECTORY}/${name}`,
    size,
    modified: source!.modified?.(name) ?? 0,
    open: () => source!.open(name),
  }));
  return [...groups.slice(0, FIRST).flat(), ...images, ...groups.slice(FIRST).flat()];
}

/** A file that the caller closes. */
function borrowed(file: SizedBytes): SizedBytes {
  return {
    size: file.size,
    read: (offset, into) => file.read(offset, into),
    [Symbol.dispose]: () => {},
  };
}

/**
 * The bytes of an archive of files; each piece is valid until the next is requested.
 *
 * @throws {CritError} `data` if a file is shorter than its size
 */
export function* tarOf(files: readonly PackedFile[]): Generator<Uint8Array> {
  for (const { path, size, modified, open } of files) {
    yield tarHeader({ path, size, mode: MODE, modified: Math.max(0, Math.floor(modified)) });
    using file = open();
    let left = size;
    for (const chunk of chunksOf(file, 0)) {
      const piece = chunk.subarray(0, left);
      if (piece.length === 0) break;
      yield piece;
      left -= piece.length;
    }
    if (left > 0) throw dataError("it is shorter than its size", { image: path });
    yield tarPadding(size);
  }
  yield TAR_END;
}

/** Names of processors in Go, by those in core images (core.proto, `march`). */
const ARCHITECTURES: Readonly<Record<string, string>> = {
  X86_64: "amd64",
  ARM: "arm",
  AARCH64: "arm64",
  PPC64: "ppc64le",
  S390: "s390x",
  MIPS: "mips64le",
  LOONGARCH64: "loong64",
  RISCV64: "riscv64",
};

/** Name of a processor in Go; x86-64 by default. */
export function ociArchitecture(machine: string | undefined): string {
  return ARCHITECTURES[machine ?? ""] ?? "amd64";
}
