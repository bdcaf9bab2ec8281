/** Captures the images of one dump: `criu dump --stream`. @module */

import { type ByteOrder, wordAt } from "../bytes/byte_order.ts";
import { dataError } from "../errors.ts";
import {
  DEFAULT_TIMEOUT,
  type OpenImage,
  type Role,
  runStream,
  type StreamOptions,
} from "./connection.ts";
import { applyEdit, type EditPlan, passAll } from "./edit.ts";
import type { Waiter } from "./loop.ts";
import { type PipeSetting, takeImage } from "./pipes.ts";
import { CAPTURE_SOCKET } from "./protocol.ts";
import { INVENTORY } from "./staging.ts";
import type { Awaitable, DumpSink } from "./store.ts";
import type { SystemCalls } from "./system.ts";

/** Options of a capture. */
export interface CaptureOptions extends StreamOptions {
  /** Edits to make once all images have arrived; none unless given. */
  readonly edits?: EditPlan;
  /** Called when all images are edited; an exception keeps the dump from being committed. */
  readonly onEdited?: () => void;
  /** Called if images arrived but the dump is not committed. */
  readonly onKept?: (kept: KeptImages) => void;
}

/** The result of a capture. */
export interface CaptureSummary {
  /** Number of images that CRIU wrote. */
  files: number;
  /** Number of images that an edit changed. */
  edited: number;
  /** Number of bytes that CRIU wrote. */
  bytes: number;
}

/** The images of a dump that was not committed, as CRIU wrote them. */
export interface KeptImages {
  /** The directory of the images. */
  readonly path: string;
  /** Number of images. */
  readonly files: number;
  /** Whether they are a complete dump: CRIU finished it, and may have killed the process. */
  readonly isWhole: boolean;
}

/**
 * Captures one dump: listens, accepts CRIU's connection, and drains all pipes concurrently. When
 * CRIU has closed everything, or its `post-dump` hook asks, and the inventory is complete, the
 * images are edited and the dump is committed.
 *
 * CRIU does not learn of failures: it closes a small image before anyone has read it, and kills the
 * process after it has closed the last one. On any failure, crit therefore keeps everything that
 * CRIU has sent, unedited.
 *
 * @param openSink opens the destination of the images, once no other capture can use the same
 * socket
 * @throws {CritError} `data` if CRIU violates the protocol, does not finish its dump, or an edit
 * fails; `file` if an image cannot be written or the socket cannot be created
 */
export async function capture(
  system: SystemCalls,
  openSink: () => Awaitable<DumpSink>,
  options: CaptureOptions,
): Promise<CaptureSummary> {
  const images = new CapturedImages(system, openSink, options);
  try {
    await runStream(system, CAPTURE_SOCKET, images, options);
  } finally {
    images.close();
  }
  const { files, edited, bytes } = images.tally;
  return { files, edited, bytes };
}

class CapturedImages implements Role {
  readonly pipeEnd = "read";
  readonly answers = false;
  readonly tally = { files: 0, edited: 0, bytes: 0, closedEarly: 0 };
  readonly #pipes: PipeSetting;
  readonly #edits: EditPlan;
  /** Images that CRIU has not closed yet. */
  readonly #open = new Set<string>();
  readonly #taken: string[] = [];
  #sink: DumpSink | undefined;
  #isFinished = false;
  #isCommitted = false;

  constructor(
    system: SystemCalls,
    readonly openSink: () => Awaitable<DumpSink>,
    readonly options: CaptureOptions,
  ) {
    this.#pipes = { system, timeout: options.timeout ?? DEFAULT_TIMEOUT, tally: this.tally };
    this.#edits = options.edits ?? passAll;
  }

  get isBusy(): boolean {
    return this.#open.size > 0;
  }

  async begin(): Promise<void> {
    this.#sink = await this.openSink();
  }

  async open(name: string): Promise<OpenImage> {
    if (this.#isCommitted) throw dataError("it comes after the end of the dump", { image: name });
    const file = await this.#sink!.create(name);
    this.tally.files++;
    this.#open.add(name);
    const taken = () => {
      this.#open.delete(name);
      this.#taken.push(name);
    };
    return {
      attach: (pipe): Waiter => takeImage(this.#pipes, name, pipe, file, taken),
      release: () => file.close(),
    };
  }

  /**
   * Edits and commits the dump.
   *
   * @throws {CritError} `data` if CRIU did not finish, or an edit fails
   */
  async settle(): Promise<void> {
    if (this.#isCommitted) return;
    await this.#checkInventory();
    for (const name of this.#taken) {
      const edit = this.#edits(name);
      if (edit === "pass") continue;
      const edited = await applyEdit(name, edit, await this.#sink!.read(name));
      if (!edited.changed) continue;
      this.tally.edited++;
      await this.#sink!.replace(name, edited.bytes);
    }
    this.options.onEdited?.();
    await this.#sink!.commit();
    this.#isCommitted = true;
  }

  /**
   * Checks that the image that CRIU writes last is complete: its magic (the only image with a
   * single magic in every image version), the size of its one entry, and the entry.
   */
  async #checkInventory(): Promise<void> {
    if (!this.#taken.includes(INVENTORY)) {
      throw dataError(`CRIU ended without writing ${INVENTORY}: the dump is incomplete`);
    }
    const bytes = await this.#sink!.read(INVENTORY);
    const head = 8;
    const isSize = (order: ByteOrder) => wordAt(bytes, 4, order) === bytes.length - head;
    // The machine of the dump writes words in its own byte order.
    if (bytes.length <= head || !(isSize("little") || isSize("big"))) {
      throw dataError("it is cut short: the dump is incomplete", { image: INVENTORY });
    }
    this.#isFinished = true;
  }

  close(): void {
    const { files } = this.tally;
    if (this.#sink !== undefined && !this.#isCommitted && files > 0) {
      this.options.onKept?.({ path: this.#sink.incompleteAt, files, isWhole: this.#isFinished });
    }
    this.#sink?.close();
  }
}
