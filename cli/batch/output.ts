/** What batches write. @module */

import type { Found } from "../files/found.ts";
import type { Output } from "../files/output.ts";
import type { Tree } from "../files/tree.ts";
import type { Link } from "../files/tree_lists.ts";
import type { Job } from "./convert.ts";

/** Where a batch writes. */
export interface BatchOutput extends Disposable {
  /** Where it stands. */
  readonly path: string;
  /** Begins what is made of a file; undefined if every thread makes its own on the disk. */
  create?(job: Job): Output;
  /** Copies a file, as a hard link if it may be one. */
  copy(
    tree: Tree,
    file: Found,
    asLink: boolean,
    onCopied: (count: number) => void,
  ): Promise<void> | void;
  /** Copies a link. */
  link(tree: Tree, link: Link): Promise<void> | void;
  /** Says that all has been written. */
  commit(): Promise<void>;
}
