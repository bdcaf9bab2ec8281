/**
 * The files that a batch works on: those of a directory and what is below it, of an archive, or
 * some that were named.
 *
 * @module
 */

import { openSource } from "../../images/dump/open.ts";
import { ImageFileReader, type ImageSource, PARENT } from "../../images/dump/source.ts";
import { CritError } from "../../images/errors.ts";
import { allocatedBytes } from "../files/copy.ts";
import { type Input, openInput } from "../files/input.ts";
import { isTemporary } from "../files/output.ts";
import { inputKind } from "../files/paths.ts";

/** A regular file. */
export interface Found {
  /** Where it is from the top of what was named, and where it goes below the output directory. */
  readonly place: string;
  /** Its path on the disk; undefined in an archive. */
  readonly path: string | undefined;
  /** In bytes. */
  readonly size: number;
  /** Bytes that it takes on the disk; undefined where nobody knows. */
  readonly allocated: number | undefined;
  /** Permission bits. */
  readonly mode: number;
}

/** A symbolic link that leads to a directory or nowhere. */
export interface Link {
  readonly place: string;
  /** As it is written in the link. */
  readonly target: string;
}

/** A directory. */
export interface Directory {
  readonly place: string;
  /** Permission bits. */
  readonly mode: number;
}

/** All that a batch works on, each list by place. */
export interface Tree extends Disposable {
  /** The path that leads to it, for messages. */
  readonly path: string;
  /** The directory on the disk, where it is one. */
  readonly directory: string | undefined;
  /** Files that were named one by one are taken for what they are said to be. */
  readonly isNamed: boolean;
  readonly files: readonly Found[];
  readonly links: readonly Link[];
  /** The first is the top. */
  readonly directories: readonly Directory[];
  /** Places of sockets, pipes and devices. */
  readonly others: readonly string[];
  /** What is wrong with an archive as a whole. */
  readonly fault: CritError | undefined;
  /** Opens a file for reading. */
  open(file: Found): Input;
}

/** A place below a directory of the tree, `""` being the top. */
export function below(directory: string, name: string): string {
  return directory === "" ? name : `${directory}/${name}`;
}

/** The last name of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** An error that names its file by its place, which is more than a name below the top. */
export function atPlace(error: unknown, place: string): unknown {
  if (!(error instanceof CritError)) return error;
  const { kind, reason, hint, cause } = error;
  const image = error.place.image ?? baseName(place);
  if (image !== baseName(place)) return error;
  return new CritError(kind, reason, { ...error.place, image: place }, hint, { cause });
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

/** Lists of what is found, filled by name. */
class Lists {
  readonly files: Found[] = [];
  readonly links: Link[] = [];
  readonly directories: Directory[] = [];
  readonly others: string[] = [];

  /** Takes up what a name stands for; true when it is a directory to look into. */
  add(place: string, path: string, isSymlink: boolean): boolean {
    const info = isSymlink ? linkedFile(path) : Deno.lstatSync(path);
    if (info === undefined) this.links.push({ place, target: Deno.readLinkSync(path) });
    else if (info.isFile) {
      const allocated = allocatedBytes(info);
      this.files.push({ place, path, size: info.size, allocated, mode: modeOf(info) });
    } else if (info.isDirectory) this.directories.push({ place, mode: modeOf(info) });
    else this.others.push(place);
    return info?.isDirectory ?? false;
  }

  sort(): this {
    const byPlace = (a: { place: string }, b: { place: string }) => a.place < b.place ? -1 : 1;
    for (const list of [this.files, this.links, this.directories]) list.sort(byPlace);
    return this;
  }
}

/** What a link leads to; undefined when that is a directory or nothing, so that it stays a link. */
function linkedFile(path: string): Deno.FileInfo | undefined {
  try {
    const info = Deno.statSync(path);
    return info.isDirectory ? undefined : info;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    return undefined;
  }
}

function modeOf({ mode }: Deno.FileInfo): number {
  return (mode ?? 0o666) & 0o777;
}

/** A directory with everything below it; links to directories are not followed. */
function directoryTree(path: string): Tree {
  const lists = new Lists();
  lists.directories.push({ place: "", mode: modeOf(Deno.statSync(path)) });
  for (let i = 0; i < lists.directories.length; i++) {
    const { place } = lists.directories[i]!;
    for (const { name, isSymlink } of Deno.readDirSync(below(path, place))) {
      if (isTemporary(name)) continue;
      lists.add(below(place, name), below(path, below(place, name)), isSymlink);
    }
  }
  return diskTree(lists, { path, directory: path, isNamed: false });
}

const KINDS = { directory: "a directory", archive: "an archive", file: "a file" };

/** Files that were named, each by its last name. */
async function namedTree(paths: readonly string[]): Promise<Tree> {
  const lists = new Lists();
  lists.directories.push({ place: "", mode: 0o777 });
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
      throw new CritError("usage", `${what} has to be given alone`);
    }
    lists.add(place, path, Deno.lstatSync(path).isSymlink);
  }
  return diskTree(lists, { path: paths[0]!, directory: undefined, isNamed: true });
}

function diskTree(
  lists: Lists,
  about: Pick<Tree, "path" | "directory" | "isNamed">,
): Tree {
  const { files, links, directories, others } = lists.sort();
  return {
    ...about,
    ...{ files, links, directories, others },
    fault: undefined,
    open: (file) => openInput(file.path),
    [Symbol.dispose]: () => {},
  };
}

/** The dump in an archive. */
function archiveTree(path: string, source: ImageSource): Tree {
  // What is as secret as the archive stays so.
  const info = linkedFile(path);
  const mode = info === undefined ? 0o666 : modeOf(info);
  const files = [...source.files].map(([place, size]) => ({
    place,
    path: undefined,
    size,
    allocated: undefined,
    mode,
  }));
  const { parentLink } = source;
  const isLink = parentLink !== undefined && parentLink !== PARENT;
  return {
    path,
    directory: undefined,
    isNamed: false,
    files,
    links: isLink ? [{ place: PARENT, target: parentLink }] : [],
    directories: [{ place: "", mode: 0o777 }],
    others: [],
    fault: source.fault,
    open: ({ place }) => {
      const file = source.open(place);
      const reader = new ImageFileReader(file);
      return {
        name: file.name,
        size: file.size,
        readSync: (into) => reader.readSync(into),
        [Symbol.dispose]: () => file[Symbol.dispose](),
      };
    },
    [Symbol.dispose]: () => source[Symbol.dispose](),
  };
}
