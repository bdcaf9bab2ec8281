/**
 * Missing pages with text that a view reads.
 *
 * @module
 */

import { countOf } from "../bytes/sizes.ts";
import type { Extent } from "../dump/extent.ts";
import type { Task } from "../dump/task.ts";

/** Texts that the kernel keeps in a task's memory. */
export type MemoryText = "arguments" | "environment";

/** Where pages are that the dump does not have, as a phrase. */
function whereabouts(extent: Extent): string | undefined {
  if (extent.kind === "lazy") return "to be fetched later";
  if (extent.kind !== "lost") return undefined;
  return extent.needsParent ? "in a missing parent dump" : "missing";
}

/** Lines that report missing pages with a text of tasks, and the reasons. */
export function absentPages(tasks: readonly Task[], text: MemoryText): string[] {
  const found = new Map<string, { pages: number; tasks: number }>();
  const add = (why: string, pages: number) => {
    const known = found.get(why) ?? { pages: 0, tasks: 0 };
    found.set(why, { pages: known.pages + pages, tasks: known.tasks + 1 });
  };
  for (const task of tasks) {
    if (task.isDead) continue;
    const { memory } = task;
    const { at, length } = text === "arguments" ? memory.argumentSpan : memory.environmentSpan;
    const bytes = new Map<string, number>();
    for (const extent of memory.extentsAt(at, length)) {
      const why = whereabouts(extent);
      if (why !== undefined) bytes.set(why, (bytes.get(why) ?? 0) + extent.length);
    }
    for (const [why, count] of bytes) add(why, count / memory.pageSize);
  }
  return [...found].map(([why, { pages, tasks }]) => {
    const be = pages === 1 ? "is" : "are";
    return `${countOf(pages, "page")} with the ${text} of ${
      tasks === 1 ? "a process" : `${tasks} processes`
    } ${be} ${why}`;
  });
}
