/** Detects archives and compressed files by their first bytes. @module */

import { isTar } from "./tar_reader.ts";
import { isZstd } from "./zstd_frames.ts";

/** Formats of archives; the last two are recognized but not supported. */
export type ArchiveFormat = "tar" | "gzip" | "zstd" | "xz" | "bzip2";

/** Number of bytes that detection needs: a tar header. */
export const TELLING_BYTES = 512;

/** Magic numbers: RFC 1952, the .xz file format 1.0.4, and bzip2's `BZh`. */
const MAGICS: ReadonlyArray<readonly [ArchiveFormat, readonly number[]]> = [
  ["gzip", [0x1f, 0x8b]],
  ["xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]],
  ["bzip2", [0x42, 0x5a, 0x68]],
];

/** The format of a file by its first bytes; undefined if it is not an archive. */
export function archiveFormatOf(begin: Uint8Array): ArchiveFormat | undefined {
  // A tar header begins with the name of a file, which may look like any magic number.
  if (isTar(begin)) return "tar";
  if (isZstd(begin)) return "zstd";
  return MAGICS.find(([, magic]) => magic.every((byte, i) => begin[i] === byte))?.[0];
}
