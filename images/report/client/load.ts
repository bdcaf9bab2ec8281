/** The data of the page: blocks of compressed JSON. @module */

import type { ReportData, TaskPage } from "../data.ts";

/** Unpacks a block. */
async function unpack(id: string): Promise<unknown> {
  const text = document.getElementById(id)?.textContent ?? "";
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return await new Response(plain).json();
}

/** The report but for the pages of tasks. */
export async function loadReport(): Promise<ReportData> {
  return await unpack("report") as ReportData;
}

const blocks = new Map<number, Promise<readonly TaskPage[]>>();

/** The pages of the tasks in the block that begins with the task of this index. */
export function loadBlock(begin: number): Promise<readonly TaskPage[]> {
  let block = blocks.get(begin);
  if (block === undefined) {
    block = unpack(`tasks-${begin}`) as Promise<readonly TaskPage[]>;
    blocks.set(begin, block);
  }
  return block;
}

/** The page of a task. */
export async function loadTask(data: ReportData, pid: number): Promise<TaskPage | undefined> {
  const index = data.tasks.findIndex((task) => task.pid === pid);
  if (index < 0) return undefined;
  const begin = index - index % data.blockSize;
  return (await loadBlock(begin))[index - begin];
}
