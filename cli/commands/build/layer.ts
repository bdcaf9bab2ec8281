/** The layer of an image that is built. @module */

import { type Archive, readArchive, usualMaxSize } from "../../../images/archive/archive.ts";
import type { SizedBytes } from "../../../images/archive/bytes.ts";
import { chunksOf } from "../../../images/archive/bytes.ts";
import { compress } from "../../../images/archive/compress.ts";
import type { Compression } from "../../../images/archive/decompress.ts";
import { packedFiles, tarOf } from "../../../images/container/packing.ts";
import type { Checkpoint } from "../../../images/dump/archive.ts";
import { openIfFile } from "../../../images/dump/directory.ts";
import { Spool } from "../../files/spool.ts";
import { yieldToEventLoop } from "../../terminal/interrupt.ts";

/** A layer that is ready to be written. */
export interface Layer extends Disposable {
  /** Digest of the layer without compression. */
  readonly diffId: string;
  /** Digest of the layer as it is stored. */
  readonly digest: string;
  /** As it is stored, in bytes. */
  readonly size: number;
  /** Its bytes; each piece holds until the next is asked for. */
  chunks(): Iterable<Uint8Array>;
}

/** What a layer is made of. */
export interface LayerSource {
  /** The path that was named. */
  readonly path: string;
  readonly checkpoint: Checkpoint;
  /** Files that take the places of those beside the dump. */
  readonly more: ReadonlyMap<string, SizedBytes>;
  readonly maxSize: number | undefined;
}

/**
 * Makes a layer.
 *
 * @param beside path beside which compressed data waits
 */
export async function makeLayer(
  source: LayerSource,
  compression: Compression | undefined,
  beside: string,
): Promise<Layer> {
  const { chunks, close } = await bytesOf(source);
  try {
    const plain = await summed(chunks());
    if (compression === undefined) {
      return {
        diffId: plain.digest,
        digest: plain.digest,
        size: plain.size,
        chunks,
        [Symbol.dispose]: close,
      };
    }
    const spool = new Spool(beside);
    try {
      for await (const bytes of compress(kept(chunks()), compression)) spool.write(bytes);
      const packed = await summed(spool.chunks());
      return {
        diffId: plain.digest,
        digest: packed.digest,
        size: packed.size,
        chunks: () => spool.chunks(),
        [Symbol.dispose]: () => {
          spool[Symbol.dispose]();
          close();
        },
      };
    } catch (error) {
      spool[Symbol.dispose]();
      throw error;
    }
  } catch (error) {
    close();
    throw error;
  }
}

interface Chunks {
  readonly chunks: () => Iterable<Uint8Array>;
  readonly close: () => void;
}

/** An engine's archive as it is, or one that is packed like it. */
async function bytesOf(source: LayerSource): Promise<Chunks> {
  const { path, checkpoint, more, maxSize } = source;
  const file = more.size === 0 && checkpoint.beside !== undefined ? openIfFile(path) : undefined;
  if (file !== undefined) {
    try {
      const archive = await readArchive(file, {
        path,
        maxSize: maxSize ?? usualMaxSize(file.size),
        hold: () => () => false,
        base: undefined,
      });
      if (archive !== undefined && isEngines(archive)) {
        const close = () => {
          archive.close();
          file[Symbol.dispose]();
        };
        return { chunks: () => chunksOf(archive.bytes, 0), close };
      }
      archive?.close();
    } catch (error) {
      file[Symbol.dispose]();
      throw error;
    }
    file[Symbol.dispose]();
  }
  const files = packedFiles(checkpoint, more);
  return { chunks: () => tarOf(files), close: () => {} };
}

/** Whether an archive is in the layout that engines restore from. */
function isEngines(archive: Archive): boolean {
  const { files } = archive.index;
  return archive.index.fault === undefined && files.has("config.dump") &&
    archive.filesIn("checkpoint") !== undefined;
}

/** Pieces that keep their bytes. */
function* kept(chunks: Iterable<Uint8Array>): Generator<Uint8Array> {
  for (const chunk of chunks) yield chunk.slice();
}

async function summed(chunks: Iterable<Uint8Array>): Promise<{ digest: string; size: number }> {
  const { createHash } = await import("node:crypto");
  const hash = createHash("sha256");
  let size = 0;
  for (const chunk of chunks) {
    hash.update(chunk);
    size += chunk.length;
    const turn = yieldToEventLoop();
    if (turn !== undefined) await turn;
  }
  return { digest: `sha256:${hash.digest("hex")}`, size };
}
