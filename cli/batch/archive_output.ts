/** The output of a batch as an archive. @module */

import { openHeaders } from "../files/archive_headers.ts";
import { type ArchiveHeaders, NewArchive } from "../files/new_archive.ts";
import type { Output } from "../files/output.ts";
import { HEADERS, type Tree } from "../files/tree.ts";
import type { Job } from "./convert.ts";
import type { BatchOutput } from "./output.ts";
import type { BatchPlan } from "./plan.ts";

/** An archive, which is complete or absent. It gets the headers that the tree keeps, if any. */
export class ArchiveOutput implements BatchOutput {
  readonly #headers: (ArchiveHeaders & Disposable) | undefined;
  readonly #archive: NewArchive;

  /** @throws {CritError} `file` when there is something at the path already */
  constructor(readonly path: string, tree: Tree, { copies, links }: BatchPlan) {
    this.#headers = openHeaders(tree);
    this.#archive = new NewArchive(path, tree, { headers: this.#headers });
    const kept = new Set([...copies, ...links].map(({ place }) => place));
    for (const { place } of [{ place: HEADERS }, ...tree.files, ...tree.links]) {
      if (!kept.has(place)) this.#archive.omit(place);
    }
  }

  create({ target }: Job): Output {
    return this.#archive.create(target);
  }

  copy(): void {}

  link(): void {}

  commit(): Promise<void> {
    return this.#archive.commit();
  }

  [Symbol.dispose](): void {
    this.#archive[Symbol.dispose]();
    this.#headers?.[Symbol.dispose]();
  }
}
