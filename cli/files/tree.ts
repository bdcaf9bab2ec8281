/**
 * All that a path leads to: the files of a directory and what is below it, of an archive, or some
 * that were named.
 *
 * @module
 */

import type { Archive } from "../../images/archive/archive.ts";
import { canonicalPath } from "../../images/bytes/io.ts";
import {
  baseName,
  below,
  isTemporary,
  relativePath,
  withoutSlash,
} from "../../images/bytes/paths.ts";
import { permissionsOf, permissionsOfNew } from "../../images/bytes/written_file.ts";
import type { ArchiveSource } from "../../images/dump/archive_source.ts";
import { openSource, placeAt } from "../../images/dump/open.ts";
import type { ImageFile, ImageSource } from "../../images/dump/source.ts";
import { CritError } from "../../images/errors.ts";
import type { Found } from "./found.ts";
import { type Input, openInput } from "./input.ts";
import { inputKind } from "./paths.ts";
import { type Directory, isIn, type Link, Lists, NOWHERE, type Unfit } from "./tree_lists.ts";

/** All that a path leads to, each list by place. */
export interface Tree extends Disposable {
  /** The path that leads to it, for messages. */
  readonly path: string;
  /** The directory on the disk, where it is one. */
  readonly directory: string | undefined;
  /** Place of the dump in an archive. */
  readonly dump?: string;
  /** Files that were named one by one are taken for what they are said to be. */
  readonly isNamed: boolean;
  /** Paths of files that were named one by one, by their places. */
  readonly named?: ReadonlyMap<string, string>;
  readonly files: readonly Found[];
  readonly links: readonly Link[];
  /** The first is the top. */
  readonly directories: readonly Directory[];
  /** Places of sockets, pipes and devices. */
  readonly others: readonly string[];
  /** Names that no copy could have, and why. */
  readonly unfit: readonly Unfit[];
  /** What is wrong with an archive as a whole. */
  readonly fault: CritError | undefined;
  /** The archive that it is the whole of. */
  readonly original?: OriginalArchive;
  /** Opens a file for reading. */
  open(file: Found): Input;
}

/** Name of the file in which decode keeps the headers of an archive. */
export const HEADERS = ".archive-headers";

/** An archive that is read. */
export interface OriginalArchive {
  readonly archive: Archive;
  /** What stands before the places of the tree in the names of its members. */
  readonly top: string;
}

/**
 * Looks up what paths lead to.
 *
 * @throws {CritError} `usage` when two of several files have the same name, `file` when there is
 * nothing
 */
export async function openTree(paths: readonly string[]): Promise<Tree> {
  const [first] = paths as [string];
  if (paths.length > 1) return await namedTree(paths);
  switch (await inputKind(first)) {
    case "directory":
      return directoryTree(first);
    case "archive":
      return archiveTree(first, await openSource(first));
    case "file":
      return await namedTree(paths);
  }
}

/** The tree that a dump's source is in. */
export function treeAround(path: string, source: ImageSource): Tree {
  return source.members === undefined ? directoryTree(path) : archiveTree(path, source);
}

/** Where a dump is in the tree around it; `""` at its top. */
export function placeOfSource(tree: Tree, source: ImageSource): string {
  if (tree.directory === undefined) return tree.dump ?? "";
  return source.path.slice(withoutSlash(tree.directory).length + 1);
}

/** Where another dump is in a tree; undefined if it is not in it. */
export function placeOfParent(tree: Tree, source: ImageSource): string | undefined {
  const { original } = tree;
  if (original !== undefined) {
    if (!isArchived(source) || source.archived.archive !== original.archive) return undefined;
    const directory = below(source.archived.directory, source.place);
    if (`${directory}/` === original.top) return "";
    return directory.startsWith(original.top) ? directory.slice(original.top.length) : undefined;
  }
  if (tree.directory === undefined || isArchived(source)) return undefined;
  const [top, real] = [canonicalPath(tree.directory), canonicalPath(source.path)];
  if (top === undefined || real === undefined) return undefined;
  return real === top ? "" : isIn(top, real) ? relativePath(top, real) : undefined;
}

/** Whether a dump is in an archive; its module is loaded only where there is one. */
function isArchived(source: ImageSource): source is ArchiveSource {
  return "archived" in source;
}

/** What is below a directory of a tree. */
export function treeBelow(tree: Tree, directory: string): Tree {
  if (directory === "") return tree;
  const inside = <T extends { readonly place: string }>(list: readonly T[]): T[] =>
    list.filter(({ place }) => place.startsWith(`${directory}/`))
      .map((one) => ({ ...one, place: one.place.slice(directory.length + 1) }));
  const top = tree.directories.find(({ place }) => place === directory) ?? tree.directories[0]!;
  const others = tree.others.filter((place) => place.startsWith(`${directory}/`));
  return {
    path: `${tree.path}/${directory}`,
    directory: tree.directory === undefined ? undefined : below(tree.directory, directory),
    dump: "",
    isNamed: tree.isNamed,
    files: inside(tree.files),
    links: inside(tree.links),
    directories: [{ ...top, place: "" }, ...inside(tree.directories)],
    others: others.map((place) => place.slice(directory.length + 1)),
    unfit: inside(tree.unfit),
    fault: tree.fault,
    open: (file) => tree.open({ ...file, place: `${directory}/${file.place}` }),
    [Symbol.dispose]: () => tree[Symbol.dispose](),
  };
}

