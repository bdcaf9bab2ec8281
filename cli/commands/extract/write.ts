/** Writes what is extracted. @module */

import { alignedBytes } from "../../../images/bytes/aligned_bytes.ts";
import type { ByteSource } from "../../../images/coredump/memory.ts";
import type { Item, Piece } from "../../../images/extract/item.ts";
import type { NewDirectory } from "../../files/new_directory.ts";
import type { Output } from "../../files/output.ts";
import { yieldToEventLoop } from "../../terminal/interrupt.ts";

/** Bytes that are read at a time. */
const BUFFER = 1 << 18;

/** Largest file that is written, holes included: what file systems take. */
const LARGEST_FILE = 2 ** 43;

/**
 * Most zeros of a file that a SHA-256 is made of: hashing a hole takes as long as hashing bytes.
 */
const MOST_ZEROS = 2 ** 32;

/** Most zeros of all files together; a damaged dump may have thousands of large holes. */
const ALL_ZEROS = 2 ** 35;

/** Most runs that are kept until they are written. */
const MOST_RUNS = 1000;

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
  /**
   * Of the file with zeros where bytes are missing; null when it is too large, undefined when no
   * hashes are wanted.
   */
  readonly sha256: string | null | undefined;
  readonly missing: readonly MissingPart[];
  /** Whether more is missing than is named. */
  readonly missing_is_cut?: boolean;
  /** Bytes that are missing. */
  readonly missing_bytes: number;
}

/** A digest that bytes are added to. */
export interface Hash {
  update(bytes: Uint8Array): unknown;
  digest(encoding: "hex"): string;
}

/** Writes items below a directory. */
export class ItemWriter {
  readonly #buffer = alignedBytes(BUFFER);
  /** Zeros of files so far. */
  #zeros = 0;

  /** @param newHash undefined if no hashes are wanted */
  constructor(
    readonly directory: NewDirectory,
    readonly newHash: (() => Hash) | undefined,
    readonly onWritten: (count: number) => void,
  ) {}

  /** Writes an item; one that is too large as the parts of it that are not holes. */
  async write(item: Item): Promise<Written[]> {
    if (item.link !== undefined) {
      const sha256 = this.newHash && null;
      return [{ path: null, size: 0, sha256, missing: [], missing_bytes: 0 }];
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
    const most = Math.min(MOST_ZEROS, ALL_ZEROS - this.#zeros);
    const file = new HashedFile(output, this.newHash?.(), most, this.#buffer, this.onWritten);
    const missing: MissingPart[] = [];
    let missingBytes = 0;
    let at = 0;
    for (const piece of pieces) {
      const { length, source, offset = 0, missing: why } = piece;
      if (source === undefined) file.addZeros(length);
      else await file.add(source, offset, length);
      if (source === undefined && why !== undefined) {
        missingBytes += length;
        if (missing.length < MOST_MISSING) missing.push({ from: at, length, why });
      }
      at += length;
    }
    if (at < size) file.addZeros(size - at);
    const sha256 = file.finish();
    this.#zeros += Math.min(file.zeros, most);
    output.commit();
    return {
      path,
      size,
      sha256,
      missing,
      ...(missing.length === MOST_MISSING ? { missing_is_cut: true } : {}),
      missing_bytes: missingBytes,
    };
  }
}

const ZEROS = new Uint8Array(1 << 16);

/**
 * A file, and its SHA-256 if one is wanted. Runs of bytes that follow each other in a source are
 * read at once, even if they do not in the file: memory has many short ones.
 */
class HashedFile {
  #source: ByteSource | undefined;
  /** Where the runs begin in the source, and how many bytes they have. */
  #offset = 0;
  #held = 0;
  /** Lengths of the runs that are to be written, holes negative. */
  #runs: number[] = [];
  #zeros = 0;

  /** @param mostZeros of which a digest is made */
  constructor(
    readonly output: Output,
    readonly hash: Hash | undefined,
    readonly mostZeros: number,
    readonly buffer: Uint8Array,
    readonly onWritten: (count: number) => void,
  ) {}

  /** Zeros of the file so far. */
  get zeros(): number {
    return this.#zeros;
  }

  /** Adds bytes of a source. */
  async add(source: ByteSource, offset: number, length: number): Promise<void> {
    if (source !== this.#source || offset !== this.#offset + this.#held) this.#flush();
    for (let done = 0; done < length;) {
      if (this.#held === this.buffer.length) {
        this.#flush();
        const turn = yieldToEventLoop();
        if (turn !== undefined) await turn;
      }
      if (this.#held === 0) {
        this.#source = source;
        this.#offset = offset + done;
      }
      const count = Math.min(this.buffer.length - this.#held, length - done);
      this.#runs.push(count);
      this.#held += count;
      done += count;
    }
  }

  /** Adds zeros as a hole. */
  addZeros(length: number): void {
    if (length === 0) return;
    this.#runs.push(-length);
    if (this.#runs.length >= MOST_RUNS) this.#flush();
  }

  /** Writes what is left; gives the digest, null if there were too many zeros. */
  finish(): string | null | undefined {
    this.#flush();
    if (this.hash === undefined) return undefined;
    return this.#zeros > this.mostZeros ? null : this.hash.digest("hex");
  }

  #flush(): void {
    const bytes = this.buffer.subarray(0, this.#held);
    if (bytes.length > 0) this.#source!.read(this.#offset, bytes);
    let done = 0;
    for (const length of this.#runs) {
      if (length < 0) this.#skip(-length);
      else {
        const run = bytes.subarray(done, done + length);
        this.output.write(run);
        this.hash?.update(run);
        done += length;
      }
    }
    this.onWritten(done);
    this.#runs = [];
    this.#held = 0;
    this.#source = undefined;
  }

  #skip(length: number): void {
    this.output.skip(length);
    this.#zeros += length;
    if (this.hash === undefined || this.#zeros > this.mostZeros) return;
    for (let left = length; left > 0; left -= ZEROS.length) {
      this.hash.update(left < ZEROS.length ? ZEROS.subarray(0, left) : ZEROS);
    }
  }
}
