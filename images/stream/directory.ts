/** Captures a dump into a directory. @module */

import { CritError } from "../errors.ts";
import { INVENTORY, StagedSink, Staging } from "./staging.ts";
import { check, type SystemCalls } from "./system.ts";

/** Subdirectory that holds the images of a capture until all have arrived. */
export const INCOMPLETE = "capture.incomplete";

/**
 * Captures images into a directory. They are written to the subdirectory {@link INCOMPLETE} and
 * moved up when all have arrived; a capture that fails or is killed leaves them there.
 */
export class DirectorySink extends StagedSink {
  override readonly staging: Staging;
  readonly #directory: number;

  /**
   * Opens a directory and prepares it.
   *
   * @throws {CritError} `file` if it is not writable, already contains a dump, or contains the
   * images of a failed capture
   */
  constructor(readonly system: SystemCalls, readonly path: string) {
    super();
    this.#directory = check(system, system.open(path, "directory"), path);
    try {
      const inventory = system.statusAt(this.#directory, INVENTORY);
      if (typeof inventory === "object") {
        throw new CritError("file", `${path}: it already holds a dump`);
      }
      this.staging = new Staging(system, this.#directory, `${path}/${INCOMPLETE}`);
    } catch (error) {
      system.close(this.#directory);
      throw error;
    }
  }

  override commit(): void {
    this.staging.moveTo(this.#directory);
  }

  override close(): void {
    this.staging.close();
    this.system.close(this.#directory);
  }
}
