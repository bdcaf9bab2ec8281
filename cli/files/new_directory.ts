/**
 * Directories that commands write: one that is there already, or a new one that is complete or
 * absent.
 *
 * What is in them is written here alone, so that the rules are the same for all commands:
 *
 * - Nothing is written through a symbolic link that is in the output: a link with the name of a
 *   file is replaced, one with the name of a directory is refused.
 * - A link that is copied leads where the old one led. Its text is kept if that leads to the same
 *   place, or to a copy of the same parent dump, or if the old link led nowhere; otherwise a
 *   relative text is written anew. A file `parent` that holds a path is such a link too; it becomes
 *   one in a new dump, as CRIU needs it, and stays a file where JSON is made of a dump and back.
 * - A file is never more open than the one that it is made from.
 *
 * @module
 */

import { canonicalPath, isDirectory } from "../../images/bytes/io.ts";
import {
  baseName,
  below,
  directoryOf,
  isWithin,
  placeAbove,
  plainPath,
  relativePath,
} from "../../images/bytes/paths.ts";
import { lstatOrUndefined, PRIVATE, StagedDirectory } from "../../images/bytes/staged_directory.ts";
import { encodeText } from "../../images/bytes/utf8.ts";
import { inOutput, type Permissions, permissionsOfNew } from "../../images/bytes/written_file.ts";
import { dataError, OutputError } from "../../images/errors.ts";
import {
  deferSignals,
  letSignalsIn,
  removeOnSignal,
  yieldToEventLoop,
} from "../terminal/interrupt.ts";
import { warn } from "../terminal/terminal.ts";
import { copyFile, makeLink } from "./copy.ts";
import type { Found } from "./found.ts";
import { createEntry, openEntry, type Output } from "./output.ts";
import type { Tree } from "./tree.ts";
import { type Directory, leadsOut, type Link } from "./tree_lists.ts";

/** A directory that is there, or is made when the first file comes. */
export class OutputDirectory {
  /** @param path the directory, without a slash at its end */
  constructor(readonly path: string) {}

  /** Makes the directories of a tree. @throws {CritError} `file` if a link has the name of one */
  makeDirectories(directories: readonly Directory[]): void {
    for (const { place, permissions } of directories) {
      const path = below(this.path, place);
      const info = lstatOrUndefined(path);
      if (place !== "" && info?.isSymlink) {
        const reason = "it is a symbolic link, through which nothing is written";
        throw new OutputError("file", reason, { image: path });
      }
      const mode = permissions.mode | PRIVATE;
      if (info !== undefined && !isDirectory(path)) {
        throw new OutputError("file", "it is not a directory", { image: path });
      }
      if (info === undefined) inOutput(path, () => Deno.mkdirSync(path, { recursive: true, mode }));
    }
  }

  /** Copies a file, as a hard link if it may be one and the file system can. */
  async copy(
    tree: Tree,
    file: Found,
    asLink: boolean,
    onCopied?: (count: number) => void,
  ): Promise<void> {
    const to = below(this.path, file.place);
    const open = (file: Found) => tree.open(file);
    await copyFile(file, to, { asLink, isNew: false, open, onCopied });
  }

  /** Makes a link, or a file with a path, that leads where the one in the tree does. */
  link(tree: Tree, link: Link): Promise<void> | void {
    const text = linkText(link, tree.directory, this.path);
    const to = below(this.path, link.place);
    const { file, target } = link;
    if (file === undefined) return makeLink(text, to);
    if (text === target) return this.copy(tree, file, false);
    using output = openEntry(to, file.permissions.mode);
    output.write(encodeText(text));
    output.commit();
  }
}

/** A new directory that holds what a tree holds, but for what is written in its place. */
export class NewDirectory implements Disposable {
  readonly #staged: StagedDirectory;
  /** Places of what was written, or is to be left out. */
  readonly #settled = new Set<string>();
  readonly #omitted = new Set<string>();
  readonly #directories: ReadonlyMap<string, Permissions>;
  readonly #files: ReadonlyMap<string, Found>;
  #strictest: Permissions | undefined;

