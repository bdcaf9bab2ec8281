/**
 * The declaration of a demand of a dump on the machine.
 *
 * @module
 */

import type { DumpPlace } from "../dump/dump_place.ts";
import type { Machine } from "./machine.ts";
import type { RestoreSubject } from "./subject.ts";

/**
 * Whether a machine meets a demand.
 *
 * - `ok`: the machine meets it
 * - `fails`: the machine does not meet it, and CRIU will stop
 * - `unknown`: it cannot be found out
 */
export type State = "ok" | "fails" | "unknown";

/** The states, worst first. */
export const STATES: readonly State[] = ["fails", "unknown", "ok"];

/** The result of checking one demand on one object. */
export interface Outcome {
  readonly state: State;
  /** The object: a path, a port, a process id. */
  readonly what: string;
  /** The expected state. */
  readonly expected: string;
  /** The found state. */
  readonly found: string;
  /** The place in the dump. */
  readonly place?: DumpPlace;
  /** The fix. */
  readonly fix?: string;
}

/** The setting of a restore. */
export interface Setting {
  /** Whether CRIU will run in a new pid namespace, where all process ids are free. */
  readonly newPidNamespace: boolean;
  /** Whether `--root` was given, so that paths of a mount namespace can be checked. */
  readonly hasRoot: boolean;
}

/** A demand. */
export interface Demand {
  /** Stable name: `file-size`. */
  readonly id: string;
  /** The condition on the machine, as a phrase. */
  readonly summary: string;
  /** What CRIU does if the condition is not met, in one sentence or two. */
  readonly explanation: string;
  /** Checks all objects of the dump on the machine. */
  ask(subject: RestoreSubject, machine: Machine, setting: Setting): Iterable<Outcome>;
}
