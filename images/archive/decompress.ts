/** Synchronous decompression, chunk by chunk. @module */

import type { Buffer } from "node:buffer";
import type { Gunzip, ZstdDecompress } from "npm:minizlib@3.1.0";
import { CritError, dataError } from "../errors.ts";
import { zstdFrames } from "./zstd_frames.ts";

/** Formats that can be decompressed. */
export type Compression = "gzip" | "zstd";

/** Called where decompression can restart. */
export type OnStart = (start: {
  /** Offset in the compressed data, in bytes. */
  readonly offset: number;
  /** Decompressed bytes that are held meanwhile. */
  readonly windowSize: number;
}) => void;

/**
 * Decompresses chunks; large ones have separate buffers.
 *
 * @throws {CritError} `data` if the data is damaged or cut short
 */
export type Decompress = (
  chunks: Iterable<Uint8Array>,
  onStart: OnStart,
) => Generator<Uint8Array, void, undefined>;

/** Most compressed bytes at a time; gzip can expand them a thousand times. */
const PIECE = 8192;

/**
 * Options for node:zlib, which makes a new buffer whenever one is full. A block of zstd fits into a
 * buffer without filling it.
 */
function options(): ConstructorParameters<typeof Gunzip>[0] & { readonly chunkSize: number } {
  // A new object each time, because minizlib changes it.
  return { chunkSize: (1 << 17) + 64 };
}

/** Window of gzip in bytes (RFC 1951). */
const GZIP_WINDOW = 1 << 15;

/** Largest window of zstd in bytes: the default limit of the program zstd. */
const LARGEST_WINDOW = 1 << 27;

/** Loads the decompressor of a format. */
export async function loadDecompressor(compression: Compression): Promise<Decompress> {
  const { Gunzip, ZstdDecompress } = await import("npm:minizlib@3.1.0");
  const { Buffer } = await import("node:buffer");
  const asBuffer: AsBuffer = ({ buffer, byteOffset }, at, length) =>
    Buffer.from(buffer, byteOffset + at, length);
  if (compression === "gzip") {
    // Gunzip accepts any number of concatenated gzip files.
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

/** Part of a chunk as a Buffer, which minizlib expects. */
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
