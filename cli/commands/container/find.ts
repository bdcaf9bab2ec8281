/** Checkpoints below directories. @module */

import { archiveFormatOf, TELLING_BYTES } from "../../../images/archive/format.ts";
import { isCheckpoint } from "../../../images/dump/open.ts";

/** A place that is looked at. */
export interface Candidate {
  readonly path: string;
  /** Whether it was found rather than named: it need not be a checkpoint then. */
  readonly isFound: boolean;
}

/** Deepest directory that is searched. */
const DEEPEST = 16;

/** The checkpoints that paths lead to: themselves, or what is below directories. */
export function* candidatesAt(paths: Iterable<string>): Generator<Candidate> {
  for (const path of paths) {
    if (isDirectory(path) && !isCheckpoint(path)) {
      yield* below(path.replace(/(?<=.)\/+$/, ""), 0);
    } else yield { path, isFound: false };
  }
}

function* below(directory: string, depth: number): Generator<Candidate> {
  const entries = [...Deno.readDirSync(directory)].sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const { name, isFile, isDirectory } of entries) {
    const path = `${directory === "/" ? "" : directory}/${name}`;
    if (isFile && isArchive(path)) yield { path, isFound: true };
    else if (isDirectory && isCheckpoint(path)) yield { path, isFound: true };
    else if (isDirectory && depth < DEEPEST) yield* below(path, depth + 1);
  }
}

function isDirectory(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    return false;
  }
}

/** Whether a file begins as an archive does. */
function isArchive(path: string): boolean {
  const begin = new Uint8Array(TELLING_BYTES);
  try {
    using file = Deno.openSync(path);
    const format = archiveFormatOf(begin.subarray(0, file.readSync(begin) ?? 0));
    return format === "tar" || format === "gzip" || format === "zstd";
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    return false;
  }
}
