/** What `crit diff` does. @module */

import { kindOf } from "../../../images/bytes/io.ts";
import { baseName } from "../../../images/bytes/paths.ts";
import { DumpComparison } from "../../../images/diff/dumps.ts";
import type { FieldChange } from "../../../images/diff/fields.ts";
import { faultAt, imageChanges, rawChanges } from "../../../images/diff/images.ts";
import { NO_ROW_CHANGES } from "../../../images/diff/rows.ts";
import { DirectoryFile, inFile } from "../../../images/dump/directory.ts";
import { openDump, openImageFile } from "../../../images/dump/open.ts";
import { HeldFile, type ImageFile, ImageFileReader } from "../../../images/dump/source.ts";
import { readToEnd } from "../../../images/edit/size.ts";
import { CritError, dataError } from "../../../images/errors.ts";
import { typeByFileName } from "../../../images/types/registry.ts";
import "../../../plugins/mod.ts";
import { archiveLimits } from "../../files/max_size.ts";
import { archiveBefore, inputKind } from "../../files/paths.ts";
import { loadPlugins } from "../../images/plugins.ts";
import type { Arguments, Context } from "../../line/command.ts";
import { failureOf } from "../../terminal/failure.ts";
import { lookOf, warn, writeText } from "../../terminal/terminal.ts";
import type { declaration } from "./declaration.ts";
import { fieldJson, findingsJson, JsonObject } from "./json.ts";
import { changeLine, type DumpFindings, holesLine, summaryText } from "./text.ts";

type DiffArguments = Arguments<typeof declaration>;

/** Runs `crit diff`. */
export async function run(args: DiffArguments, context: Context): Promise<number> {
  await loadPlugins(context.plugins);
  using a = await imageAt(args.a);
  using b = await imageAt(args.b);
  if (a === undefined && b === undefined) return await diffDumps(args, context);
  if (a !== undefined && b !== undefined) return diffImages(args, context, a, b);
  const [image, dump] = a === undefined ? [args.b, args.a] : [args.a, args.b];
  throw new CritError("usage", `${image} is an image, ${dump} is a dump`);
}

async function diffDumps(args: DiffArguments, context: Context): Promise<number> {
  using a = await openDump(args.a, archiveLimits(args));
  using b = await openDump(args.b, archiveLimits(args));
  const comparison = new DumpComparison(a, b);
  const { images } = comparison;
  const fields = peeked(comparison.fields());
  const isSame = fields.isEmpty && images.added.length + images.removed.length === 0;
  // Where no field differs, no row does.
  const rows = isSame ? NO_ROW_CHANGES : comparison.rows;
  const { memory, holes } = comparison;
  const differs = report(args, context, fields.all, { images, rows, memory, holes });
  for (const side of ["a", "b"] as const) {
    if (holes[side] > 0) warn(holesLine(args[side], holes[side]));
  }
  return endOf(comparison.faults, differs);
}

function diffImages(args: DiffArguments, context: Context, a: ImageFile, b: ImageFile): number {
  const faults: CritError[] = [];
  const differs = report(args, context, peeked(changesOf(args, a, b, faults)).all);
  return endOf(faults, differs);
}

/** Takes the first item of a row at once, so that it is known whether there is any. */
function peeked<T>(items: Iterable<T>): { readonly isEmpty: boolean; readonly all: Iterable<T> } {
  const rest = items[Symbol.iterator]();
  const first = rest.next();
  const all = function* () {
    for (let step = first; !step.done; step = rest.next()) yield step.value;
  };
  return { isEmpty: first.done === true, all: all() };
}

