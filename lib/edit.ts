/**
 * Edits of images and dumps, as `crit edit` does them, and values that paths lead to.
 *
 * ```ts
 * import { openDump, writeDump } from "@crit/crit/dump";
 * import { editDump, valuesIn } from "@crit/crit/edit";
 *
 * using dump = await openDump("fixtures/dumps/shloop");
 * for await (const { image, json } of valuesIn(dump, "core-*.img:[0].tc.comm")) {
 *   console.log(image, JSON.parse(json));
 * }
 * using edited = await editDump(dump, {
 *   set: ["core-1517.img:[0].tc.comm=renamed"],
 *   transform: {
 *     "files.img": (image) => {
 *       if (image.type !== "FILES") return;
 *       for (const { reg } of image.entries) {
 *         if (reg?.name.startsWith("/old/")) reg.name = `/new/${reg.name.slice(5)}`;
 *       }
 *     },
 *   },
 * });
 * console.log([...edited.changed.keys()]);
 * await writeDump(edited, `${await Deno.makeTempDir()}/edited`);
 * ```
 *
 * @module
 */

import { DerivedDump, type DerivedImage, heldImage } from "../images/dump/derived.ts";
import type { Dump } from "../images/dump/dump.ts";
import { ImageFileReader, readWhole } from "../images/dump/source.ts";
import { Edit } from "../images/edit/edit.ts";
import { Edits } from "../images/edit/edits.ts";
import { readingSearch } from "../images/edit/get.ts";
import type { Scope } from "../images/edit/meant.ts";
import { planPids } from "../images/edit/pids.ts";
import type { Stage } from "../images/edit/session.ts";
import { transformImage } from "../images/edit/transform.ts";
import { ImageValues } from "../images/edit/values.ts";
import { CritError } from "../images/errors.ts";
import { asImage, type Image, type ImageLike } from "../images/image/objects.ts";
import { overlaidImages } from "../images/memory/overlay.ts";
import { environmentWrite, type MemoryWrite, planWrites } from "../images/memory/write.ts";
import "../plugins/mod.ts";

export { CritError, type Image, type ImageLike };
export type { DerivedDump, DerivedImage, MemoryWrite };
export type { Derivation } from "../images/dump/derived.ts";

/**
 * Changes an image, in place or by giving another one. Comparing its `type` tells what its entries
 * are. Nothing given means the image that it got, as it is by then.
 */
export type Transform = (
  image: Image,
  name: string,
) => ImageLike | void | Promise<ImageLike | void>;

/** Edits of fields: first those of `set`, then those of `delete`, each in their order. */
export interface FieldEdits {
  /** `PATH=VALUE`, as `crit help edit` explains it; of a dump, PATH begins with the image. */
  readonly set?: readonly string[];
  /** Paths of what is deleted. */
  readonly delete?: readonly string[];
  /** The same, and no error if it is not there. */
  readonly deleteIfPresent?: readonly string[];
}

/** Edits of one image: fields first, then the function. */
export interface ImageEdits extends FieldEdits {
  /** What errors call the image. */
  readonly name?: string;
  /** Takes the whole image. */
  readonly transform?: Transform;
}

/** Edits of a dump: fields first, then functions, then numbers of processes. */
export interface DumpEdits extends FieldEdits {
  /** Functions by patterns of the names of images, such as `core-*.img`. */
  readonly transform?: Readonly<Record<string, Transform>>;
  /** New numbers of processes and threads, by the old ones. */
  readonly pids?: ReadonlyMap<number, number>;
  /** What is added to every number of a process that has no new one. */
  readonly pidOffset?: number;
  /** What is written into the memory of tasks. */
  readonly memory?: readonly MemoryWrite[];
  /** Variables of tasks' environments, whose values may not become longer. */
  readonly environment?: ReadonlyArray<{ pid: number; name: string; value: string }>;
  /** Told, a sentence each, which other tasks see what is written, because they share the memory. */
  readonly onNote?: (note: string) => void;
}

/**
 * Edits an image. What no edit touches stays as it is, byte for byte.
 *
 * @returns the very same bytes if nothing changed
 * @throws {CritError} `usage` when an edit is none, `data` when it cannot be done or finds nothing
 */
export async function editImage(image: Uint8Array, options: ImageEdits): Promise<Uint8Array> {
  const { name = "image", transform } = options;
  const stages = transform === undefined ? [] : [stageOf(undefined, transform)];
  const edits = new Edits(fieldsOf(options, "image"), stages, "image");
  const edited = await edits.session(name).edit(image);
  edits.finish();
  return edited;
}

/**
 * A dump with edits. Changed images are held in memory, 1 GiB of each at most; the others, and pages
 * of memory, are read from the original, which has to stay open.
 *
 * @throws {CritError} `usage` when an edit is none, `data` when it cannot be done or finds nothing
 */
