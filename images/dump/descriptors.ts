/**
 * The descriptors that refer to each open file.
 *
 * @module
 */

import type { FdTypes } from "../../proto/types.ts";
import type { Task } from "./task.ts";

/** A descriptor of a task. */
export interface Descriptor {
  /** Process id. */
  readonly pid: number;
  /** Number of the descriptor. */
  readonly fd: number;
}

/** What tells a file from all others: ids repeat among types. */
export type FileKey = number;

/** Types by the numbers that they have in keys. */
const TYPES = new Map<FdTypes, number>([["REG", 0]]);

/** Ids are below this; a key is a multiple of it for the type, and the id. */
const IDS = 2 ** 32;

/**
 * The key of a file: a number, since tens of thousands of files would have as many texts. NaN,
 * which is no file's, if the id has more than 32 bits, as that of a damaged area may.
 */
export function fileKey(type: FdTypes, id: number): FileKey {
  let number = TYPES.get(type);
  if (number === undefined) TYPES.set(type, number = TYPES.size);
  return id < IDS ? number * IDS + id : NaN;
}

type Holders = ReadonlyMap<FileKey, readonly Descriptor[]>;

/** What was found before, by the list of tasks: several views ask for the same. */
const FOUND = new WeakMap<readonly Task[], Holders>();

/** The descriptors of each file, in the order of tasks and descriptors. */
export function descriptorsOf(tasks: readonly Task[]): Holders {
  let found = FOUND.get(tasks);
  if (found === undefined) FOUND.set(tasks, found = findDescriptors(tasks));
  return found;
}

function findDescriptors(tasks: readonly Task[]): Holders {
  const byFile = new Map<FileKey, Descriptor[]>();
  for (const { pid, fdinfo } of tasks) {
    for (const { fd, type, id } of fdinfo.toSorted((a, b) => a.fd - b.fd)) {
      const key = fileKey(type, id);
      const known = byFile.get(key);
      if (known === undefined) byFile.set(key, [{ pid, fd }]);
      else known.push({ pid, fd });
    }
  }
  return byFile;
}
