/**
 * The declaration of a rule of `crit check`.
 *
 * A rule is one condition that a dump must meet. Rules do not depend on one another. If an image
 * that a rule needs is missing or damaged, the rule finds nothing: another rule reports the image.
 *
 * @module
 */

import type { CheckContext } from "./context.ts";

/**
 * Severity of a finding.
 *
 * - `error`: CRIU could not restore the dump, or data is lost
 * - `warning`: suspicious, though a restore may succeed
 * - `note`: worth knowing
 */
export type Severity = "error" | "warning" | "note";

/** The severities, worst first. */
export const SEVERITIES: readonly Severity[] = ["error", "warning", "note"];

/** A place where a rule is broken. */
export interface Finding {
  /** File name of the image; `parent/…` for one of the parent dump. */
  readonly image: string;
  /** Index of the entry in its image, from 0; a page map's head counts. */
  readonly entry?: number;
  /** Byte offset of the entry in the image; looked up when left out. */
  readonly offset?: number;
  /** Path of the field inside the entry, such as `vmas[3].shmid`. */
  readonly field?: string;
  /** The fault, with the value. */
  readonly message: string;
}

/** A rule. */
export interface Rule {
  /** Stable name: `pages-exact`. */
  readonly id: string;
  /** Severity of its findings. */
  readonly severity: Severity;
  /** The condition, as a phrase. */
  readonly summary: string;
  /** The reason, in one sentence or two. */
  readonly explanation: string;
  /** What the user can do about a finding; `{image}` stands for its image. */
  readonly fix: string;
  /** Yields its findings. */
  check(context: CheckContext): Iterable<Finding>;
}
