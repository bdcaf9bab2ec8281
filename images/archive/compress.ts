/**
 * Compression of an archive that is written.
 *
 * @module
 */

import type { Compression } from "./decompress.ts";

/** Endings of the names of archives. */
const ENDINGS: Readonly<Record<string, Compression | "none">> = {
  ".tar": "none",
  ".tar.gz": "gzip",
  ".tgz": "gzip",
  ".tar.zst": "zstd",
  ".tzst": "zstd",
};

/** The compression of an archive with this name; undefined if it is not the name of an archive. */
export function compressionOfName(path: string): Compression | "none" | undefined {
  return Object.entries(ENDINGS).find(([ending]) => path.endsWith(ending))?.[1];
}

/** A name without the ending of an archive. */
export function withoutArchiveEnding(name: string): string {
  const ending = Object.keys(ENDINGS).find((ending) => name.endsWith(ending)) ?? "";
  return name.slice(0, name.length - ending.length);
}

/** Compresses chunks, which must not be overwritten. */
export async function* compress(
  chunks: Iterable<Uint8Array>,
  compression?: Compression,
): AsyncGenerator<Uint8Array> {
  if (compression === undefined) {
    yield* chunks;
    return;
  }
  const { constants, createGzip, createZstdCompress } = await import("node:zlib");
  const { Readable } = await import("node:stream");
  const compressor = compression === "gzip"
    ? createGzip()
    : createZstdCompress({ params: { [constants.ZSTD_c_checksumFlag]: 1 } });
  const source = Readable.from(chunks, { highWaterMark: 4 });
  source.on("error", (error) => compressor.destroy(error));
  source.pipe(compressor);
  try {
    for await (const bytes of compressor) yield bytes as Uint8Array;
  } finally {
    source.destroy();
    compressor.destroy();
  }
}