/** A tree in which nothing is, for a directory of new files, which only their owner may read. */
export function emptyTree(): Tree {
  const lists = new Lists(undefined);
  lists.directories.push({ place: "", permissions: permissionsOfNew(0o700) });
  return diskTree(lists, { path: "", directory: undefined, isNamed: false });
}

/** A directory with everything below it; links to directories are not followed. */
function directoryTree(path: string): Tree {
  const lists = new Lists(canonicalPath(path) ?? NOWHERE);
  lists.directories.push({ place: "", permissions: permissionsOf(Deno.statSync(path)) });
  for (let i = 0; i < lists.directories.length; i++) {
    const { place } = lists.directories[i]!;
    const others = new Set<string>();
    for (const { name } of Deno.readDirSync(below(path, place))) {
      if (!isTemporary(name)) {
        lists.add(below(place, name), below(path, below(place, name)), others);
      }
    }
  }
  return diskTree(lists, { path, directory: path, isNamed: false });
}

const KINDS = { directory: "a directory", archive: "an archive", file: "a file" };

/** Files that were named, each by its last name. */
async function namedTree(paths: readonly string[]): Promise<Tree> {
  const lists = new Lists(undefined);
  lists.directories.push({ place: "", permissions: permissionsOfNew(0o777) });
  const places = new Map<string, string>();
  for (const path of paths) {
    const place = baseName(path);
    const other = places.get(place);
    if (other !== undefined) {
      throw new CritError("usage", `${other} and ${path} have the same name`);
    }
    places.set(place, path);
    const kind = await inputKind(path);
    if (path === "-" || kind !== "file") {
      const what = path === "-" ? "standard input" : `${path} is ${KINDS[kind]}, which`;
      throw new CritError("usage", `${what} must be given alone`);
    }
    lists.add(place, path);
  }
  return diskTree(lists, { path: paths[0]!, directory: undefined, isNamed: true, named: places });
}

function diskTree(
  lists: Lists,
  about: Pick<Tree, "path" | "directory" | "isNamed" | "named">,
): Tree {
  const { files, links, directories, others, unfit } = lists.sort();
  return {
    ...about,
    ...{ files, links, directories, others, unfit },
    fault: undefined,
    open: (file) => openInput(file.path),
    [Symbol.dispose]: () => {},
  };
}

/**
 * What is in an archive. If nothing is beside the directory of the dump, that is the top.
 *
 * @param path the archive, or a directory in it
 */
function archiveTree(path: string, source: ImageSource): Tree {
  const mode = modeOfArchive(path);
  const { place: top = "" } = source;
  const isAlone = top !== "" && isAllIn(source, top);
  const strip = isAlone ? top.length + 1 : 0;
  const lists = new Lists("");
  const directories = new Set([""]);
  for (const member of source.members!(strip)) {
    if (member.place === "") continue;
    lists.addMember(member, mode);
    if ("kind" in member && member.kind === "directory") directories.add(member.place);
    for (let end = member.place.indexOf("/"); end > 0; end = member.place.indexOf("/", end + 1)) {
      directories.add(member.place.slice(0, end));
    }
  }
  // Who may read the archive may look into the directory.
  const permissions = permissionsOfNew(mode | 0o700 | (mode & 0o444) >> 2);
  for (const place of directories) lists.directories.push({ place, permissions });
  return {
    ...diskTree(lists, { path, directory: undefined, isNamed: false }),
    fault: source.fault,
    dump: isAlone ? "" : top,
    original: isArchived(source)
      ? {
        archive: source.archived.archive,
        top: prefixOf(isAlone ? top : source.archived.directory),
      }
      : undefined,
    open: ({ place }) => asInput(source.openMember!(isAlone ? below(top, place) : place)),
    [Symbol.dispose]: () => source[Symbol.dispose](),
  };
}

/** Whether an archive has nothing but a directory. */
function isAllIn(source: ImageSource, directory: string): boolean {
  for (const { place } of source.members!()) {
    if (!`${place}/`.startsWith(`${directory}/`)) return false;
  }
  return true;
}

/** What stands before names below a directory. */
function prefixOf(directory: string): string {
  return directory === "" ? "" : `${directory}/`;
}

/** Permission bits of an archive: what is as secret as the archive stays so. */
function modeOfArchive(path: string): number {
  try {
    return permissionsOf(Deno.statSync(placeAt(path, true).path)).mode;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    return 0o600;
  }
}

/** Permission bits of what is made of a whole dump: it is as secret as the most secret file. */
export function modeOfDump(source: ImageSource): number {
  return (source.mode ?? modeOfArchive(source.path)) & 0o666;
}

/** A file of a dump as something to read from its beginning to its end. */
export function asInput(file: ImageFile): Input {
  let at = 0;
  const advance = (count: number) => {
    at += count;
    return count;
  };
  return {
    name: file.name,
    size: file.size,
    mode: undefined,
    readSync: (into) => advance(file.read(at, into)) || null,
    skipHole: () => advance((file.dataFrom?.(at) ?? at) - at),
    [Symbol.dispose]: () => file[Symbol.dispose](),
  };
}
