/** Rules about files that belong to nothing, and what a log tells. @module */

import { hasStatus } from "../../dump/vma.ts";
import { VMA } from "../../kernel/memory.ts";
import { failedLogs } from "../../logs/explain.ts";
import type { ImageNumber } from "../../types/image_type.ts";
import { imageNumber } from "../../types/registry.ts";
import type { CheckContext } from "../context.ts";
import type { Rule } from "../rule.ts";

const REMOVE = "nothing needs to be done; {image} may be removed";

/** Files that are no images but at home in a dump: logs, what container engines add, GPU images. */
const AT_HOME = /\.log$|\.pid$|^amdgpu-|^(descriptors|config|spec)\.(json|dump)$|^criu\.|^\./;

const strayFile: Rule = {
  id: "stray-file",
  severity: "note",
  summary: "every file has the name of an image",
  explanation: "CRIU opens images by name and never looks at other files.",
  fix: REMOVE,
  *check({ dump, kind }) {
    if (kind === "nothing") return;
    for (const { name, type } of dump.dumpFiles) {
      if (type === undefined && !AT_HOME.test(name)) {
        yield { image: name, message: "no image type has such a name" };
      }
    }
  },
};

/**
 * The numbers that something in the dump has, by what they are. Those of deleted files are left
 * out: other rules know why nothing leads to one.
 */
function numbersIn(
  context: CheckContext,
): Readonly<Partial<Record<ImageNumber, ReadonlySet<number>>>> {
  const { tasks } = context.dump;
  return {
    pid: new Set(tasks.map(({ pid }) => pid)),
    tid: new Set(tasks.flatMap(({ threads }) => threads.map(({ tid }) => tid))),
    files_id: new Set(tasks.flatMap(({ fdinfoName = "" }) => imageNumber(fdinfoName) ?? [])),
    tcp_inode: new Set(context.files.all.flatMap(({ entry: { isk } }) => isk?.ino ?? [])),
    shmid: new Set(sharedMemories(context)),
    pages_id: new Set(context.pageMaps.flatMap(({ map }) => map.pagesId ?? [])),
  };
}

/** Numbers of the shared memory that areas, memfds and System V segments name. */
function* sharedMemories(context: CheckContext): Generator<number> {
  for (const [, { shmid }] of context.entries("memfd.img", "memfd_inode_entry")) yield shmid;
  for (const vma of context.memories.flatMap(({ vmas }) => vmas)) {
    if (hasStatus(vma, VMA.ANON_SHARED | VMA.SYSVIPC)) yield Number(vma.shmid);
  }
  for (const name of context.imagesOf("ipc_shm_entry")) {
    for (const [, { desc }] of context.entries(name, "ipc_shm_entry")) yield desc.id;
  }
}

/** Whether all images that lead to others are there and whole. */
function knowsAll(context: CheckContext): boolean {
  const { dump, living, dead, scans, pageMaps } = context;
  let maps = 0;
  for (const { expected, isWhole } of scans.values()) {
    if (!isWhole) return false;
    if (expected.entry === "pagemap_entry") maps++;
  }
  const needed = living.flatMap(({ pid, mmName, pageMapName }) => [
    `ids-${pid}.img`,
    mmName,
    pageMapName,
  ]);
  needed.push(context.fileImage("REG"));
  if (context.files.ofType("MEMFD").size > 0) needed.push("memfd.img");
  return needed.every((name) => dump.has(name)) && pageMaps.length === maps &&
    living.length + dead.length === dump.tasks.length;
}

const strayImage: Rule = {
  id: "stray-image",
  severity: "note",
  summary: "every image belongs to something in the dump",
  explanation: "CRIU never opens an image that nothing refers to.",
  fix: "if the image should belong to something, make the dump again; otherwise remove it",
  *check(context) {
    const { dump, kind } = context;
    if (kind !== "dump" || dump.tasks.length === 0 || !knowsAll(context)) return;
    const numbers = numbersIn(context);
    for (const { name, type } of dump.dumpFiles) {
      const known = type?.number === undefined ? undefined : numbers[type.number];
      if (known !== undefined && !known.has(imageNumber(name, type) ?? -1)) {
        yield { image: name, message: "nothing in the dump refers to it" };
      }
    }
  },
};

const serviceOnly: Rule = {
  id: "no-dump",
  severity: "note",
  summary: "the directory has images of processes",
  explanation:
    "Some images, such as cpuinfo.img, belong to no process, so there is nothing to restore.",
  fix: "name the directory that was given to criu dump as -D or --images-dir",
  *check({ kind, dump }) {
    if (kind !== "service") return;
    const names = dump.dumpFiles.filter(({ type }) => type !== undefined).map(({ name }) => name);
    const message = `it has nothing to restore, only ${names.slice(0, 5).join(", ")}`;
    yield { image: dump.path, message };
  },
};

const logFailed: Rule = {
  id: "log-failed",
  severity: "warning",
  summary: "no log reports that CRIU failed",
  explanation: "CRIU's log reports success, or the reason for a failure.",
  fix: "`crit explain {image}` prints the meaning of the error and a fix",
  *check({ dump, kind }) {
    if (kind === "nothing") return;
    for (const { name, log, cause, known } of failedLogs(dump)) {
      const what = log.action === "restore" ? "a restore" : "the dump";
      const why = cause === undefined ? "" : `: ${cause.message}`;
      const means = known === undefined ? "" : ` (${known.means})`;
      yield { image: name, message: `it says that ${what} failed${why}${means}` };
    }
  },
};

export default [logFailed, strayImage, strayFile, serviceOnly];
