/** Rules about shared memory and memfds. @module */

import type { IpcShmEntry } from "../../../proto/types.ts";
import { hexText } from "../../bytes/printable.ts";
import { lacksPageMaps } from "../../dump/kind.ts";
import { sharedPageMapName } from "../../dump/shared_memory.ts";
import { hasStatus } from "../../dump/vma.ts";
import { VMA } from "../../kernel/memory.ts";
import type { CheckContext } from "../context.ts";
import { entryOfRange, rangeBounds } from "../page_ranges.ts";
import { type Reference, unresolved } from "../references.ts";
import type { Finding, Rule } from "../rule.ts";

const FETCH = "fetch {image} from where the dump was made, or make the dump again";

/** A System V segment, with where it stands. */
interface Segment {
  readonly image: string;
  readonly index: number;
  readonly entry: IpcShmEntry;
}

function* segments(context: CheckContext): Generator<Segment> {
  for (const name of context.imagesOf("ipc_shm_entry")) {
    if (!context.isWhole(name)) continue;
    for (const [index, entry] of context.entries(name, "ipc_shm_entry")) {
      yield { image: name, index, entry };
    }
  }
}

const sharedPages: Rule = {
  id: "shmem-present",
  severity: "error",
  summary: "shared memory that an area maps has a page map",
  explanation:
    "The contents of shared memory are in pagemap-shmem-ID.img, whichever process maps it.",
  fix: FETCH,
  *check(context) {
    if (lacksPageMaps(context.dump)) return;
    const inSegments = new Set(
      [...segments(context)].filter(({ entry }) => !entry.in_pagemaps)
        .map(({ entry }) => entry.desc.id),
    );
    const told = new Set<string>();
    for (const { vmas, task } of context.memories) {
      for (const vma of vmas) {
        if (!hasStatus(vma, VMA.ANON_SHARED) || hasStatus(vma, VMA.MEMFD | VMA.SYSVIPC)) continue;
        const image = sharedPageMapName(Number(vma.shmid));
        if (context.dump.has(image) || told.has(image) || inSegments.has(Number(vma.shmid))) {
          continue;
        }
        told.add(image);
        const area = hexText(vma.start);
        yield { image, message: `it is missing: process ${task.pid} maps it at ${area}` };
      }
    }
  },
};

const segmentPages: Rule = {
  id: "ipc-shm-pages",
  severity: "error",
  summary: "System V segments have the page map that they name",
  explanation: "Since CRIU 3.0 the contents of a segment are in pagemap-shmem-ID.img.",
  fix: FETCH,
  *check(context) {
    if (lacksPageMaps(context.dump)) return;
    for (const { image: from, index, entry } of segments(context)) {
      const image = sharedPageMapName(entry.desc.id);
      if (!entry.in_pagemaps || context.dump.has(image)) continue;
      yield { image, message: `it is missing, but ${from}, entry ${index} has the segment` };
    }
  },
};

function* memfdFiles({ files, dump }: CheckContext): Generator<Reference> {
  const inodes = dump.sharedMemory.memfdInodes;
  for (const { entry: { memfd }, image, index } of files.all) {
    if (memfd === undefined || inodes.has(BigInt(memfd.inode_id))) continue;
    const target = `memfd inode ${memfd.inode_id}`;
    yield { image, entry: index, field: "memfd.inode_id", target };
  }
}

const memfdInode: Rule = {
  id: "memfd-inode",
  severity: "error",
  summary: "the inode of every memfd is in the dump",
  explanation: "CRIU creates a memfd from its inode in memfd.img.",
  fix: "fetch memfd.img from where the dump was made, or make the dump again",
  *check(context) {
    yield* unresolved(context, ["memfd.img"], memfdFiles(context));
  },
};

const memfdPages: Rule = {
  id: "memfd-pages",
  severity: "error",
  summary: "every memfd that is not empty has a page map",
  explanation: "The contents of a memfd are in pagemap-shmem-ID.img.",
  fix: FETCH,
  *check(context) {
    if (lacksPageMaps(context.dump)) return;
    for (
      const [index, { shmid, size, name }] of context.entries("memfd.img", "memfd_inode_entry")
    ) {
      const image = sharedPageMapName(shmid);
      if (size === 0n || context.dump.has(image)) continue;
      const memfd = `${JSON.stringify(name)}, entry ${index} of memfd.img`;
      yield { image, message: `it is missing, but the dump has the memfd ${memfd}` };
    }
  },
};

/** Sizes in bytes of the shared memory whose size the dump tells, by the id of its page map. */
function sizes(context: CheckContext): Map<number, bigint> {
  const known = new Map<number, bigint>();
  for (const { entry: { desc, size, in_pagemaps } } of segments(context)) {
    if (in_pagemaps) known.set(desc.id, size);
  }
  if (context.isWhole("memfd.img")) {
    for (const [, { shmid, size }] of context.entries("memfd.img", "memfd_inode_entry")) {
      known.set(shmid, size);
    }
  }
  return known;
}

const rangeInSize: Rule = {
  id: "shmem-size",
  severity: "error",
  summary: "pages of memfds and System V segments lie within their size",
  explanation: "CRIU does not restore pages beyond the end; their contents are lost.",
  fix: "fetch {image} again: it seems to belong to another dump",
  *check(context) {
    const known = sizes(context);
    const maps = new Map(context.pageMaps.map((checked) => [checked.map.name, checked]));
    for (const [id, size] of known) {
      const checked = maps.get(sharedPageMapName(id));
      if (checked !== undefined) yield* beyond(checked, Number(size));
    }
  },
};

function* beyond(
  checked: CheckContext["pageMaps"][number],
  size: number,
): Generator<Finding> {
  const { map, pageSize } = checked;
  const end = Math.ceil(size / pageSize) * pageSize;
  for (let i = 0; i < map.count; i++) {
    const [from, to] = rangeBounds(checked, i);
    if (to <= end) continue;
    const range = `${hexText(from)}-${hexText(to)}`;
    const message = `${range} goes beyond the size of ${size} bytes`;
    yield { image: map.name, entry: entryOfRange(map, i), message };
  }
}

export default [sharedPages, segmentPages, memfdInode, memfdPages, rangeInSize];
