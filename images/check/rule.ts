/**
 * What a rule of `crit check` declares about itself.
 *
 * A rule is one thing that must be so in a dump. Rules know nothing of one another; where one
 * cannot be asked, because an image that it needs is missing or damaged, it finds nothing: another
 * rule says what is wrong with that image.
 *
 * @module
 */

import type { CheckContext } from "./context.ts";

/**
 * How bad a finding is.
 *
 * - `error`: CRIU could not restore the dump, or data is lost
 * - `warning`: suspicious, though a restore may succeed
 * - `note`: worth knowing
 */
export type Severity = "error" | "warning" | "note";

/** The severities, worst first. */
export const SEVERITIES: readonly Severity[] = ["error", "warning", "note"];

/** Where a rule is broken, and how. */
export interface Finding {
  /** File name of the image; `parent/…` for one of the parent dump. */
  readonly image: string;
  /** Index of the entry in its image, from 0; a page map's head counts. */
  readonly entry?: number;
  /** Byte offset of the entry in the image; looked up when left out. */
  readonly offset?: number;
  /** Path of the field inside the entry, such as `vmas[3].shmid`. */
  readonly field?: string;
  /** What is wrong, with the value. */
  readonly message: string;
}

/** A rule. */
export interface Rule {
  /** Stable name: `pages-exact`. */
  readonly id: string;
  /** How bad it is when the rule is broken. */
  readonly severity: Severity;
  /** What must be so, as a phrase. */
  readonly summary: string;
  /** Why it must, in one sentence. */
  readonly explanation: string;
  /** What the user can do where it is broken; `{image}` stands for the finding's image. */
  readonly fix: string;
  /** Where it is broken. */
  check(context: CheckContext): Iterable<Finding>;
}
