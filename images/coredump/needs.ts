/** Checks that a dump has the images that a core file needs. @module */

import type { Messages, VmaEntry } from "../../proto/types.ts";
import { pagesName } from "../dump/extent.ts";
import type { DumpImages } from "../dump/images.ts";
import { OLD_IMAGES, oldImage } from "../dump/old_task_images.ts";
import { leavesToParent } from "../dump/page_map.ts";
import { sharedPageMapName } from "../dump/shared_memory.ts";
import type { TaskDump } from "../dump/task.ts";
import type { Task } from "../dump/task.ts";
import { hasStatus, mapsSharedMemory } from "../dump/vma.ts";
import { type CritError, dataError } from "../errors.ts";
import { VMA } from "../kernel/memory.ts";
import { segmentImages } from "./mapping_names.ts";

/** Images about mapped files, with the messages of their entries. */
const ABOUT_FILES: Readonly<Record<string, keyof Messages>> = {
  "files.img": "file_entry",
  "reg-files.img": "reg_file_entry",
  "remap-fpath.img": "remap_file_path_entry",
  "memfd.img": "memfd_inode_entry",
};

/**
 * Checks the images for a task's core file, except pages, which are checked when they are needed.
 *
 * @throws {CritError} `data` for the first one that is damaged, or missing and required
 */
export function checkImages(task: Task): void {
  const { dump, pid, threads } = task;
  for (const { coreName } of threads) checkImage(dump, coreName, "core_entry");
  checkImage(dump, task.mmName, "mm_entry");
  const optional: Array<[name: string, message: keyof Messages]> = [
    ...Object.entries(ABOUT_FILES),
    // Images that older dumps keep separately.
    [oldImage("vmas", pid), OLD_IMAGES.vmas.message],
    [oldImage("creds", pid), OLD_IMAGES.creds.message],
  ];
  if (task.memory.areas.some((vma) => hasStatus(vma, VMA.SYSVIPC))) {
    for (const name of segmentImages(dump)) optional.push([name, "ipc_shm_entry"]);
  }
  for (const { tid } of threads) {
    optional.push([oldImage("privateSignals", tid), OLD_IMAGES.privateSignals.message]);
  }
  for (const [name, message] of optional) {
    if (dump.has(name)) checkImage(dump, name, message, 0);
  }
  const { pageSize } = task.memory;
  for (const name of [task.pageMapName, ...sharedPageMaps(task)]) {
    const { error } = dump.pageMap(name);
    if (error !== undefined) throw error;
    checkRanges(dump, name, pageSize, "");
  }
}

/** Checks that the ranges of a page map, and of those in parents, begin at pages. */
function checkRanges(dump: DumpImages, name: string, pageSize: number, prefix: string): void {
  const map = dump.pageMap(name);
  for (let i = 0; i < map.count; i++) {
    const address = map.addresses[i]!;
    if (address % pageSize === 0) continue;
    const reason = `a range begins at 0x${
      address.toString(16)
    }, which is not the beginning of a page`;
    throw dataError(reason, { image: prefix + name });
  }
  const { parent } = dump;
  if (leavesToParent(map) && parent?.has(name)) {
    checkRanges(parent, name, pageSize, `${prefix}parent/`);
  }
}

/** Checks that an image exists, is complete, has the type of its name, and has entries. */
function checkImage(dump: DumpImages, name: string, message: keyof Messages, fewest = 1): void {
  const { error, type, entries } = dump.image(name);
  if (error !== undefined) throw error;
  if (type?.entry !== message) {
    throw dataError(`it is a ${type?.name} image by its magic`, { image: name });
  }
  if (entries.length < fewest) throw dataError("it has no entry", { image: name });
}

/** Page maps of the shared memory that a task maps, if they exist. */
function sharedPageMaps({ dump, memory }: Task): Set<string> {
  const names = memory.areas.filter(mapsSharedMemory)
    .map((vma) => dump.sharedMemory.idOf(vma))
    .filter((id) => id !== undefined)
    .map(sharedPageMapName);
  return new Set(names.filter((name) => dump.has(name)));
}

/** The error for pages of an area that are missing from the dump. */
export function lossOf(task: Task, vma: VmaEntry): CritError {
  const { dump, memory } = task;
  const maps = [memory.pageMap.name];
  if (mapsSharedMemory(vma)) {
    const id = dump.sharedMemory.idOf(vma);
    if (id === undefined) return memfdMissing(dump, vma);
    const name = sharedPageMapName(id);
    if (!dump.has(name)) return dataError("the image is missing", { image: name });
    maps.unshift(name);
  }
  const images = new Set(maps.flatMap((name) => imagesOf(dump, name)));
  const fault = dump.allFaults.find(({ place }) => images.has(place.image ?? ""));
  if (fault !== undefined) return fault;
  const range = `0x${vma.start.toString(16)}-0x${vma.end.toString(16)}`;
  const where = maps.some((name) => leavesToParent(dump.pageMap(name)))
    ? dump.parent === undefined
      ? "are in a parent dump, to which no link leads"
      : "are in no parent dump, where they should be"
    : "are missing";
  return dataError(`pages of the memory area ${range} ${where}`, { image: maps[0] });
}

function memfdMissing(dump: TaskDump, { shmid }: VmaEntry): CritError {
  const image = ["files.img", "memfd.img"].find((name) => !dump.has(name));
  if (image !== undefined) return dataError("the image is missing", { image });
  const isFile = dump.files.get("MEMFD", Number(shmid)) === undefined;
  const reason = `it does not have memfd ${shmid}, which a memory area maps`;
  return dataError(reason, { image: isFile ? "files.img" : "memfd.img" });
}

/** Images that may contain pages of a page map, as {@link Dump.allFaults} names them. */
function imagesOf(dump: DumpImages, name: string): string[] {
  const images: string[] = [];
  let prefix = "";
  for (let at: DumpImages | undefined = dump; at !== undefined; at = at.parent) {
    images.push(`${prefix}${name}`, `${prefix}${pagesName(at.pageMap(name))}`, `${prefix}parent`);
    prefix += "parent/";
  }
  return images;
}
