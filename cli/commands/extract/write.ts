/** Writes what is extracted. @module */

import type { Item, Piece } from "../../../images/extract/item.ts";
import type { NewDirectory } from "../../files/new_directory.ts";
import { yieldToEventLoop } from "../../terminal/interrupt.ts";

/** Bytes that are read at a time. */
const BUFFER = 1 << 18;

/** Largest file that is written, holes included: what file systems take. */
const LARGEST_FILE = 2 ** 43;

/** Most zeros of a file that a SHA-256 is made of: hashing a hole takes as long as hashing bytes. */
const MOST_ZEROS = 2 ** 36;

/** Most parts of a file that are named as missing. */
const MOST_MISSING = 1000;

/** A part of a file that the dump does not have. */
export interface MissingPart {
  readonly from: number;
  readonly length: number;
  readonly why: string;
}

/** What became of an item, as the index has it. */
export interface Written {
  /** Path below the directory; null when there is nothing to be written, as of a link. */
  readonly path: string | null;
  /** Where the file begins in the item, of one that is too large to be written as a whole. */
  readonly offset?: number;
  /** In bytes. */
  readonly size: number;
  /** Of the file with zeros where bytes are missing; null when it is too large. */
  readonly sha256: string | null;
  readonly missing: readonly MissingPart[];
  /** Whether more is missing than is named. */
  readonly missing_is_cut?: boolean;
  /** Bytes that are missing. */
  readonly missing_bytes: number;
}

/** A digest that bytes are added to. */
interface Hash {
  update(bytes: Uint8Array): unknown;
  digest(encoding: "hex"): string;
}

/** Writes items below a directory. */
export class ItemWriter {
  readonly #buffer = new Uint8Array(BUFFER);
  readonly #zeros = new Uint8Array(BUFFER);

  constructor(
    readonly directory: NewDirectory,
    readonly newHash: () => Hash,
    readonly onWritten: (count: number) => void,
  ) {}

  /** Writes an item; one that is too large as the parts of it that are not holes. */
  async write(item: Item): Promise<Written[]> {
    if (item.link !== undefined) {
      return [{ path: null, size: 0, sha256: null, missing: [], missing_bytes: 0 }];
    }
    if (item.size <= LARGEST_FILE) {
      return [await this.#writeFile(item.path, item.size, item.contents())];
    }
    const parts: Written[] = [];
    let offset = 0;
    for (const piece of item.contents()) {
      if (piece.source !== undefined) {
        const path = `${item.path}@${offset.toString(16)}`;
        parts.push({ ...await this.#writeFile(path, piece.length, [piece]), offset });
      }
      offset += piece.length;
    }
    return parts;
  }

  async #writeFile(path: string, size: number, pieces: Iterable<Piece>): Promise<Written> {
    using output = this.directory.create(path);
    const hash = this.newHash();
    const missing: MissingPart[] = [];
    let missingBytes = 0;
    let zeros = 0;
    let at = 0;
    const addZeros = (count: number) => {
      if (zeros <= MOST_ZEROS) {
        for (let left = zeros + count > MOST_ZEROS ? 0 : count; left > 0; left -= BUFFER) {
          hash.update(left < BUFFER ? this.#zeros.subarray(0, left) : this.#zeros);
        }
      }
      output.skip(count);
      zeros += count;
      at += count;
    };
    for (const piece of pieces) {
      const { length, source, offset = 0, missing: why } = piece;
      if (source === undefined) {
        if (why !== undefined) {
          missingBytes += length;
          if (missing.length < MOST_MISSING) missing.push({ from: at, length, why });
        }
        addZeros(length);
        continue;
      }
      for (let done = 0; done < length;) {
        const bytes = this.#buffer.subarray(0, Math.min(BUFFER, length - done));
        source.read(offset + done, bytes);
        output.write(bytes);
        hash.update(bytes);
        done += bytes.length;
        this.onWritten(bytes.length);
        const turn = yieldToEventLoop();
        if (turn !== undefined) await turn;
      }
      at += length;
    }
    if (at < size) addZeros(size - at);
    output.commit();
    const isCut = missing.length === MOST_MISSING;
    return {
      path,
      size,
      sha256: zeros > MOST_ZEROS ? null : hash.digest("hex"),
      missing,
      ...(isCut ? { missing_is_cut: true } : {}),
      missing_bytes: missingBytes,
    };
  }
}
