/**
 * A dump that is written into an archive: complete, or not there at all.
 *
 * Of an archive that is written anew every member stays as it is, byte for byte and in its place,
 * but those that are created or left out; what was not there comes at the end. If only the headers
 * of the archive are left, as `crit decode` keeps them, the members' contents are the tree's files.
 *
 * @module
 */

import type { Archive } from "../../images/archive/archive.ts";
import { ArchivedBytes } from "../../images/archive/archived_file.ts";
import { type Bytes, readUpTo } from "../../images/archive/bytes.ts";
import { compress, compressionOfName } from "../../images/archive/compress.ts";
import { membersOf, type PlacedMember } from "../../images/archive/members.ts";
import { rewritten } from "../../images/archive/rewrite.ts";
import { TAR_END, tarHeader, tarPadding } from "../../images/archive/tar_writer.ts";
import { isDirectory, kindOf } from "../../images/bytes/io.ts";
import { below, isWithin, plainPath } from "../../images/bytes/paths.ts";
import type { Permissions } from "../../images/bytes/written_file.ts";
import { openFile } from "../../images/dump/directory.ts";
import { HeldFile } from "../../images/dump/source.ts";
import { dataError, OutputError } from "../../images/errors.ts";
import { deferSignals, letSignalsIn, yieldToEventLoop } from "../terminal/interrupt.ts";
import { CreatedFile } from "./created_file.ts";
import type { Found } from "./found.ts";
import { NewDirectory } from "./new_directory.ts";
import { openOutput, type Output } from "./output.ts";
import { contentsOf, isZeroOutside, kept, modifiedOf, range } from "./pieces.ts";
import { Spool } from "./spool.ts";
import type { Tree } from "./tree.ts";

/** A dump that is made of another. */
export interface NewDump extends Disposable {
  /** Creates a file in place of one in the tree. */
  create(place: string): Output;
  /** Leaves out what is in the tree: a file, a link, or a directory and all below it. */
  omit(place: string): void;
  /** Adds all of the tree that was neither created nor omitted, and puts the dump in place. */
  commit(): Promise<void>;
}

/** How a dump is made. */
export interface NewDumpOptions {
  /** Whether files that are copied may be hard links. */
  readonly links: boolean;
  /** New places of files of the tree. */
  readonly renames?: ReadonlyMap<string, string>;
}

/** Whether an output of this name is an archive: its name is that of one, and no directory's. */
export function becomesArchive(path: string): boolean {
  return compressionOfName(path) !== undefined && !isDirectory(path);
}

/**
 * Begins a dump: an archive if the path's name is that of one, or else a directory.
 *
 * @param tree what is kept unless something else is written in its place
 */
export function newDump(path: string, tree: Tree, options: NewDumpOptions): NewDump {
  if (!becomesArchive(path)) return new NewDirectory(path, tree, options.links);
  return new NewArchive(path, tree, { renames: options.renames });
}

/** The headers of an archive without its contents. */
export interface ArchiveHeaders {
  readonly bytes: Bytes;
  /** What stands before the places of the tree in the names of members. */
  readonly top: string;
}

/** What members of a new archive are made like. */
interface Template {
  readonly bytes: Bytes;
  readonly top: string;
  /** The archive whose contents are kept; undefined if there are only headers. */
  readonly archive: Archive | undefined;
}

/** A new archive; see {@link newDump}. */
export class NewArchive implements NewDump {
  readonly #spool: Spool;
  readonly #output: Output;
  readonly #signals = deferSignals();
  readonly #created = new Map<string, CreatedFile>();
  readonly #omitted = new Set<string>();
  readonly #renames: ReadonlyMap<string, string>;
  readonly #template: Template;
  /** Places of created files that no member has had yet. */
  readonly #left = new Set<string>();
  /** Directories and links of the tree that no member has been yet. */
  readonly #directories: Set<string>;
  readonly #links: Map<string, string>;
  readonly #permissions: ReadonlyMap<string, Permissions>;

  /**
   * Begins an archive.
   *
   * @param tree what is kept unless something else is written in its place
   * @param headers the headers that members of a directory get
   * @throws {CritError} `file` when there is something at the path already
   */
  constructor(
    readonly path: string,
    readonly tree: Tree,
    { renames = new Map(), headers }: {
      readonly renames?: ReadonlyMap<string, string>;
      readonly headers?: ArchiveHeaders;
    } = {},
  ) {
    if (tree.fault !== undefined) throw tree.fault;
    const [unfit] = tree.original === undefined ? tree.unfit : [];
    if (unfit !== undefined) throw unfit.error.at({ image: unfit.place });
    if (kindOf(path) !== undefined) {
      throw new OutputError("file", "it exists already", { image: path }, "OUT must be new");
    }
    this.#renames = renames;
    const { original } = tree;
    this.#template = original !== undefined
      ? { bytes: original.archive.bytes, top: original.top, archive: original.archive }
      : { bytes: NOTHING, top: "", ...headers, archive: undefined };
    this.#permissions = new Map(tree.directories.map((one) => [one.place, one.permissions]));
    this.#directories = new Set([...this.#permissions.keys()].filter((place) => place !== ""));
    this.#links = new Map(tree.links.map(({ place, target }) => [place, target]));
    const mode = tree.files.reduce((mode, { permissions }) => mode & permissions.mode, 0o666);
    this.#output = openOutput(path, mode | 0o600);
    this.#spool = new Spool(path);
  }

