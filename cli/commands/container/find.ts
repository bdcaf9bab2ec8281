/** Checkpoints below directories. @module */

import { dumpsBelow } from "../../../images/dump/find.ts";

/** A place that is looked at. */
export interface Candidate {
  readonly path: string;
  /** Whether it was found rather than named: it need not be a checkpoint then. */
  readonly isFound: boolean;
}

/** The checkpoints that paths lead to: themselves, or what is below directories. */
export function* candidatesAt(paths: Iterable<string>): Generator<Candidate> {
  for (const named of paths) {
    for (const path of dumpsBelow(named)) yield { path, isFound: path !== named };
  }
}
