/** The output of batches. @module */

import type { Found } from "../files/found.ts";
import type { Output } from "../files/output.ts";
import type { Tree } from "../files/tree.ts";
import type { Link } from "../files/tree_lists.ts";
import type { Job } from "./convert.ts";

/** The output of a batch: a directory or an archive. */
export interface BatchOutput extends Disposable {
  /** Path of the output. */
  readonly path: string;
  /** Opens the output of a job; undefined if each thread writes its own files on the disk. */
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
  /** Completes the output. */
  commit(): Promise<void>;
}
