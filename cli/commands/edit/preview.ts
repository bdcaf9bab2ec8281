/**
 * What `crit edit --dry-run` does: edits into files without names, and prints what differs.
 *
 * @module
 */

import { baseName } from "../../../images/bytes/paths.ts";
import { DumpComparison } from "../../../images/diff/dumps.ts";
import { imageChanges } from "../../../images/diff/images.ts";
import { type Derivation, DerivedDump, type DerivedImage } from "../../../images/dump/derived.ts";
import { openFile } from "../../../images/dump/directory.ts";
import { Dump } from "../../../images/dump/dump.ts";
import { HeldFile, type ImageFile, type ImageSource } from "../../../images/dump/source.ts";
import type { Edits } from "../../../images/edit/edits.ts";
import { readToEnd } from "../../../images/edit/size.ts";
import type { CritError } from "../../../images/errors.ts";
import { openOverlaid } from "../../../images/memory/overlay.ts";
import { type ReportArguments, reportChanges, reportDumps } from "../../comparing/report.ts";
import { editFile } from "../../editing/edit_file.ts";
import { type Input, openInput } from "../../files/input.ts";
import { Spool } from "../../files/spool.ts";
import { asInput, placeOfSource, treeAround } from "../../files/tree.ts";
import type { Arguments, Context } from "../../line/command.ts";
import { environment } from "../../terminal/environment.ts";
import { failureOf } from "../../terminal/failure.ts";
import { warn } from "../../terminal/terminal.ts";
import type { declaration } from "./declaration.ts";
import { type DumpEditPlan, imagesToEdit, refuseBoth, sourceToEdit } from "./dump.ts";

type EditArguments = Arguments<typeof declaration>;

/** Prints what edits would change in a dump. */
export async function previewDump(
  args: EditArguments,
  edits: Edits,
  { kind, renames, memory }: DumpEditPlan,
  context: Context,
): Promise<void> {
  using stack = new DisposableStack();
  const source = await sourceToEdit(args.input, kind);
  const before = stack.use(new Dump(source));
  const tree = stack.use(treeAround(args.input, source));
  const names = [...source.files.keys()];
  const images = imagesToEdit(names, placeOfSource(tree, source), tree, edits);
  const overlays = memory?.overlays ?? new Map();
  refuseBoth(images, overlays);
  const edited = new Map<string, DerivedImage>();
  for (const [name, overlay] of overlays) {
    using file = openOverlaid(source, name, overlay);
    edited.set(name, { size: file.size, open: () => openOverlaid(source, name, overlay) });
  }
  for (const { session, place, open } of images) {
    const spool = stack.use(newSpool());
    if (!await editFile(session, place, (bytes) => spool.write(bytes), open)) continue;
    edited.set(session.name, spooled(session.name, spool));
  }
  edits.finish();
  const after = new DerivedDump(before, derivation(source, edited, renames));
  const comparison = new DumpComparison(before, after);
  reportDumps(comparison, reportOf(args), context);
  warnOf(comparison.faults);
}

/** Prints what edits would change in an image. */
export async function previewImage(
  args: EditArguments,
  edits: Edits,
  context: Context,
): Promise<void> {
  const { input } = args;
  const name = baseName(input);
  using before = await openBefore(input, name);
  using spool = newSpool();
  const open = (): Input => before instanceof HeldFile ? asInput(before) : openInput(input);
  await editFile(edits.session(name), input, (bytes) => spool.write(bytes), open);
  edits.finish();
  const faults: CritError[] = [];
  const after = spooled(name, spool).open();
  const changes = imageChanges(before, after, (_side, fault) => faults.push(fault));
  reportChanges(changes, reportOf(args), context);
  warnOf(faults);
}

/** Opens the image to edit; what standard input or a pipe gives is held, to be read twice. */
async function openBefore(path: string, name: string): Promise<ImageFile> {
  using input = openInput(path);
  if (input.size === undefined) return new HeldFile(name, await readToEnd(path, input));
  return openFile(path).file;
}

function newSpool(): Spool {
  return new Spool(`${environment("TMPDIR") || "/tmp"}/edited`);
}

function reportOf({ input, json }: EditArguments): ReportArguments {
  return { a: input, b: "edited", json };
}

function warnOf(faults: readonly CritError[]): void {
  for (const fault of faults) warn(failureOf(fault).line!);
}

/** What a spool has taken, as an image. */
function spooled(name: string, spool: Spool): DerivedImage {
  const { size } = spool;
  const read = (offset: number, into: Uint8Array) => spool.read(offset, into);
  return { size, open: () => ({ name, size, read, [Symbol.dispose]: () => {} }) };
}

/** What edits make of a dump's files; some of them get other names. */
function derivation(
  source: ImageSource,
  edited: ReadonlyMap<string, DerivedImage>,
  renames: ReadonlyMap<string, string>,
): Derivation {
  const changed = new Map<string, DerivedImage>();
  const moved = [...renames].filter(([from]) => source.files.has(from));
  for (const [from, to] of moved) {
    const same = { size: source.files.get(from)!, open: () => source.open(from) };
    changed.set(to, edited.get(from) ?? same);
  }
  for (const [name, image] of edited) if (!renames.has(name)) changed.set(name, image);
  const gone = moved.map(([from]) => from).filter((from) => !changed.has(from));
  return { changed, gone: new Set(gone) };
}
