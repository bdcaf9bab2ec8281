/** What `crit diff` does. @module */

import { inFile, kindOf } from "../../../images/bytes/io.ts";
import { baseName } from "../../../images/bytes/paths.ts";
import { DumpComparison } from "../../../images/diff/dumps.ts";
import type { FieldChange } from "../../../images/diff/fields.ts";
import { faultAt, imageChanges, rawChanges } from "../../../images/diff/images.ts";
import { DirectoryFile, openStandardInput } from "../../../images/dump/directory.ts";
import { openDump, openImageFile } from "../../../images/dump/open.ts";
import { HeldFile, type ImageFile, ImageFileReader } from "../../../images/dump/source.ts";
import { readToEnd } from "../../../images/edit/size.ts";
import { CritError, dataError } from "../../../images/errors.ts";
import { typeByFileName } from "../../../images/types/registry.ts";
import "../../../plugins/mod.ts";
import { reportChanges, reportDumps } from "../../comparing/report.ts";
import { holesLine } from "../../comparing/text.ts";
import { archiveLimits } from "../../files/max_size.ts";
import { archiveBefore, inputKind } from "../../files/paths.ts";
import { loadPlugins } from "../../images/plugins.ts";
import type { Arguments, Context } from "../../line/command.ts";
import { failureOf } from "../../terminal/failure.ts";
import { warn } from "../../terminal/terminal.ts";
import type { declaration } from "./declaration.ts";

type DiffArguments = Arguments<typeof declaration>;

export async function run(args: DiffArguments, context: Context): Promise<number> {
  await loadPlugins(context.plugins);
  if (isInput(args.a) && isInput(args.b)) {
    throw new CritError("usage", "standard input cannot be compared with itself");
  }
  using a = await imageAt(args.a);
  using b = await imageAt(args.b);
  if (a === undefined && b === undefined) return await diffDumps(args, context);
  if (a !== undefined && b !== undefined) return diffImages(args, context, a, b);
  const [image, dump] = a === undefined ? [args.b, args.a] : [args.a, args.b];
  // What is not there is neither.
  using _ = await openDump(dump, archiveLimits(args));
  throw new CritError("usage", `${image} is an image, ${dump} is a dump`);
}

/** Whether a path is standard input, or leads into an archive there. */
function isInput(path: string): boolean {
  return /^-($|[/@])/.test(path);
}

async function diffDumps(args: DiffArguments, context: Context): Promise<number> {
  using a = await openDump(args.a, archiveLimits(args));
  using b = await openDump(args.b, archiveLimits(args));
  const comparison = new DumpComparison(a, b);
  const differs = reportDumps(comparison, args, context);
  const { holes } = comparison;
  for (const side of ["a", "b"] as const) {
    if (holes[side] > 0) warn(holesLine(args[side], holes[side]));
  }
  return endOf(comparison.faults, differs);
}

function diffImages(args: DiffArguments, context: Context, a: ImageFile, b: ImageFile): number {
  const faults: CritError[] = [];
  const differs = reportChanges(changesOf(args, a, b, faults), args, context);
  return endOf(faults, differs);
}

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
  const kind = kindOf(path);
  if (await inputKind(path) !== "file") return undefined;
  if (path === "-") return openStandardInput();
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
