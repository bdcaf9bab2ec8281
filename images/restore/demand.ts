/**
 * What a demand of a dump on the machine declares about itself.
 *
 * @module
 */

import type { DumpPlace } from "../dump/dump_place.ts";
import type { Machine } from "./machine.ts";
import type { RestoreSubject } from "./subject.ts";

/**
 * Whether a machine has what a dump demands.
 *
 * - `ok`: it does
 * - `fails`: it does not, and CRIU will stop
 * - `unknown`: nothing tells
 */
export type State = "ok" | "fails" | "unknown";

/** The states, worst first. */
export const STATES: readonly State[] = ["fails", "unknown", "ok"];

/** What came of asking the machine about one thing. */
export interface Outcome {
  readonly state: State;
  /** What was asked about: a path, a port, a process id. */
  readonly what: string;
  /** What the dump expects. */
  readonly expected: string;
  /** What is there. */
  readonly found: string;
  /** Where the dump says so. */
  readonly place?: DumpPlace;
  /** What can be done. */
  readonly fix?: string;
}

/** How the machine is used for a restore. */
export interface Setting {
  /** Whether CRIU will run in a new pid namespace, where no process id is taken. */
  readonly newPidNamespace: boolean;
  /** Whether `--root` was given, so that paths of a mount namespace can be looked at. */
  readonly hasRoot: boolean;
}

/** A demand. */
export interface Demand {
  /** Stable name: `file-size`. */
  readonly id: string;
  /** What must be so on the machine, as a phrase. */
  readonly summary: string;
  /** What CRIU does if it is not so, in one sentence. */
  readonly explanation: string;
  /** Asks the machine about all that the dump has of it. */
  ask(subject: RestoreSubject, machine: Machine, setting: Setting): Iterable<Outcome>;
}
