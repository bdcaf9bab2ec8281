/**
 * Paths that may be given as an option or as positional arguments, and what they lead to.
 *
 * @module
 */

import { isDirectory, kindOf, peekInput } from "../../images/bytes/io.ts";
import { baseName } from "../../images/bytes/paths.ts";
import { CritError } from "../../images/errors.ts";
import { readMagics } from "../../images/image/head.ts";
import { typeByFileName, typeByMagic } from "../../images/types/registry.ts";
import { lazySpecifier } from "../line/lazy_specifier.ts";

/**
 * The paths that were given, if any.
 *
 * @throws {CritError} `usage` when they were given in both ways
 */
export function pathsOf(option: string | undefined, positionals: readonly string[]): string[] {
  if (option === undefined) return [...positionals];
  if (positionals.length > 0) {
    throw new CritError("usage", `two inputs: ${option} and ${positionals[0]}`);
  }
  return [option];
}

/** What the path of a command's input leads to. */
export type InputKind = "directory" | "archive" | "file";

/**
 * What a path leads to. A file's contents tell whether it is an archive, not its name, except that
 * a raw image such as `tmpfs-1.tar.gz.img` is known by its name only. `ARCHIVE/DIRECTORY` is an
 * archive too, and `ARCHIVE/DIRECTORY/IMAGE` a file; a path that leads nowhere is a file, so that
 * opening it gives the error. Of standard input the first bytes are looked at.
 */
export async function inputKind(path: string): Promise<InputKind> {
  if (path === "-") return await isArchivedInput() ? "archive" : "file";
  const kind = kindOf(path);
  if (kind === "directory") return await isLayout(path) ? "archive" : "directory";
  if (kind === "file") return await isArchive(path) ? "archive" : "file";
  if (kind === "other" || isImageName(path)) return "file";
  return await archiveBefore(path) === undefined ? "file" : "archive";
}

/** Whether the last name of a path is an image's: one in an archive is named so. */
function isImageName(path: string): boolean {
  const name = baseName(path);
  return name.endsWith(".img") || typeByFileName(name) !== undefined;
}

/** Whether a directory has images of containers, in one of which a dump may be. */
async function isLayout(path: string): Promise<boolean> {
  const isThere = (name: string) => kindOf(`${path}/${name}`) === "file";
  if (!isThere("index.json") && !isThere("manifest.json")) return false;
  const { isLayout }: typeof import("../../images/dump/open.ts") = await import(
    lazySpecifier("../../images/dump/open.ts")
  );
  return isLayout(path);
}

/**
 * The archive, or the directory with images of containers, that a path leads into; undefined when
 * it leads into none.
 */
export async function archiveBefore(path: string): Promise<string | undefined> {
  const { placeAt }: typeof import("../../images/dump/open.ts") = await import(
    lazySpecifier("../../images/dump/open.ts")
  );
  try {
    const place = placeAt(path, true);
    if (place.kind === "input") return await isArchivedInput() ? "-" : undefined;
    if (place.kind === "archive") return await isArchive(place.path) ? place.path : undefined;
    return place.kind === "layout" ? place.path : undefined;
  } catch (error) {
    if (error instanceof CritError) return undefined;
    throw error;
  }
}

/** Bytes that tell images and JSON from anything else. */
const HEAD = 512;

async function isArchive(path: string): Promise<boolean> {
  const type = typeByFileName(baseName(path));
  if (type !== undefined && type.entry === undefined) return false;
  const begin = beginOf(path);
  if (!await isArchiveHead(begin)) return false;
  // An image that somebody has compressed is no archive.
  return type === undefined || await isTarHead(begin);
}

async function isTarHead(begin: Uint8Array): Promise<boolean> {
  const { archiveFormatOf }: typeof import("../../images/archive/format.ts") = await import(
    lazySpecifier("../../images/archive/format.ts")
  );
  return archiveFormatOf(begin) === "tar";
}

/** Whether an archive comes on standard input; the user at a terminal types none. */
async function isArchivedInput(): Promise<boolean> {
  return !Deno.stdin.isTerminal() && await isArchiveHead(peekInput(HEAD));
}

async function isArchiveHead(begin: Uint8Array): Promise<boolean> {
  const magic = readMagics(begin)?.magic;
  if (magic === undefined || typeByMagic(magic) !== undefined) return false;
  const { archiveFormatOf }: typeof import("../../images/archive/format.ts") = await import(
    lazySpecifier("../../images/archive/format.ts")
  );
  return archiveFormatOf(begin) !== undefined;
}

/** The first bytes of a file; none of one that cannot be read, as opening it gives the error. */
function beginOf(path: string): Uint8Array {
  const bytes = new Uint8Array(HEAD);
  try {
    using file = Deno.openSync(path);
    return bytes.subarray(0, file.readSync(bytes) ?? 0);
  } catch {
    return new Uint8Array();
  }
}

/**
 * Sees to it that a path does not lead to a dump.
 *
 * @param command what takes one file only
 * @param cure what to do with a directory or an archive
 * @throws {CritError} `usage` if it is a directory or an archive
 */
export async function refuseDump(
  command: string,
  path: string,
  cure: Partial<Record<Exclude<InputKind, "file">, string>>,
): Promise<void> {
  const kind = await inputKind(path);
  if (kind === "file" || cure[kind] === undefined) return;
  const what = kind === "archive" ? "an archive" : "a directory";
  const reason = `${command}: ${path} is ${what}, which ${command} does not take`;
  throw new CritError("usage", reason, {}, cure[kind]);
}

/**
 * Whether paths stand for several files: they are several, lead to a directory or an archive, or
 * the output is a directory.
 */
export async function isBatch(paths: readonly string[], out: string | undefined): Promise<boolean> {
  if (paths.length > 1) return true;
  const [path = "-"] = paths;
  if (await inputKind(path) !== "file") return true;
  return path !== "-" && out !== undefined && out !== "-" &&
    (out.endsWith("/") || isDirectory(out));
}