export async function editDump(dump: Dump, options: DumpEdits): Promise<DerivedDump> {
  const pids = options.pids === undefined && options.pidOffset === undefined
    ? undefined
    : planPids(dump, { pairs: [...options.pids ?? []], offset: options.pidOffset });
  const stages = Object.entries(options.transform ?? {})
    .map(([files, transform]) => stageOf(files, transform));
  const edits = new Edits(
    fieldsOf(options, "dump"),
    [...stages, ...pids?.stages ?? []],
    "dump",
  );
  const changed = new Map<string, DerivedImage>(memoryOf(dump, options));
  for (const name of dump.source.files.keys()) {
    const session = edits.session(name);
    if (session.isEmpty) continue;
    if (changed.has(name)) {
      const reason = "a write into memory and another edit change it";
      throw new CritError("usage", reason, { image: name }, "do one after the other");
    }
    using file = dump.source.open(name);
    const image = readWhole(file);
    const edited = await session.edit(image);
    if (edited !== image) changed.set(name, heldImage(name, edited));
  }
  edits.finish();
  return new DerivedDump(dump, renamed(dump, changed, pids?.renames ?? new Map()));
}

/** A value that a path led to. */
export interface FoundValue {
  /** Name of the image. */
  readonly image: string;
  /** Index of the entry. */
  readonly entry: number;
  /** The value as JSON on one line. */
  readonly json: string;
}

/** How values are read. */
export interface ValueOptions {
  /** Print them as `crit show` does, with names and hexadecimal numbers. */
  readonly pretty?: boolean;
}

/**
 * The values that a path leads to in the images of a dump, as `crit get` prints them.
 *
 * @throws {CritError} `usage` when it is no path of a dump, `data` when an image is damaged
 */
export async function* valuesIn(
  dump: Dump,
  path: string,
  options: ValueOptions = {},
): AsyncGenerator<FoundValue> {
  const form = options.pretty ? "pretty" : "plain";
  const values = new ImageValues([readingSearch(path, "dump")], { scope: "dump", form });
  for (const image of dump.source.files.keys()) {
    const found: FoundValue[] = [];
    const open = () => new ImageFileReader(dump.source.open(image));
    await values.read(image, open, ({ entry, json }) => {
      found.push({ image, entry, json: new TextDecoder().decode(json) });
    });
    yield* found;
  }
}

function fieldsOf(options: FieldEdits, scope: Scope): Edit[] {
  const { set = [], delete: deleted = [], deleteIfPresent = [] } = options;
  const fields = [
    ...set.map((text) => Edit.set(text)),
    ...deleted.map((text) => Edit.delete(text)),
    ...deleteIfPresent.map((text) => Edit.delete(text, { ifPresent: true })),
  ];
  for (const { text, target } of scope === "dump" ? fields : []) {
    if (target.files !== undefined) continue;
    const hint = `as in core-*.img:${text}`;
    throw new CritError("usage", `${text}: it names no image of the dump`, {}, hint);
  }
  return fields;
}

function stageOf(files: string | undefined, transform: Transform): Stage {
  const text = `the transform of ${files ?? "the image"}`;
  return {
    text,
    files,
    edit: (name, image) =>
      transformImage((image, name) => transform(asImage(image), name), text, name, image),
  };
}

/** What becomes of images by writes into memory. */
function memoryOf(dump: Dump, options: DumpEdits): Map<string, DerivedImage> {
  const { memory = [], environment = [] } = options;
  const writes = [
    ...memory,
    ...environment.map(({ pid, name, value }) =>
      environmentWrite(dump, pid, name, new TextEncoder().encode(value))
    ),
  ];
  if (writes.length === 0) return new Map();
  const { overlays, notes } = planWrites(dump, writes);
  for (const note of notes) options.onNote?.(note);
  return overlaidImages(dump.source, overlays);
}

/** What becomes of a dump's files when some have other names. */
function renamed(
  dump: Dump,
  changed: ReadonlyMap<string, DerivedImage>,
  renames: ReadonlyMap<string, string>,
) {
  const moved = new Map(changed);
  const gone = new Set<string>();
  for (const from of renames.keys()) moved.delete(from);
  for (const [from, to] of renames) {
    const image = changed.get(from) ?? original(dump, from, to);
    moved.set(to, image);
    if (![...renames.values()].includes(from)) gone.add(from);
  }
  return { changed: moved, gone };
}

function original(dump: Dump, from: string, to: string): DerivedImage {
  const open = () => {
    const file = dump.source.open(from);
    return {
      name: to,
      size: file.size,
      read: (offset: number, into: Uint8Array) => file.read(offset, into),
      [Symbol.dispose]: () => file[Symbol.dispose](),
    };
  };
  return { size: dump.sizeOf(from)!, open };
}