  create(place: string): Output {
    if (this.#created.has(place)) throw dataError("it would be written twice", { image: place });
    const file = new CreatedFile(this.#spool);
    this.#created.set(place, file);
    return file;
  }

  omit(place: string): void {
    this.#omitted.add(place);
  }

  async commit(): Promise<void> {
    const packing = compressionOfName(this.path)!;
    const compression = packing === "none" ? undefined : packing;
    const pieces = compression === undefined ? this.#bytes() : kept(this.#bytes());
    for await (const bytes of compress(pieces, compression)) {
      this.#output.write(bytes);
      const turn = yieldToEventLoop();
      if (turn !== undefined) await turn;
    }
    await letSignalsIn();
    this.#output.commit();
  }

  [Symbol.dispose](): void {
    this.#spool[Symbol.dispose]();
    this.#output[Symbol.dispose]();
    this.#signals[Symbol.dispose]();
  }

  *#bytes(): Generator<Uint8Array> {
    const { bytes, archive } = this.#template;
    for (const [place, { isWhole }] of this.#created) {
      if (isWhole) this.#left.add(place);
      else this.#created.delete(place);
    }
    const files = archive === undefined ? this.#filesLeft() : new Map<string, Found>();
    let at = 0;
    for (const member of membersOf(bytes, archive !== undefined)) {
      at = member.end;
      yield* archive === undefined
        ? this.#memberOfTree(member, files)
        : this.#memberOf(archive, member);
    }
    // Blocks of zeros, and what fills the last of tar's own records.
    const end = readUpTo(bytes, at, 1 << 20);
    if (archive === undefined) yield* this.#rest(files);
    const modified = Math.floor(Date.now() / 1000);
    for (const place of this.#left) {
      const file = this.#created.get(place)!;
      const path = this.#template.top + place;
      yield tarHeader({ path, size: file.size, mode: 0o600, modified });
      yield* file.chunks();
      yield tarPadding(file.size);
    }
    yield end.length < TAR_END.length ? TAR_END : end;
  }

  /** Where a member belongs in the tree; undefined if it is not in it. */
  #placeOf(path: string): string | undefined {
    const plain = plainPath(path);
    const { top } = this.#template;
    // As tar does: no honest archive leads out of where it is unpacked, or back.
    if (!plain.startsWith(top) || path.split("/").includes("..")) return undefined;
    const place = plain.slice(top.length);
    return this.#renames.get(place) ?? place;
  }

  #isOmitted(place: string): boolean {
    return isWithin(this.#omitted, place);
  }

  /** A member as it was, or with other contents or another name, or nothing. */
  *#memberOf(archive: Archive, member: PlacedMember): Generator<Uint8Array> {
    const { bytes } = archive;
    const place = this.#placeOf(member.path);
    if (place !== undefined && this.#isOmitted(place)) return;
    const file = place === undefined ? undefined : this.#created.get(place);
    const headers = () => readUpTo(bytes, member.begin, member.contents - member.begin);
    if (file !== undefined) {
      // Of two members with one path the later one is meant: both have the new contents.
      this.#left.delete(place!);
      yield headersWith(headers(), member, file.size, this.#newPath(member.path));
      yield* file.chunks();
      yield tarPadding(file.size);
      return;
    }
    const original = archive.index.files.get(plainPath(member.path));
    if (member.kind === "hardlink" && original !== undefined && this.#isTouched(member.link)) {
      // The file that it is another name of is not what it was.
      const contents = new ArchivedBytes(bytes, original);
      yield rewritten(headers(), { size: original.size, ...this.#newPath(member.path) });
      yield* range(contents, 0, original.size);
      yield tarPadding(original.size);
      return;
    }
    const path = this.#newPath(member.path);
    if (path === undefined) yield* range(bytes, member.begin, member.end);
    else {
      yield rewritten(headers(), path);
      yield* range(bytes, member.contents, member.end);
    }
  }

  /** The new path of a member; undefined if it keeps its own. */
  #newPath(path: string): { readonly path: string } | undefined {
    const { top } = this.#template;
    const plain = plainPath(path);
    const old = plain.startsWith(top) ? plain.slice(top.length) : undefined;
    const place = old === undefined ? undefined : this.#renames.get(old);
    if (place === undefined) return undefined;
    // As in `./NAME`, what stands before it stays.
    return { path: path.endsWith(old!) ? path.slice(0, -old!.length) + place : top + place };
  }

  /** Whether what a hard link leads to is written anew, renamed or left out. */
  #isTouched(link: string): boolean {
    const place = this.#placeOf(link);
    return place !== undefined &&
      (this.#created.has(place) || this.#isOmitted(place) || this.#newPath(link) !== undefined);
  }

  /** Files of the tree that are copied, by place. */
  #filesLeft(): Map<string, Found> {
    const isLeft = ({ place }: Found) => !this.#created.has(place) && !this.#isOmitted(place);
    return new Map(this.tree.files.filter(isLeft).map((file) => [file.place, file]));
  }

  /** A member of whose archive there are the headers, with the contents that the tree has. */
  *#memberOfTree(member: PlacedMember, files: Map<string, Found>): Generator<Uint8Array> {
    const headers = readUpTo(this.#template.bytes, member.begin, member.end - member.begin);
    const place = this.#placeOf(member.path);
    const created = place === undefined ? undefined : this.#created.get(place);
    const found = place === undefined ? undefined : files.get(place);
    if (created !== undefined) {
      this.#left.delete(place!);
      yield headersWith(headers, member, created.size);
      yield* created.chunks();
      yield tarPadding(created.size);
    } else if (found !== undefined) {
      files.delete(place!);
      yield* this.#fileLike(member, headers, found);
    } else if (place === undefined ? this.#isAbove(member) : this.#isThere(member, place)) {
      yield headers;
    }
  }

  /** Whether a member is a directory that the tree is in. */
  #isAbove({ kind, path }: PlacedMember): boolean {
    return kind === "directory" && `/${this.#template.top}`.startsWith(`/${plainPath(path)}`);
  }

