/**
 * Takes the images of one dump: `criu dump --stream`.
 *
 * @module
 */

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

/** How a dump is taken. */
export interface CaptureOptions extends StreamOptions {
  /** What is changed once all images are there; nothing unless given. */
  readonly edits?: EditPlan;
  /** Called when all images are edited; what it throws keeps the dump from being committed. */
  readonly onEdited?: () => void;
  /** Called when the dump is not committed, though images of it came. */
  readonly onKept?: (kept: KeptImages) => void;
}

/** What was taken. */
export interface CaptureSummary {
  /** Images that CRIU wrote. */
  files: number;
  /** Images that an edit changed. */
  edited: number;
  /** Bytes that CRIU wrote. */
  bytes: number;
}

/** The images of a dump that was not committed, as CRIU wrote them. */
export interface KeptImages {
  /** The directory that they are in. */
  readonly path: string;
  /** How many came. */
  readonly files: number;
  /** Whether they are a whole dump: CRIU finished it, and may have killed the process. */
  readonly isWhole: boolean;
}

/**
 * Takes one dump: listens, takes CRIU's connection, and drains all pipes at once. When CRIU has
 * closed everything, or its `post-dump` hook asks, and the inventory is whole, the images are
 * edited and the dump is committed.
 *
 * CRIU hears of no failure: it closes a small image before anybody has read it, and kills the
 * process when it has closed the last. So whatever fails, all that it has sent by then is taken,
 * and stays as it came.
 *
 * @param openSink makes the place where the images go, once no other capture can be under way on
 * the same socket
 * @throws {CritError} `data` when CRIU breaks the protocol, does not finish its dump, or an edit
 * fails; `file` when an image cannot be written or the socket cannot be made
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
  /** Images that CRIU has not yet closed. */
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
   * @throws {CritError} `data` when CRIU did not come to its end, or an edit fails
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
   * Sees to it that the image which CRIU writes last is all there: its magic (the only image with
   * just one in every image version), the size of its one entry, and the entry.
   */
  async #checkInventory(): Promise<void> {
    if (!this.#taken.includes(INVENTORY)) {
      throw dataError(`CRIU ended without writing ${INVENTORY}: the dump is incomplete`);
    }
    const bytes = await this.#sink!.read(INVENTORY);
    const head = 8;
    const isSize = (order: ByteOrder) => wordAt(bytes, 4, order) === bytes.length - head;
    // The machine that the dump is made on writes words in its own order.
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
