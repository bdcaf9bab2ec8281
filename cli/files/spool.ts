/** Bytes that wait in a file without a name. @module */

import { writeAll } from "../../images/bytes/io.ts";
import { temporaryName } from "../../images/bytes/paths.ts";
import { inOutput } from "../../images/bytes/written_file.ts";

/** Bytes that are read at a time. */
const CHUNK = 1 << 18;

/** Takes bytes and gives them again. */
export class Spool implements Disposable {
  readonly #file: Deno.FsFile;
  #size = 0;

  /** @param beside path in whose directory there is room */
  constructor(beside: string) {
    const path = temporaryName(beside);
    this.#file = inOutput(
      beside,
      () => Deno.openSync(path, { read: true, write: true, createNew: true, mode: 0o600 }),
    );
    Deno.removeSync(path);
  }

  /** How many bytes there are. */
  get size(): number {
    return this.#size;
  }

  /** Adds bytes at the end, and gives where they are. */
  write(bytes: Uint8Array): number {
    const at = this.#size;
    this.#file.seekSync(at, Deno.SeekMode.Start);
    writeAll(this.#file, bytes);
    this.#size += bytes.length;
    return at;
  }

  /** Reads bytes from a place on; returns how many there are, fewer only at the end. */
  read(from: number, into: Uint8Array): number {
    let done = 0;
    this.#file.seekSync(from, Deno.SeekMode.Start);
    while (done < into.length) {
      const count = this.#file.readSync(into.subarray(done));
      if (count === null) break;
      done += count;
    }
    return done;
  }

  /** Bytes from a place on, all unless told how many; each piece holds until the next. */
  *chunks(from = 0, length = this.#size - from): Generator<Uint8Array> {
    const buffer = new Uint8Array(Math.min(CHUNK, length));
    for (let done = 0; done < length;) {
      this.#file.seekSync(from + done, Deno.SeekMode.Start);
      const count = this.#file.readSync(buffer.subarray(0, length - done));
      if (count === null) return;
      yield buffer.subarray(0, count);
      done += count;
    }
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}
