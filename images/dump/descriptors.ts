/**
 * Who has which file open.
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

/** The key of a file in {@link descriptorsOf}: ids repeat among types. */
export function fileKey(type: FdTypes, id: number): string {
  return `${type} ${id}`;
}

type Holders = ReadonlyMap<string, readonly Descriptor[]>;

/** What was found before, by the list of tasks: several views ask for the same. */
const FOUND = new WeakMap<readonly Task[], Holders>();

/** The descriptors of each file, in the order of tasks and descriptors. */
export function descriptorsOf(tasks: readonly Task[]): Holders {
  let found = FOUND.get(tasks);
  if (found === undefined) FOUND.set(tasks, found = findDescriptors(tasks));
  return found;
}

function findDescriptors(tasks: readonly Task[]): Holders {
  const byFile = new Map<string, Descriptor[]>();
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
