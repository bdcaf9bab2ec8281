/**
 * Serves the images of one restore: `criu restore --stream`.
 *
 * @module
 */

import { joinBytes } from "../bytes/bytes.ts";
import { checkEditedSize } from "../edit/size.ts";
import {
  type OpenImage,
  PATIENCE,
  type Role,
  runStream,
  type StreamOptions,
} from "./connection.ts";
import { applyEdit, type EditImage, type EditPlan, passAll } from "./edit.ts";
import type { Waiter } from "./loop.ts";
import { type PipeSetting, sendImage } from "./pipes.ts";
import { SERVE_SOCKET } from "./protocol.ts";
import type { DumpSource, SourceFile } from "./store.ts";
import type { SystemCalls } from "./system.ts";

/** How a restore is served. */
export interface ServeOptions extends StreamOptions {
  /** What is changed on the way; nothing unless given. */
  readonly edits?: EditPlan;
}

/** What was served. */
export interface ServeSummary {
  /** Images that were asked for and exist. */
  files: number;
  /** Images that were asked for and do not exist, which is normal for many. */
  absent: number;
  /** Images that an edit changed. */
  edited: number;
  /** Bytes that went through pipes. */
  bytes: number;
  /** Images of which CRIU did not want all. */
  closedEarly: number;
}

/**
 * Serves one restore: listens, takes CRIU's connection, and returns when CRIU has closed it and
 * all pipes.
 *
 * An image that is edited is changed before CRIU is told that it exists: when an edit fails, the
 * connection closes, which makes CRIU fail. After any failure no further image is served, but the
 * pipes that are under way get all of theirs, so that CRIU never takes half an image for a whole.
 *
 * @param source where the images come from; stays open
 * @throws {CritError} `data` when CRIU breaks the protocol or an edit fails, `file` when an image
 * cannot be read or the socket cannot be made
 */
export async function serve(
  system: SystemCalls,
  source: DumpSource,
  options: ServeOptions,
): Promise<ServeSummary> {
  const images = new ServedImages(system, source, options);
  await runStream(system, SERVE_SOCKET, images, options);
  return images.tally;
}

class ServedImages implements Role {
  readonly pipeEnd = "write";
  readonly answers = true;
  readonly tally: ServeSummary = { files: 0, absent: 0, edited: 0, bytes: 0, closedEarly: 0 };
  readonly #pipes: PipeSetting;
  readonly #edits: EditPlan;

  constructor(system: SystemCalls, readonly source: DumpSource, options: ServeOptions) {
    this.#pipes = { system, patience: options.patience ?? PATIENCE, tally: this.tally };
    this.#edits = options.edits ?? passAll;
  }

  begin(): void {}

  async open(name: string): Promise<OpenImage | undefined> {
    const file = await this.source.open(name);
    if (file === undefined) {
      this.tally.absent++;
      return undefined;
    }
    const edit = this.#edits(name);
    const image = edit === "pass" ? file : await this.#edited(name, file, edit);
    this.tally.files++;
    return {
      attach: (pipe): Waiter => sendImage(this.#pipes, name, pipe, image),
      release: () => image.close(),
    };
  }

  async #edited(name: string, file: SourceFile, edit: EditImage): Promise<SourceFile> {
    let bytes: Uint8Array;
    try {
      bytes = await readWhole(name, file);
    } finally {
      file.close();
    }
    const edited = await applyEdit(name, edit, bytes);
    if (edited.changed) this.tally.edited++;
    return new MemoryFile(edited.bytes);
  }
}

/** How much of an image of unknown size is read at a time, in bytes. */
const PIECE = 256 << 10;

/** All of an image's bytes. @throws {CritError} `unsupported` when it is too large to edit */
export async function readWhole(name: string, file: SourceFile): Promise<Uint8Array> {
  checkEditedSize(name, file.size ?? 0);
  const pieces: Uint8Array[] = [];
  let total = 0;
  for (;;) {
    const left = (file.size ?? Infinity) - total;
    if (left === 0) break;
    const piece = new Uint8Array(Math.min(left, file.size === undefined ? PIECE : left));
    const count = await file.readInto(piece);
    if (count === 0) break;
    total += count;
    checkEditedSize(name, total);
    pieces.push(piece.subarray(0, count));
  }
  return joinBytes(pieces);
}

/** An image in memory. */
class MemoryFile implements SourceFile {
  readonly size: number;
  #rest: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.size = bytes.length;
    this.#rest = bytes;
  }

  readInto(buffer: Uint8Array): number {
    const count = Math.min(buffer.length, this.#rest.length);
    buffer.set(this.#rest.subarray(0, count));
    this.#rest = this.#rest.subarray(count);
    return count;
  }

  close(): void {
    this.#rest = new Uint8Array();
  }
}
