/** Rules about files that were deleted while open. @module */

import { ghostEntries } from "../../dump/ghost_entries.ts";
import { imageNumber } from "../../types/registry.ts";
import type { CheckContext } from "../context.ts";
import { type FileReference, unresolvedFiles } from "../references.ts";
import type { Rule } from "../rule.ts";

const IMAGE = "remap-fpath.img";

/** Bit of `remap_id` that stood for GHOST before `remap_type` (CRIU: REMAP_GHOST). */
const OLD_GHOST = 0x80000000;

/** A deleted file: what its remap refers to. */
interface Remap {
  readonly entry: number;
  readonly origin: number;
  readonly id: number;
  readonly type: string | number;
}

function* remaps(context: CheckContext): Generator<Remap> {
  for (const [entry, remap] of context.entries(IMAGE, "remap_file_path_entry")) {
    const { orig_id: origin, remap_id: id, remap_type: type } = remap;
    if (type !== undefined) yield { entry, origin, id, type };
    else if (id >= OLD_GHOST) yield { entry, origin, id: id - OLD_GHOST, type: "GHOST" };
    else yield { entry, origin, id, type: "LINKED" };
  }
}

/** File name of a deleted file's contents. */
function ghostName(id: number): string {
  return `ghost-file-${id.toString(16)}.img`;
}

/** Ids of the ghost files that remaps name. */
export function ghostIds(context: CheckContext): Set<number> {
  return new Set(
    [...remaps(context)].filter(({ type }) => type === "GHOST").map(({ id }) => id),
  );
}

function* remappedFiles(context: CheckContext): Generator<FileReference> {
  const type = "REG";
  for (const { entry, origin, id, type: kind } of remaps(context)) {
    const named: [field: string, id: number][] = [["orig_id", origin]];
    if (kind === "LINKED") named.push(["remap_id", id]);
    for (const [field, file] of named) {
      if (context.files.get(type, file) !== undefined) continue;
      yield { image: IMAGE, entry, field, type, target: `REG file ${file}` };
    }
  }
}

const remapFile: Rule = {
  id: "remap-file",
  severity: "error",
  summary: "every deleted file is in the dump as a REG file",
  explanation: "CRIU stops if remap-fpath.img names a file that is not in the dump.",
  fix: "fetch files.img again, or make the dump again",
  check: (context) => unresolvedFiles(context, remappedFiles(context)),
};

const ghostPresent: Rule = {
  id: "ghost-present",
  severity: "error",
  summary: "the contents of every deleted file are in the dump",
  explanation: "The contents of an open, deleted file are in ghost-file-ID.img only.",
  fix: "fetch {image} from where the dump was made, or make the dump again",
  *check(context) {
    for (const { entry, id, type } of remaps(context)) {
      const image = ghostName(id);
      if (type !== "GHOST" || context.dump.has(image)) continue;
      yield { image, message: `it is missing: ${IMAGE}, entry ${entry} names it` };
    }
  },
};

const ghostSize: Rule = {
  id: "ghost-size",
  severity: "error",
  summary: "the pieces of a deleted file lie within its size",
  explanation: "A piece beyond the end belongs to another file, or the size is wrong.",
  fix: "fetch {image} again, or make the dump again",
  *check(context) {
    for (const scan of context.scans.values()) {
      if (scan.expected.head?.entry !== "ghost_file_entry" || !scan.isWhole) continue;
      const { name } = scan;
      const { head, chunks } = ghostEntries(context.dump.image(name).entries);
      if (head?.size === undefined || !head.chunks) continue;
      for (const [i, { off, len }] of chunks.entries()) {
        if (off + len <= head.size) continue;
        const message = `${len} bytes at ${off} go beyond the file's ${head.size} bytes`;
        yield { image: name, entry: i + 1, field: "off", message };
      }
    }
  },
};

/** Type of file in a mode, and that of a regular file (include/uapi/linux/stat.h). */
const S_IFMT = 0o170000;
const S_IFREG = 0o100000;

/** Size in bytes of the file that a ghost image holds; undefined for what has none. */
function sizeOfGhost(context: CheckContext, name: string): number | undefined {
  if (!context.isWhole(name)) return undefined;
  const { entries, extraSizes } = context.dump.image(name);
  const { head, chunks } = ghostEntries(entries);
  if (head === undefined || (head.mode & S_IFMT) !== S_IFREG) return undefined;
  if (!head.chunks) return extraSizes[0];
  // A piece beyond the end is another rule's finding.
  return chunks.reduce((end, { off, len }) => Math.max(end, Number(off + len)), Number(head.size));
}

const ghostSameSize: Rule = {
  id: "ghost-file-size",
  severity: "error",
  summary: "the size of a deleted file matches its REG file",
  explanation: "CRIU creates the file from its image and refuses another size.",
  fix: "fetch {image} again, or make the dump again",
  *check(context) {
    for (const { origin, id, type } of remaps(context)) {
      const name = ghostName(id);
      const size = type === "GHOST" ? sizeOfGhost(context, name) : undefined;
      const expected = context.files.get("REG", origin)?.reg?.size;
      if (size === undefined || expected === undefined || Number(expected) === size) continue;
      yield {
        image: name,
        message: `it holds ${size} bytes, but REG file ${origin} has ${expected}`,
      };
    }
  },
};

const remapPresent: Rule = {
  id: "remap-present",
  severity: "warning",
  summary: "remap-fpath.img exists if the dump has deleted files",
  explanation:
    "It tells CRIU to create a file from its ghost image. Without it, the open file is missing.",
  fix: "fetch {image} from where the dump was made, or make the dump again",
  *check({ dump, kind }) {
    if (kind !== "dump" || dump.has(IMAGE)) return;
    const ghost = dump.dumpFiles.find(({ type }) => type?.head?.entry === "ghost_file_entry");
    if (ghost !== undefined) {
      yield { image: IMAGE, message: `it is missing, but ${ghost.name} exists` };
    }
  },
};

const ghostNamed: Rule = {
  id: "ghost-named",
  severity: "warning",
  summary: "remap-fpath.img names every deleted file in the dump",
  explanation: "CRIU ignores a ghost image that nothing names, and the open file is missing.",
  fix: "fetch remap-fpath.img and {image} again, or make the dump again",
  *check(context) {
    const { dump, kind } = context;
    if (kind !== "dump" || !context.isWhole(IMAGE)) return;
    const named = ghostIds(context);
    for (const { name, type } of dump.dumpFiles) {
      if (type?.head?.entry !== "ghost_file_entry" || named.has(imageNumber(name) ?? -1)) continue;
      yield { image: name, message: `${IMAGE} does not name it` };
    }
  },
};

export default [remapFile, ghostPresent, ghostSize, ghostSameSize, remapPresent, ghostNamed];
