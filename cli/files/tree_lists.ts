/**
 * What a tree lists: files, links, directories and the rest, each by the name that stands for it.
 *
 * This is where it is decided what becomes of symbolic links, everywhere the same: a link to a file
 * in the tree stands for that file; every other one is a link, whatever it leads to, and is never
 * followed.
 *
 * @module
 */

import { canonicalPath } from "../../images/bytes/io.ts";
import { baseName } from "../../images/bytes/paths.ts";
import {
  type Permissions,
  permissionsOf,
  permissionsOfNew,
} from "../../images/bytes/written_file.ts";
import { PARENT, PATH_MAX, readWhole, type SourceMember } from "../../images/dump/source.ts";
import { CritError, dataError } from "../../images/errors.ts";
import { type Found, foundAt } from "./found.ts";

/** A symbolic link that leads to a directory, to nothing, or out of the tree. */
export interface Link {
  readonly place: string;
  /** As it is written in the link. */
  readonly target: string;
  /** Whether it leads to a file, which is not in the tree. */
  readonly leadsOut: boolean;
  /** The file that holds the target, where that is no link: see {@link isParentText}. */
  readonly file?: Found;
}

/** A directory. */
export interface Directory {
  readonly place: string;
  /** Whose it is, and who may look into it. */
  readonly permissions: Permissions;
}

/** A name that is there but cannot be written. */
export interface Unfit {
  readonly place: string;
  readonly error: CritError;
}

/** Lists of what is found, filled by name. */
export class Lists {
  readonly files: Found[] = [];
  readonly links: Link[] = [];
  readonly directories: Directory[] = [];
  readonly others: string[] = [];
  readonly unfit: Unfit[] = [];
  readonly #permissions = new Map<number, Permissions>();

  /** @param root what files are in, without links; undefined if any link may be followed */
  constructor(readonly root: string | undefined) {}

  /**
   * Takes up what a name stands for.
   *
   * @param doubtful names in the directory that may stand for others, which are not UTF-8
   */
  add(place: string, path: string, doubtful?: Set<string>): void {
    const isSecond = doubtful?.has(place) ?? false;
    if (place.includes("\ufffd")) doubtful?.add(place);
    const info = isSecond ? undefined : lstatOrUndefined(path);
    if (info === undefined) this.unfit.push({ place, error: notUtf8() });
    else if (info.isSymlink) this.#addLink(place, path);
    else if (info.isFile) this.#addFile(place, path, info);
    else if (info.isDirectory) this.directories.push({ place, permissions: permissionsOf(info) });
    else this.others.push(place);
  }

  /**
   * Adds what is not on the disk.
   *
   * @param most permission bits that it has at most
   */
  addMember(member: SourceMember, most: number): void {
    const { place } = member;
    const error = unfitName(place);
    if (error !== undefined) this.unfit.push({ place, error });
    else if ("link" in member) this.#pushLink(place, member.link, false);
    else if ("open" in member) {
      const { size, mode } = member;
      const permissions = this.#permissionsOf((mode & most) | 0o600);
      const file = { place, path: undefined, size, allocated: undefined, permissions };
      if (isParentText(file)) {
        using image = member.open();
        this.#pushText(file, readWhole(image));
      } else this.files.push(file);
    } else if (member.kind === "other") this.others.push(place);
  }

  /** Permissions of a mode: the same object for all files that have it. */
  #permissionsOf(mode: number): Permissions {
    let permissions = this.#permissions.get(mode);
    if (permissions === undefined) {
      this.#permissions.set(mode, permissions = permissionsOfNew(mode));
    }
    return permissions;
  }

  sort(): this {
    const byPlace = (a: { place: string }, b: { place: string }) => a.place < b.place ? -1 : 1;
    for (const list of [this.files, this.links, this.directories]) list.sort(byPlace);
    return this;
  }

  #addFile(place: string, path: string, info: Deno.FileInfo): void {
    const file = foundAt(place, path, info);
    if (this.root !== undefined && isParentText(file)) {
      this.#pushText(file, Deno.readFileSync(path));
    } else this.files.push(file);
  }

  #addLink(place: string, path: string): void {
    const info = statOrUndefined(path);
    const real = info === undefined || info.isDirectory ? undefined : this.#followed(path);
    if (real !== undefined) {
      if (info!.isFile) this.#addFile(place, real, info!);
      else this.others.push(place);
      return;
    }
    try {
      this.#pushLink(place, Deno.readLinkSync(path), info?.isFile ?? false);
    } catch (error) {
      if (!(error instanceof Deno.errors.InvalidData)) throw error;
      this.unfit.push({ place, error: notUtf8() });
    }
  }

  #pushLink(place: string, target: string, leadsOut: boolean): void {
    if (!target.isWellFormed()) this.unfit.push({ place, error: notUtf8() });
    else if (isPath(target)) this.links.push({ place, target, leadsOut });
    else this.unfit.push({ place, error: noPath() });
  }

  #pushText(file: Found, bytes: Uint8Array): void {
    const { place } = file;
    const target = new TextDecoder().decode(bytes).trim();
    if (target === "") this.files.push(file);
    else if (isPath(target)) this.links.push({ place, target, leadsOut: false, file });
    else this.unfit.push({ place, error: noPath() });
  }

  /** Where a link leads, without links, if it may be followed. */
  #followed(path: string): string | undefined {
    if (this.root === undefined) return path;
    const real = canonicalPath(path);
    return real !== undefined && isIn(this.root, real) ? real : undefined;
  }
}

/** Whether a file has a path as a link does: copies that know no links have `parent` as one. */
function isParentText({ place, size }: Found): boolean {
  return baseName(place) === PARENT && size < PATH_MAX;
}

function isPath(target: string): boolean {
  return target !== "" && !target.includes("\0");
}

function noPath(): CritError {
  return dataError("it holds a NUL byte, which no path does");
}

function statOrUndefined(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    return undefined;
  }
}

/** An error that says that a link is not followed. */
export function leadsOut({ place, target }: Link): CritError {
  const reason = `it is a link to ${target}, out of the dump, and is not followed`;
  return new CritError("file", reason, { image: place });
}

/** The root of a directory without a canonical path: no link is known to stay in it. */
export const NOWHERE = "\0";

/** Whether a path is below a directory; both are without links. */
export function isIn(directory: string, path: string): boolean {
  return path.startsWith(directory === "/" ? directory : `${directory}/`);
}

/** Deno gives names that are not UTF-8 with U+FFFD in them, and finds no file of that name. */
function lstatOrUndefined(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound && path.includes("\ufffd")) return undefined;
    throw error;
  }
}

function notUtf8(): CritError {
  return new CritError("unsupported", "a name that is not UTF-8 cannot be written");
}

/**
 * What is wrong with a name from an archive, in which bytes that are not UTF-8 are lone surrogates;
 * undefined if it can be a file's.
 */
function unfitName(place: string): CritError | undefined {
  if (place.includes("\0")) return dataError("its name holds a NUL byte");
  if (!place.isWellFormed()) return notUtf8();
  return place === "" ? dataError("it has no name") : undefined;
}
