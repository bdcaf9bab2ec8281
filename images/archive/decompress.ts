/**
 * Decompression as a loop over chunks, without waiting: memory is read where it is asked for.
 *
 * @module
 */

import type { Buffer } from "node:buffer";
import type { Gunzip, ZstdDecompress } from "npm:minizlib@3.1.0";
import { CritError, dataError } from "../errors.ts";
import { zstdFrames } from "./zstd_frames.ts";

/** Formats that can be decompressed. */
export type Compression = "gzip" | "zstd";

/** What is told where decompression may begin anew. */
export type OnStart = (start: {
  /** In bytes of compressed data, from its beginning. */
  readonly offset: number;
  /** What is held of the decompressed bytes while it goes on, in bytes. */
  readonly windowSize: number;
}) => void;

/**
 * Decompresses chunks; each one that comes out has a buffer of its own if it is large.
 *
 * @throws {CritError} `data` when the data is damaged or cut short
 */
export type Decompress = (
  chunks: Iterable<Uint8Array>,
  onStart: OnStart,
) => Generator<Uint8Array, void, undefined>;

/** Most compressed bytes at a time: gzip makes a thousand times as many of them. */
const PIECE = 8192;

/**
 * What is passed on to node:zlib, which makes a new buffer whenever one is full: a block of zstd
 * has room in one that is not full then.
 */
function options(): ConstructorParameters<typeof Gunzip>[0] & { readonly chunkSize: number } {
  // A new object each time: minizlib fills it in.
  return { chunkSize: (1 << 17) + 64 };
}

/** What gzip refers back to, in bytes (RFC 1951). */
const GZIP_WINDOW = 1 << 15;

/** Largest window of zstd, in bytes: what the program zstd takes unless told otherwise. */
const LARGEST_WINDOW = 1 << 27;

/** Loads what decompresses a format. */
export async function loadDecompressor(compression: Compression): Promise<Decompress> {
  const { Gunzip, ZstdDecompress } = await import("npm:minizlib@3.1.0");
  const { Buffer } = await import("node:buffer");
  const asBuffer: AsBuffer = ({ buffer, byteOffset }, at, length) =>
    Buffer.from(buffer, byteOffset + at, length);
  if (compression === "gzip") {
    // Any number of compressed files may follow one another; that, Gunzip knows.
    return function* (chunks, onStart) {
      onStart({ offset: 0, windowSize: GZIP_WINDOW });
      yield* decompress(new Gunzip(options()), chunks, asBuffer);
    };
  }
  return function* (chunks, onStart) {
    for (const { offset, windowSize, pieces } of zstdFrames(chunks)) {
      if (windowSize > LARGEST_WINDOW) throw tooLarge(windowSize);
      onStart({ offset, windowSize });
      yield* decompress(new ZstdDecompress(options()), pieces, asBuffer);
    }
  };
}

/** Part of a chunk, in the form that minizlib takes. */
type AsBuffer = (chunk: Uint8Array, at: number, length: number) => Buffer;

function* decompress(
  stream: Gunzip | ZstdDecompress,
  chunks: Iterable<Uint8Array>,
  asBuffer: AsBuffer,
): Generator<Uint8Array, void, undefined> {
  const ready: Uint8Array[] = [];
  let failure: Error | undefined;
  stream.on("data", (bytes: Uint8Array) => ready.push(bytes));
  stream.on("error", (error) => failure ??= error as Error);
  const step = (action: () => void) => {
    try {
      action();
    } catch (error) {
      failure ??= error as Error;
    }
    return ready.splice(0);
  };
  try {
    for (const chunk of chunks) {
      for (let at = 0; at < chunk.length; at += PIECE) {
        const length = Math.min(PIECE, chunk.length - at);
        const piece = asBuffer(chunk, at, length);
        yield* step(() => stream.write(piece));
        if (failure !== undefined) throw damaged(failure);
      }
    }
    yield* step(() => stream.end());
    if (failure !== undefined) throw damaged(failure);
  } finally {
    stream.close();
  }
}

function tooLarge(windowSize: number): CritError {
  const reason = `zstd wants ${windowSize} bytes of memory, ${LARGEST_WINDOW} at most`;
  return new CritError("unsupported", reason, {}, "compress it again, with a smaller --long");
}

function damaged(error: Error): CritError {
  const reason = (error as Error & { code?: string }).code === "Z_BUF_ERROR"
    ? "the compressed data is cut short"
    : `the compressed data is damaged: ${error.message.replace(/^zlib: /, "")}`;
  return dataError(reason);
}
