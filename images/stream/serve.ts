/**
 * Serves the images of one restore: `criu restore --stream`.
 *
 * @module
 */

import { HeldFile, type ImageFile, type ImageSource, readWhole } from "../dump/source.ts";
import { dataError } from "../errors.ts";
import {
  DEFAULT_TIMEOUT,
  type OpenImage,
  type Role,
  runStream,
  type StreamOptions,
} from "./connection.ts";
import { applyEdit, type EditImage, type EditPlan, passAll } from "./edit.ts";
import type { Waiter } from "./loop.ts";
import { type PipeSetting, sendImage } from "./pipes.ts";
import { SERVE_SOCKET } from "./protocol.ts";
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
  source: ImageSource,
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

  constructor(system: SystemCalls, readonly source: ImageSource, options: ServeOptions) {
    this.#pipes = { system, timeout: options.timeout ?? DEFAULT_TIMEOUT, tally: this.tally };
    this.#edits = options.edits ?? passAll;
  }

  begin(): void {}

  async open(name: string): Promise<OpenImage | undefined> {
    if (!this.source.files.has(name)) {
      if (this.source.others?.has(name)) {
        throw dataError("it is not a regular file", { image: name });
      }
      this.tally.absent++;
      return undefined;
    }
    const file = this.source.open(name);
    const edit = this.#edits(name);
    const image = edit === "pass" ? file : await this.#edited(file, edit);
    this.tally.files++;
    return {
      attach: (pipe): Waiter => sendImage(this.#pipes, name, pipe, image),
      release: () => image[Symbol.dispose](),
    };
  }

  async #edited(original: ImageFile, edit: EditImage): Promise<ImageFile> {
    using file = original;
    const { name } = file;
    const edited = await applyEdit(name, edit, readWhole(file));
    if (edited.changed) this.tally.edited++;
    return new HeldFile(name, edited.bytes);
  }
}
