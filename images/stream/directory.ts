/**
 * A dump directory as the place to capture to.
 *
 * @module
 */

import { CritError } from "../errors.ts";
import { INVENTORY, StagedSink, Staging } from "./staging.ts";
import { check, type SystemCalls } from "./system.ts";

/** Where the images of a capture stand, inside its directory, until all are there. */
export const INCOMPLETE = "capture.incomplete";

/**
 * Takes images into a directory. They are written to the subdirectory {@link INCOMPLETE} and moved
 * up when all are there; a capture that fails or is killed leaves them in it.
 */
export class DirectorySink extends StagedSink {
  override readonly staging: Staging;
  readonly #directory: number;

  /**
   * Opens a directory and gets it ready.
   *
   * @throws {CritError} `file` when it cannot be written to, already holds a dump, or holds the
   * images of a capture that failed
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
