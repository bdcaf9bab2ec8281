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

/** Options for serving a restore. */
export interface ServeOptions extends StreamOptions {
  /** Edits to images while they are served; none unless given. */
  readonly edits?: EditPlan;
}

/** The result of a restore. */
export interface ServeSummary {
  /** Number of requested images that exist. */
  files: number;
  /** Number of requested images that do not exist, which is normal. */
  absent: number;
  /** Number of images that an edit changed. */
  edited: number;
  /** Bytes that went through pipes. */
  bytes: number;
  /** Number of images that CRIU did not read to the end. */
  closedEarly: number;
}

/**
 * Serves one restore: listens, accepts CRIU's connection, and returns when CRIU has closed it and
 * all pipes.
 *
 * An image is edited before CRIU learns that it exists: if the edit fails, the connection closes,
 * which makes CRIU fail. After any failure no further image is served, but open pipes get the rest
 * of their image, so that CRIU never takes an incomplete image for a complete one.
 *
 * @param source the images; stays open
 * @throws {CritError} `data` if CRIU violates the protocol or an edit fails, `file` if an image
 * cannot be read or the socket cannot be created
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