/** Prints what was found; tells whether there was anything. */
function report(
  args: DiffArguments,
  { color }: Context,
  fields: Iterable<FieldChange>,
  findings?: DumpFindings,
): boolean {
  let differs = findings !== undefined && isTelling(findings);
  const counted = (function* () {
    for (const change of fields) {
      differs = true;
      yield change;
    }
  })();
  using output = new BatchedText();
  const write = (text: string) => output.write(text);
  if (!args.json) {
    if (findings !== undefined) write(summaryText(findings, lookOf("stdout", color).paint));
    for (const change of counted) write(`${changeLine(change)}\n`);
    return differs;
  }
  const object = new JsonObject(write);
  object.member("a", args.a);
  object.member("b", args.b);
  for (const [key, value] of Object.entries(findings === undefined ? {} : findingsJson(findings))) {
    object.member(key, value);
  }
  object.list("fields", counted[Symbol.iterator]().map(fieldJson));
  object.member("equal", !differs);
  object.end();
  return differs;
}

function isTelling({ images, memory }: DumpFindings): boolean {
  return images.added.length + images.removed.length + memory.length > 0;
}

/** Standard output in large pieces. */
class BatchedText implements Disposable {
  #pieces: string[] = [];
  #length = 0;

  write(text: string): void {
    this.#pieces.push(text);
    this.#length += text.length;
    if (this.#length >= BATCH) this.flush();
  }

  flush(): void {
    if (this.#length > 0) writeText(this.#pieces.join(""));
    this.#pieces = [];
    this.#length = 0;
  }

  [Symbol.dispose](): void {
    this.flush();
  }
}

/** Characters that are written at a time. */
const BATCH = 1 << 16;

/** @throws {CritError} `data` when the images are of two types */
function changesOf(
  args: DiffArguments,
  a: ImageFile,
  b: ImageFile,
  faults: CritError[],
): Iterable<FieldChange> {
  const [typeA, typeB] = [typeByFileName(a.name), typeByFileName(b.name)];
  if (typeA?.raw !== undefined || typeB?.raw !== undefined) {
    if (typeA !== typeB) throw otherTypes(args, typeA?.name, typeB?.name);
    return rawChanges(a, b);
  }
  return function* () {
    const changes = imageChanges(a, b, (side, fault) => {
      faults.push(faultAt(fault, args[side]));
    });
    for (const change of changes) {
      if (change.path === "magic") throw otherTypes(args, change.a, change.b);
      yield change;
    }
  }();
}

function otherTypes(args: DiffArguments, a: unknown, b: unknown): CritError {
  const name = (type: unknown) => type === undefined ? "of another type" : `a ${type} image`;
  return dataError(`${args.a} is ${name(a)}, ${args.b} ${name(b)}`);
}

/** Says what was wrong; gives the exit code. */
function endOf(faults: readonly CritError[], differs: boolean): number {
  for (const fault of faults) warn(failureOf(fault).line!);
  return faults.length > 0 ? 3 : differs ? 1 : 0;
}

/**
 * Opens an image; undefined when there is a dump at that path, or an archive of one.
 *
 * @throws {CritError} `file` when it cannot be opened
 */
async function imageAt(path: string): Promise<ImageFile | undefined> {
  if (path === "-") throw new CritError("usage", "crit diff does not read standard input");
  const kind = kindOf(path);
  if (await inputKind(path) !== "file") return undefined;
  if (kind === undefined) return await archivedImage(path);
  const name = baseName(path);
  const { isBlockDevice, isCharDevice } = Deno.statSync(path);
  if (isBlockDevice || isCharDevice) {
    throw new CritError("file", "it is a device, not an image", { image: path });
  }
  const file = inFile(path, () => new DirectoryFile(name, Deno.openSync(path)));
  // From a pipe everything is read, because images are read from any place.
  return kind === "other" ? await inMemory(name, file) : file;
}

/** An image in an archive; undefined when the path leads into none. */
async function archivedImage(path: string): Promise<ImageFile | undefined> {
  return await archiveBefore(path) === undefined ? undefined : await openImageFile(path);
}

/** All that a pipe gives; the file is closed. */
async function inMemory(name: string, file: DirectoryFile): Promise<ImageFile> {
  using input = file;
  return new HeldFile(name, await readToEnd(name, new ImageFileReader(input)));
}
