/** The entries of a ghost image. @module */

import type { GhostChunkEntry, GhostFileEntry } from "../../proto/types.ts";
import type { Message } from "../codec/objects.ts";
import { typed, typedList } from "../codec/typed.ts";

/** A deleted file in a ghost image. */
export interface GhostEntries {
  /** The file; undefined when the image has no entry. */
  readonly head: GhostFileEntry | undefined;
  /** The pieces that are not holes; none unless `head.chunks`. */
  readonly chunks: readonly GhostChunkEntry[];
}

/** The entries of a ghost image under their types: the file first, then its pieces. */
export function ghostEntries([head, ...chunks]: readonly Message[]): GhostEntries {
  return {
    head: head && typed<"ghost_file_entry">(head),
    chunks: typedList<"ghost_chunk_entry">(chunks),
  };
}
