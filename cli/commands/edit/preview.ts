/** What `crit edit --dry-run` does: edits into files without names, and prints what differs. @module */

import { baseName } from "../../../images/bytes/paths.ts";
import { DumpComparison } from "../../../images/diff/dumps.ts";
import { imageChanges } from "../../../images/diff/images.ts";
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
import { asInput, placeIn, treeAround } from "../../files/tree.ts";
import type { Arguments, Context } from "../../line/command.ts";
import { environment } from "../../terminal/environment.ts";
import { failureOf } from "../../terminal/failure.ts";
import { warn } from "../../terminal/terminal.ts";
import type { declaration } from "./declaration.ts";
import { type DumpEdits, imagesToEdit, refuseBoth, sourceToEdit } from "./dump.ts";

type EditArguments = Arguments<typeof declaration>;

/** Prints what edits would change in a dump. */
export async function previewDump(
  args: EditArguments,
  edits: Edits,
  { kind, renames, memory }: DumpEdits,
  context: Context,
): Promise<void> {
  using stack = new DisposableStack();
  const source = await sourceToEdit(args.input, kind);
  const before = stack.use(new Dump(source));
  const tree = stack.use(treeAround(args.input, source));
  const names = [...source.files.keys()];
  const images = imagesToEdit(names, placeIn(tree, source), tree, edits);
  const overlays = memory?.overlays ?? new Map();
  refuseBoth(images, overlays);
  const edited = new Map<string, EditedFile>();
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
  const comparison = new DumpComparison(
    before,
    new Dump(new EditedSource(source, edited, renames)),
  );
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

/** A file after the edits. */
interface EditedFile {
  /** In bytes. */
  readonly size: number;
  open(): ImageFile;
}

function spooled(name: string, spool: Spool): EditedFile {
  const { size } = spool;
  const read = (offset: number, into: Uint8Array) => spool.read(offset, into);
  return { size, open: () => ({ name, size, read, [Symbol.dispose]: () => {} }) };
}

/** A dump as edits would leave it. */
class EditedSource implements ImageSource {
  readonly files: ReadonlyMap<string, number>;
  readonly #oldNames: ReadonlyMap<string, string>;

  /** @param source stays open when this is closed */
  constructor(
    readonly source: ImageSource,
    readonly edited: ReadonlyMap<string, EditedFile>,
    renames: ReadonlyMap<string, string>,
  ) {
    this.#oldNames = new Map([...renames].map(([from, to]) => [to, from]));
    const sizes = new Map(source.files);
    for (const [name, { size }] of edited) sizes.set(name, size);
    const named = [...sizes].map(([name, size]) => [renames.get(name) ?? name, size] as const);
    this.files = new Map(named.sort(([a], [b]) => a < b ? -1 : 1));
  }

  get path(): string {
    return this.source.path;
  }

  get identity(): string {
    return `${this.source.identity}\0edited`;
  }

  get others(): ReadonlySet<string> | undefined {
    return this.source.others;
  }

  get parentLink(): string | undefined {
    return this.source.parentLink;
  }

  open(name: string): ImageFile {
    const old = this.#oldNames.get(name) ?? name;
    return this.edited.get(old)?.open() ?? this.source.open(old);
  }

  openParent(): ImageSource {
    return this.source.openParent();
  }

  [Symbol.dispose](): void {}
}
