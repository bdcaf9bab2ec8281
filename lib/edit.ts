/**
 * Edits images and dumps, as `crit edit` does, and reads the values at paths, as `crit get` does.
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
 * Changes an image in place, or returns another one. Comparing its `type` narrows the type of its
 * entries. If the function returns nothing, the given image is used in its present state.
 */
export type Transform = (
  image: Image,
  name: string,
) => ImageLike | void | Promise<ImageLike | void>;

/** Edits of fields: first `set`, then `delete`, each in order. */
export interface FieldEdits {
  /** `PATH=VALUE`, as in `crit help edit`; for a dump, PATH begins with the image. */
  readonly set?: readonly string[];
  /** Paths to delete. */
  readonly delete?: readonly string[];
  /** Paths to delete if they exist. */
  readonly deleteIfPresent?: readonly string[];
}

/** Edits of one image: fields first, then the function. */
export interface ImageEdits extends FieldEdits {
  /** Name of the image in errors. */
  readonly name?: string;
  /** Changes the whole image. */
  readonly transform?: Transform;
}

/** Edits of a dump: fields first, then functions, then process ids. */
export interface DumpEdits extends FieldEdits {
  /** Functions by patterns of image names, such as `core-*.img`. */
  readonly transform?: Readonly<Record<string, Transform>>;
  /** New ids of processes and threads, by old id. */
  readonly pids?: ReadonlyMap<number, number>;
  /** Number to add to every process id without a new id. */
  readonly pidOffset?: number;
  /** Writes into the memory of tasks. */
  readonly memory?: readonly MemoryWrite[];
  /** Variables in the environments of tasks; values cannot become longer. */
  readonly environment?: ReadonlyArray<{ pid: number; name: string; value: string }>;
  /** Called with a sentence about other tasks that see a write because they share the memory. */
  readonly onNote?: (note: string) => void;
}

/**
 * Edits an image. Everything that no edit touches keeps its bytes.
 *
 * @returns the same array if nothing changed
 * @throws {CritError} `usage` if an edit is invalid, `data` if it is impossible or matches nothing
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
 * Edits a dump. Changed images are kept in memory, at most 1 GiB each. All others, and pages of
 * memory, are read from the original, which must stay open.
 *
 * @throws {CritError} `usage` if an edit is invalid, `data` if it is impossible or matches nothing
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

/** A value at a path. */
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
  /** Whether to print values as `crit show` does, with names and hexadecimal numbers. */
  readonly pretty?: boolean;
}

/**
 * The values at a path in the images of a dump, as `crit get` prints them.
 *
 * @throws {CritError} `usage` if the path is invalid, `data` if an image is damaged
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
