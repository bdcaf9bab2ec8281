/** The data of the page: blocks of compressed JSON. @module */

import type { PackedPage, ReportData, TaskBlock, TaskPage } from "../data.ts";

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
    block = unpack(`tasks-${begin}`).then((block) => pagesOf(block as TaskBlock));
    blocks.set(begin, block);
  }
  return block;
}

function pagesOf({ texts, areas, tables, pages }: TaskBlock): TaskPage[] {
  return pages.map((page: PackedPage) => ({
    pid: page.pid,
    args: texts[page.args]!,
    env: texts[page.env]!,
    facts: page.facts,
    areas: areas[page.areas]!,
    tables: page.tables.map((index) => tables[index]!),
  }));
}

/** The page of a task. */
export async function loadTask(data: ReportData, pid: number): Promise<TaskPage | undefined> {
  const index = data.tasks.findIndex((task) => task.pid === pid);
  if (index < 0) return undefined;
  const begin = index - index % data.blockSize;
  return (await loadBlock(begin))[index - begin];
}