  /** Whether the tree has a directory or a link as a member is. */
  #isThere({ kind, link, storedSize }: PlacedMember, place: string): boolean {
    if (this.#isOmitted(place)) return false;
    if (kind === "directory") return this.#directories.delete(place) || place === "";
    if (kind !== "symlink") return kind === "device" || (kind === "other" && storedSize === 0);
    const isSame = this.#links.get(place) === link;
    if (isSame) this.#links.delete(place);
    return isSame;
  }

  /** A file of the tree with the headers of a member. */
  *#fileLike(member: PlacedMember, headers: Uint8Array, found: Found): Generator<Uint8Array> {
    const { kind, size, segments } = member;
    if (kind === "file" && segments === undefined && size === found.size) {
      yield headers;
      yield* contentsOf(this.tree, found);
      yield tarPadding(size);
      return;
    }
    if (kind === "file" && segments !== undefined && size === found.size) {
      using file = openFile(found.path!).file;
      if (isZeroOutside(file, segments)) {
        yield headers;
        for (const { at, length } of segments) yield* range(file, at, at + length);
        yield tarPadding(member.storedSize);
        return;
      }
    }
    yield rewritten(headers, { size: found.size });
    yield* contentsOf(this.tree, found);
    yield tarPadding(found.size);
  }

  /** What is in the tree and has no member. */
  *#rest(files: ReadonlyMap<string, Found>): Generator<Uint8Array> {
    const { tree } = this;
    const { top } = this.#template;
    const places = [...this.#directories, ...files.keys(), ...this.#links.keys()].sort();
    for (const place of places) {
      const found = files.get(place);
      const target = this.#links.get(place);
      if (this.#isOmitted(place)) continue;
      if (found !== undefined) {
        const { size, permissions: { mode, uid, gid }, path } = found;
        const owner = { uid: uid ?? 0, gid: gid ?? 0 };
        yield tarHeader({ path: top + place, size, mode, ...owner, modified: modifiedOf(path) });
        yield* contentsOf(tree, found);
        yield tarPadding(size);
      } else if (target !== undefined) {
        yield tarHeader({ path: top + place, size: 0, mode: 0o777, modified: 0, link: target });
      } else {
        const { mode, uid, gid } = this.#permissions.get(place)!;
        const owner = { uid: uid ?? 0, gid: gid ?? 0 };
        const there = tree.directory === undefined ? undefined : below(tree.directory, place);
        // What is gathered from several places has directories that are not there.
        const path = there !== undefined && isDirectory(there) ? there : undefined;
        const modified = modifiedOf(path);
        yield tarHeader({ path: `${top + place}/`, size: 0, mode, ...owner, modified });
      }
    }
  }
}

/** The headers of a member whose contents are new; as they were if they say what is so. */
function headersWith(
  headers: Uint8Array,
  { kind, segments, size: old }: PlacedMember,
  size: number,
  path?: { readonly path: string },
): Uint8Array {
  const isRight = kind === "file" && segments === undefined && old === size && path === undefined;
  return isRight ? headers : rewritten(headers, { size, ...path });
}

/** No headers. */
const NOTHING: Bytes = new HeldFile("", TAR_END);
