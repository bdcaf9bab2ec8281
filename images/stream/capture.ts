/**
 * Takes the images of one dump: `criu dump --stream`.
 *
 * @module
 */

import { uint32At } from "../bytes/buffer.ts";
import { dataError } from "../errors.ts";
import {
  type OpenImage,
  PATIENCE,
  type Role,
  runStream,
  type StreamOptions,
} from "./connection.ts";
import { applyEdit, type EditPlan, passAll } from "./edit.ts";
import type { Waiter } from "./loop.ts";
import { collectImage, passImage, type PipeSetting } from "./pipes.ts";
import { CAPTURE_SOCKET } from "./protocol.ts";
import type { Awaitable, DumpSink, SinkFile } from "./store.ts";
import type { SystemCalls } from "./system.ts";

/** How a dump is taken. */
export interface CaptureOptions extends StreamOptions {
  /** What is changed on the way; nothing unless given. */
  readonly edits?: EditPlan;
  /** Called when all images are written; what it throws keeps the dump from being committed. */
  readonly onWritten?: () => void;
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

/** The image that CRIU writes last, when all else has gone well. */
const INVENTORY = "inventory.img";

/**
 * Takes one dump: listens, takes CRIU's connection, drains all pipes at once, and commits the dump
 * when CRIU has closed everything and its inventory is whole. Nothing is committed otherwise, and
 * CRIU finds its pipes broken as soon as something fails.
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
    await images.commit();
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
  #sink: DumpSink | undefined;
  #hasInventory = false;

  constructor(
    system: SystemCalls,
    readonly openSink: () => Awaitable<DumpSink>,
    readonly options: CaptureOptions,
  ) {
    this.#pipes = { system, patience: options.patience ?? PATIENCE, tally: this.tally };
    this.#edits = options.edits ?? passAll;
  }

  async begin(): Promise<void> {
    this.#sink = await this.openSink();
  }

  /** @throws {CritError} `data` when CRIU did not come to the end of its dump */
  async commit(): Promise<void> {
    if (!this.#hasInventory) {
      throw dataError(`CRIU ended without writing ${INVENTORY}: the dump is incomplete`);
    }
    this.options.onWritten?.();
    await this.#sink!.commit();
  }

  close(): void {
    this.#sink?.close();
  }

  async open(name: string): Promise<OpenImage> {
    const edit = this.#edits(name);
    const file = await this.#sink!.create(name);
    this.tally.files++;
    const passes = edit === "pass" && name !== INVENTORY;
    const attach = (pipe: number): Waiter =>
      passes
        ? passImage(this.#pipes, name, pipe, file)
        : collectImage(this.#pipes, name, pipe, file, (bytes) => this.#take(name, file, bytes));
    return { attach, release: () => file.close() };
  }

  /** Takes an image that was collected. */
  async #take(name: string, file: SinkFile, bytes: Uint8Array): Promise<void> {
    if (name === INVENTORY) {
      checkInventory(bytes);
      this.#hasInventory = true;
    }
    const edit = this.#edits(name);
    const edited = edit === "pass" ? { bytes, changed: false } : await applyEdit(name, edit, bytes);
    if (edited.changed) this.tally.edited++;
    await file.write(edited.bytes);
  }
}

/**
 * Checks that an inventory is all there: its magic (the only image with just one in every image
 * version), the size of its one entry, and the entry.
 */
function checkInventory(bytes: Uint8Array): void {
  const head = 8;
  if (bytes.length <= head || uint32At(bytes, 4) !== bytes.length - head) {
    throw dataError("it is cut short: the dump is incomplete", { image: INVENTORY });
  }
}
