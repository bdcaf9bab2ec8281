/**
 * The pages of a dumped process, found in its images without any of what makes core files.
 *
 * @module
 */

import { decodeObjects } from "../../../images/image/objects.ts";
import type { FileEntry, MemfdInodeEntry, MmEntry } from "../../../mod.ts";
import "../../../plugins/mod.ts";

const PAGE = 4096;
const ANON_SHARED = 1 << 8;
const MEMFD = 1 << 14;
const PE_PARENT = 1;
const PE_PRESENT = 4;

/** A page, and the directory of the dump that has it. */
export interface ExpectedPage {
  readonly bytes: Uint8Array;
  readonly directory: string;
}

/** Entries of an image. */
export function entriesOf<T>(directory: string, name: string): T[] {
  return decodeObjects(Deno.readFileSync(`${directory}/${name}`)).entries as T[];
}

interface Range {
  vaddr: bigint;
  nr_pages: bigint;
  flags: number;
}

/** The pages of a page map, by address. */
function pagesOf(directory: string, name: string): Map<bigint, ExpectedPage> {
  const [head, ...ranges] = entriesOf<unknown>(directory, name) as [
    { pages_id: number },
    ...Range[],
  ];
  const file = Deno.readFileSync(`${directory}/pages-${head.pages_id}.img`);
  const inParent = ranges.some(({ flags }) => (flags & PE_PARENT) !== 0)
    ? pagesOf(parentOf(directory), name)
    : new Map<bigint, ExpectedPage>();
  const pages = new Map<bigint, ExpectedPage>();
  let at = 0;
  for (const { vaddr, nr_pages, flags } of ranges) {
    for (let i = 0n; i < nr_pages; i++) {
      const address = vaddr + i * BigInt(PAGE);
      if ((flags & PE_PARENT) !== 0) pages.set(address, inParent.get(address)!);
      else if ((flags & PE_PRESENT) !== 0) {
        pages.set(address, { bytes: file.subarray(at, at += PAGE), directory });
      }
    }
  }
  return pages;
}

function parentOf(directory: string): string {
  const path = `${directory}/parent`;
  const isLink = Deno.lstatSync(path).isSymlink;
  return `${directory}/${isLink ? Deno.readLinkSync(path) : Deno.readTextFileSync(path).trim()}`;
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** All present pages of a process, by address. */
export function presentPages(directory: string, pid: number): Map<bigint, ExpectedPage> {
  const pages = pagesOf(directory, `pagemap-${pid}.img`);
  const [mm] = entriesOf<MmEntry>(directory, `mm-${pid}.img`);
  for (const { start, end, pgoff, shmid, status } of mm!.vmas!) {
    if ((status & (ANON_SHARED | MEMFD)) === 0) continue;
    const id = (status & MEMFD) === 0 ? Number(shmid) : memfdOf(directory, Number(shmid));
    const name = `pagemap-shmem-${id}.img`;
    if (!exists(`${directory}/${name}`)) continue;
    for (const [offset, page] of pagesOf(directory, name)) {
      const address = start + offset - pgoff;
      const isIn = address >= start && address < end;
      if (isIn && !pages.has(address)) pages.set(address, page);
    }
  }
  return pages;
}

/** Number of the page map of the memfd whose file has this id. */
function memfdOf(directory: string, id: number): number {
  const files = entriesOf<FileEntry>(directory, "files.img");
  const file = files.find((file) => file.type === "MEMFD" && file.id === id);
  const inodes = entriesOf<MemfdInodeEntry>(directory, "memfd.img");
  return inodes.find(({ inode_id }) => inode_id === BigInt(file!.memfd!.inode_id))!.shmid;
}
