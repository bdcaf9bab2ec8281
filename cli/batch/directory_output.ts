/** The output of a batch as a directory. @module */

import { OutputDirectory } from "../files/new_directory.ts";
import type { Tree } from "../files/tree.ts";
import { lazySpecifier } from "../line/lazy_specifier.ts";
import type { BatchOutput } from "./output.ts";

/** A directory that may already exist; each thread writes its own files. */
export class DirectoryOutput extends OutputDirectory implements BatchOutput {
  /**
   * @param path the directory, without a slash at its end
   * @param keepsHeaders whether the headers of an archive are kept, so that one can be made again
   */
  constructor(path: string, readonly tree: Tree, readonly keepsHeaders: boolean) {
    super(path);
    this.makeDirectories(tree.directories);
  }

  async commit(): Promise<void> {
    const { original, directories: [top] } = this.tree;
    // The end of a damaged archive is not known, and none can be made that is like it.
    if (original === undefined || !this.keepsHeaders || this.tree.fault !== undefined) return;
    const { writeHeaders }: typeof import("../files/archive_headers.ts") = await import(
      lazySpecifier("../files/archive_headers.ts")
    );
    writeHeaders(this.path, original, top!.permissions.mode & 0o666);
  }

  [Symbol.dispose](): void {}
}