  /**
   * Begins a directory.
   *
   * @param path where it is to stand; nothing but an empty directory may be there
   * @param tree what is copied unless something else is written in its place
   * @param links whether files that are copied may be hard links
   * @throws {CritError} `file` if something is there, or there is no place for it; what is wrong
   * with a name in the tree that cannot be written
   */
  constructor(readonly path: string, readonly tree: Tree, readonly links: boolean) {
    this.#files = new Map(tree.files.map((file) => [file.place, file]));
    this.#directories = new Map(tree.directories.map((one) => [one.place, one.permissions]));
    const [unfit] = tree.unfit;
    const staged = new StagedDirectory(path, this.#directories.get(""), guard);
    using undo = new DisposableStack();
    undo.use(staged);
    if (unfit !== undefined) throw unfit.error.at({ image: unfit.place });
    if (tree.fault !== undefined) throw tree.fault;
    undo.move();
    this.#staged = staged;
  }

  /**
   * Creates a file in place of one in the tree, whose permissions it gets.
   *
   * @throws {CritError} `data` if it was created before, `file` if a link has its name
   */
  create(place: string): Output {
    if (this.#settled.has(place)) {
      const reason = "it would be written twice: two processes have the same number";
      throw dataError(reason, { image: place });
    }
    const link = this.tree.links.find((link) => link.place === place);
    if (link !== undefined) throw leadsOut(link);
    this.#settled.add(place);
    this.#makeAbove(place);
    const permissions = this.#files.get(place)?.permissions ??
      (this.#strictest ??= strictest(this.tree.files));
    return createEntry(this.#staged.at(place), this.#staged.label(place), permissions);
  }

  /** Leaves out what is in the tree: a file, a link, or a directory and all below it. */
  omit(place: string): void {
    this.#omitted.add(place);
  }

  /** Adds all of the tree that was neither created nor omitted, and puts the directory in place. */
  async commit(): Promise<void> {
    const { tree } = this;
    const isLeft = ({ place }: { readonly place: string }) =>
      !this.#settled.has(place) && !isWithin(this.#omitted, place);
    for (const { place } of tree.directories.filter(isLeft)) this.#makeDirectory(place);
    for (const file of tree.files.filter(isLeft)) {
      await this.#copy(file);
      const turn = yieldToEventLoop();
      if (turn !== undefined) await turn;
    }
    for (const link of tree.links.filter(isLeft)) this.#link(link);
    for (const place of tree.others) warn(`crit: ${place}: not copied: it is not a regular file`);
    this.#staged.seal();
    await letSignalsIn();
    this.#staged.commit();
  }

  [Symbol.dispose](): void {
    this.#staged[Symbol.dispose]();
  }

  #link(link: Link): void {
    this.#staged.link(link.place, linkText(link, this.tree.directory, this.#staged.target));
  }

  async #copy(file: Found): Promise<void> {
    const { links: asLink, tree } = this;
    const open = (file: Found) => tree.open(file);
    await copyFile(file, this.#staged.at(file.place), { asLink, isNew: true, open });
  }

  #makeAbove(place: string): void {
    this.#makeDirectory(placeAbove(place));
  }

  #makeDirectory(place: string): void {
    if (this.#staged.hasDirectory(place)) return;
    this.#makeAbove(place);
    this.#staged.makeDirectory(place, this.#directories.get(place) ?? permissionsOfNew(PRIVATE));
  }
}

/** Has an interrupt remove a temporary directory, but never between two files. */
function guard(temporary: string): () => void {
  const deferred = deferSignals();
  const forget = removeOnSignal(temporary);
  return () => {
    forget();
    deferred[Symbol.dispose]();
  };
}

/**
 * The text of a link in a copied tree.
 *
 * @param link the old link
 * @param from the tree that the old link is in; undefined in an archive
 * @param to the directory that the copy of the tree becomes
 */
export function linkText({ place, target }: Link, from: string | undefined, to: string): string {
  if (target.startsWith("/") || from === undefined) return target;
  const inside = placeAbove(place);
  const old = canonicalPath(below(below(from, inside), target));
  if (old === undefined) return target;
  const [above, tree] = [canonicalPath(directoryOf(to)), canonicalPath(from)];
  if (above === undefined || tree === undefined || `${old}/`.startsWith(`${tree}/`)) return target;
  const copy = below(canonicalPath(to) ?? below(above, baseName(to)), inside);
  const kept = `/${plainPath(below(copy, target))}`;
  return kept === old || isSameDump(kept, old) ? target : relativePath(copy, old);
}

/**
 * Whether two directories hold memory pages of the same names and sizes, as copies of a dump do.
 */
function isSameDump(left: string, right: string): boolean {
  const pages = pagesIn(left);
  return pages !== "" && pages === pagesIn(right);
}

function pagesIn(directory: string): string {
  if (!isDirectory(directory)) return "";
  return [...Deno.readDirSync(directory)].map(({ name }) => name)
    .filter((name) => /^pages-.*\.img$/.test(name)).sort()
    .map((name) => `${name} ${lstatOrUndefined(below(directory, name))?.size}`).join("\n");
}

/** Permissions of what is made from several files: what all of them allow. */
function strictest(files: readonly Found[]): Permissions {
  const [first] = files;
  if (first === undefined) return permissionsOfNew(0o600);
  const mode = files.reduce((mode, { permissions }) => mode & permissions.mode, 0o666) | 0o600;
  return { ...first.permissions, mode };
}
