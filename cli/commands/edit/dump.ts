/**
 * Edits the images of a dump directory: in place, or into a complete copy.
 *
 * @module
 */

import { below } from "../../../images/bytes/paths.ts";
import { DirectorySource } from "../../../images/dump/directory.ts";
import { openSource } from "../../../images/dump/open.ts";
import type { ImageSource } from "../../../images/dump/source.ts";
import { dumpIn } from "../../../images/dump/unpacked.ts";
import type { Edits } from "../../../images/edit/edits.ts";
import type { EditSession } from "../../../images/edit/session.ts";
import { CritError, dataError } from "../../../images/errors.ts";
import { openOverlaid, type Overlay } from "../../../images/memory/overlay.ts";
import type { WritePlan } from "../../../images/memory/write.ts";
import { editFile } from "../../editing/edit_file.ts";
import type { Input } from "../../files/input.ts";
import { type NewDump, newDump } from "../../files/new_archive.ts";
import { openOutput, type Output } from "../../files/output.ts";
import type { InputKind } from "../../files/paths.ts";
import { placeOfSource, type Tree, treeAround } from "../../files/tree.ts";
import { leadsOut } from "../../files/tree_lists.ts";
import type { Arguments } from "../../line/command.ts";
import { yieldToEventLoop } from "../../terminal/interrupt.ts";
import { deferSignals, letSignalsIn } from "../../terminal/interrupt.ts";
import type { declaration } from "./declaration.ts";

/** What is done to a dump besides the edits of its images. */
export interface DumpEditPlan {
  /** What the dump is. */
  readonly kind: InputKind;
  /** New names of images. */
  readonly renames: ReadonlyMap<string, string>;
  /** What is written into memory. */
  readonly memory: WritePlan | undefined;
}

/** Opens the dump to edit. */
export async function sourceToEdit(path: string, kind: InputKind): Promise<ImageSource> {
  return kind === "directory" ? new DirectorySource(dumpIn(path)) : await openSource(path);
}

/** Edits a dump as `crit edit` was asked to. */
export async function writeEditedDump(
  args: Arguments<typeof declaration>,
  edits: Edits,
  { renames, memory, kind }: DumpEditPlan,
): Promise<void> {
  using source = await sourceToEdit(args.input, kind);
  using tree = treeAround(args.input, source);
  const directory = placeOfSource(tree, source);
  const images = imagesToEdit([...source.files.keys()], directory, tree, edits);
  const overlays = memory?.overlays ?? new Map<string, Overlay>();
  refuseBoth(images, overlays);
  const files = [...overlays].map(([name, overlay]) => ({
    place: below(directory, name),
    path: below(args.input, below(directory, name)),
    write: (output: Output) => writeOverlaid(source, name, overlay, output),
  }));
  if (args.inPlace) return await editInPlace(images, edits, files);
  const places = new Map(
    [...renames].map(([from, to]) => [below(directory, from), below(directory, to)]),
  );
  const placed = images.map((image) => ({
    ...image,
    place: places.get(image.place) ?? image.place,
  }));
  const moved = files.map((file) => ({ ...file, place: places.get(file.place) ?? file.place }));
  using copy = newDump(args.out!, renamed(tree, places), { links: !args.copy, renames: places });
  for (const { place, write } of moved) {
    using file = copy.create(place);
    await write(file);
    file.commit();
  }
  await editCopy(copy, placed, edits);
}

/** Refuses edits of images that are written into as well. */
export function refuseBoth(
  images: readonly EditedImage[],
  overlays: ReadonlyMap<string, Overlay>,
): void {
  for (const { session: { name } } of images) {
    if (!overlays.has(name)) continue;
    const reason = "--write or --env and another edit change it";
    throw new CritError("usage", reason, { image: name }, "do one after the other");
  }
}

/** A file that memory edits change. */
interface WrittenFile {
  readonly place: string;
  readonly path: string;
  write(output: Output): Promise<void>;
}

/** Bytes that are copied at a time. */
const PIECE = 1 << 18;

/** Writes a file with an overlay. */
async function writeOverlaid(
  source: ImageSource,
  name: string,
  overlay: Overlay,
  output: Output,
): Promise<void> {
  using file = openOverlaid(source, name, overlay);
  const piece = new Uint8Array(PIECE);
  output.write(piece.subarray(0, 0));
  for (let done = 0; done < file.size;) {
    const count = file.read(done, piece);
    if (count === 0) throw dataError(`it ends after ${done} bytes`, { image: name });
    output.write(piece.subarray(0, count));
    done += count;
    const turn = yieldToEventLoop();
    if (turn !== undefined) await turn;
  }
}

/** A tree in which files have other places. */
function renamed(tree: Tree, places: ReadonlyMap<string, string>): Tree {
  if (places.size === 0) return tree;
  const old = new Map([...places].map(([from, to]) => [to, from]));
  const files = tree.files.map((file) => ({
    ...file,
    place: places.get(file.place) ?? file.place,
  }));
  return {
    ...tree,
    files,
    open: (file) => tree.open({ ...file, place: old.get(file.place) ?? file.place }),
    [Symbol.dispose]: () => {},
  };
}

/** An image that an edit concerns. */
export interface EditedImage {
  readonly session: EditSession;
  readonly place: string;
  /** Without links; undefined in an archive. */
  readonly path: string | undefined;
  open(): Input;
}

/** The images that edits concern. @throws {CritError} `file` if one is not in the dump */
export function imagesToEdit(
  names: readonly string[],
  directory: string,
  tree: Tree,
  edits: Edits,
): EditedImage[] {
  const files = new Map(tree.files.map((file) => [file.place, file]));
  return names.flatMap((name) => {
    const session = edits.session(name);
    if (session.isEmpty) return [];
    const place = below(directory, name);
    const file = files.get(place);
    if (file === undefined) throw leadsOut(tree.links.find((link) => link.place === place)!);
    return [{ session, place, path: file.path, open: () => tree.open(file) }];
  });
}

/** Writes all edited images beside the old ones, and renames them once all are whole. */
async function editInPlace(
  images: readonly EditedImage[],
  edits: Edits,
  files: readonly WrittenFile[],
): Promise<void> {
  using _ = deferSignals();
  using ready = new DisposableStack();
  const outputs: Output[] = [];
  for (const { path, write } of files) {
    const output = ready.use(openOutput(path));
    await write(output);
    output.seal();
    outputs.push(output);
  }
  for (const { session, path } of images) {
    const output = ready.use(openOutput(path!));
    const changed = await editFile(session, path!, (bytes) => output.write(bytes));
    // Their number is not limited by how many files may be open.
    output.seal();
    if (changed) outputs.push(output);
  }
  edits.finish();
  await letSignalsIn();
  for (const output of outputs) output.commit();
}

async function editCopy(
  copy: NewDump,
  images: readonly EditedImage[],
  edits: Edits,
): Promise<void> {
  for (const { session, place, open } of images) {
    using file = copy.create(place);
    await editFile(session, place, (bytes) => file.write(bytes), open);
    file.commit();
  }
  edits.finish();
  await copy.commit();
}
