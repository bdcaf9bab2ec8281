/**
 * Edits the images of a dump directory: in place, or into a complete copy.
 *
 * @module
 */

import { below } from "../../../images/bytes/paths.ts";
import { DirectorySource } from "../../../images/dump/directory.ts";
import { dumpIn } from "../../../images/dump/unpacked.ts";
import type { Edits } from "../../../images/edit/edits.ts";
import { editFile } from "../../editing/edit_file.ts";
import { NewDirectory } from "../../files/new_directory.ts";
import { openOutput, type Output } from "../../files/output.ts";
import { leadsOut, placeIn, type Tree, treeAround } from "../../files/tree.ts";
import type { Arguments } from "../../line/command.ts";
import type { declaration } from "./declaration.ts";

/** Edits a dump as `crit edit` was asked to. */
export async function editDump(
  args: Arguments<typeof declaration>,
  edits: Edits,
  renames: ReadonlyMap<string, string>,
): Promise<void> {
  const source = new DirectorySource(dumpIn(args.input));
  using tree = treeAround(args.input, source);
  const directory = placeIn(tree, source);
  const images = imagesToEdit([...source.files.keys()], directory, tree, edits);
  if (args.inPlace) return await editInPlace(images, edits);
  const places = new Map(
    [...renames].map(([from, to]) => [below(directory, from), below(directory, to)]),
  );
  const placed = images.map((image) => ({
    ...image,
    place: places.get(image.place) ?? image.place,
  }));
  await editCopy(args.out!, placed, renamed(tree, places), edits, args.copy);
}

/** A tree in which files have other places. */
function renamed(tree: Tree, places: ReadonlyMap<string, string>): Tree {
  if (places.size === 0) return tree;
  const files = tree.files.map((file) => ({
    ...file,
    place: places.get(file.place) ?? file.place,
  }));
  return { ...tree, files, open: (file) => tree.open(file), [Symbol.dispose]: () => {} };
}

/** An image that an edit concerns. */
interface Image {
  readonly name: string;
  readonly place: string;
  /** Without links. */
  readonly path: string;
}

/** The images that edits concern. @throws {CritError} `file` if one is not in the dump */
function imagesToEdit(
  names: readonly string[],
  directory: string,
  tree: Tree,
  edits: Edits,
): Image[] {
  const files = new Map(tree.files.map(({ place, path }) => [place, path]));
  return names.filter((name) => edits.concern(name)).map((name) => {
    const place = below(directory, name);
    const path = files.get(place);
    if (path === undefined) throw leadsOut(tree.links.find((link) => link.place === place)!);
    return { name, place, path };
  });
}

/** Writes all edited images beside the old ones, and renames them once all are whole. */
async function editInPlace(images: readonly Image[], edits: Edits): Promise<void> {
  using ready = new DisposableStack();
  const outputs: Output[] = [];
  for (const { name, path } of images) {
    const output = ready.use(openOutput(path));
    const changed = await editFile(path, name, edits, (bytes) => output.write(bytes));
    // Their number is not limited by how many files may be open.
    output.seal();
    if (changed) outputs.push(output);
  }
  edits.finish();
  for (const output of outputs) output.commit();
}

async function editCopy(
  out: string,
  images: readonly Image[],
  tree: Tree,
  edits: Edits,
  mayLink: boolean,
): Promise<void> {
  using copy = new NewDirectory(out, tree, !mayLink);
  for (const { name, place, path } of images) {
    using file = copy.create(place);
    await editFile(path, name, edits, (bytes) => file.write(bytes));
    file.commit();
  }
  edits.finish();
  await copy.commit();
}
