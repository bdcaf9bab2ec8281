/** Bytes that wait in a file without a name. @module */

import { writeAll } from "../../../images/bytes/io.ts";
import { temporaryName } from "../../../images/bytes/paths.ts";
import { inOutput } from "../../files/output.ts";

/** Bytes that are read at a time. */
const CHUNK = 1 << 18;

/** Takes bytes and gives them again. */
export class Spool implements Disposable {
  readonly #file: Deno.FsFile;

  /** @param beside path in whose directory there is room */
  constructor(beside: string) {
    const path = temporaryName(beside);
    this.#file = inOutput(
      beside,
      () => Deno.openSync(path, { read: true, write: true, createNew: true, mode: 0o600 }),
    );
    Deno.removeSync(path);
  }

  /** Adds bytes at the end. */
  write(bytes: Uint8Array): void {
    writeAll(this.#file, bytes);
  }

  /** All bytes from the beginning on; each piece holds until the next is asked for. */
  *chunks(): Generator<Uint8Array> {
    this.#file.seekSync(0, Deno.SeekMode.Start);
    const buffer = new Uint8Array(CHUNK);
    for (let count = this.#file.readSync(buffer); count !== null;) {
      yield buffer.subarray(0, count);
      count = this.#file.readSync(buffer);
    }
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}
