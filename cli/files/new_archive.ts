/**
 * A dump that is written into an archive: complete, or not there at all.
 *
 * Of an archive that is written anew every member stays as it is, byte for byte and in its place,
 * but those that are created or left out; what was not there comes at the end.
 *
 * @module
 */

import { type Bytes, readUpTo } from "../../images/archive/bytes.ts";
import { compress, compressionOfName } from "../../images/archive/compress.ts";
import { membersOf, type PlacedMember } from "../../images/archive/members.ts";
import { resized } from "../../images/archive/resize.ts";
import { TAR_END, tarHeader, tarPadding } from "../../images/archive/tar_writer.ts";
import { isDirectory, kindOf } from "../../images/bytes/io.ts";
import { plainPath } from "../../images/bytes/paths.ts";
import { ArchiveSource } from "../../images/dump/archive.ts";
import type { ImageSource } from "../../images/dump/source.ts";
import { dataError, OutputError } from "../../images/errors.ts";
import { deferSignals, letSignalsIn, yieldToEventLoop } from "../terminal/interrupt.ts";
import type { Found } from "./found.ts";
import { NewDirectory } from "./new_directory.ts";
import { openOutput, type Output } from "./output.ts";
import { Spool } from "./spool.ts";
import type { Tree } from "./tree.ts";

/** A dump that is made of another. */
export interface NewDump extends Disposable {
  /** Creates a file in place of one in the tree. */
  create(place: string): Output;
  /** Leaves out what is in the tree. */
  omit(place: string): void;
  /** Adds all of the tree that was neither created nor omitted, and puts the dump in place. */
  commit(): Promise<void>;
}

/**
 * Begins a dump: an archive if the path's name is that of one, or else a directory.
 *
 * @param tree what is kept unless something else is written in its place
 * @param source the dump in the tree
 * @param links whether files that are copied may be hard links
 */
export function newDump(path: string, tree: Tree, source: ImageSource, links: boolean): NewDump {
  const isArchive = compressionOfName(path) !== undefined && !isDirectory(path);
  return isArchive ? new NewArchive(path, tree, source) : new NewDirectory(path, tree, links);
}

/** A part of a created file: bytes in the spool, or zeros. */
interface Part {
  /** In the spool; undefined for zeros. */
  readonly at: number | undefined;
  length: number;
}

/** A file that was created. */
class Created implements Output {
  readonly parts: Part[] = [];
  size = 0;

  constructor(readonly spool: Spool) {}

  write(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const at = this.spool.write(bytes);
    const last = this.parts.at(-1);
    if (last?.at !== undefined && last.at + last.length === at) last.length += bytes.length;
    else this.parts.push({ at, length: bytes.length });
    this.size += bytes.length;
  }

  writeBehind(bytes: Uint8Array): Promise<void> {
    return Promise.resolve(this.write(bytes));
  }

  skip(length: number): void {
    if (length === 0) return;
    const last = this.parts.at(-1);
    if (last !== undefined && last.at === undefined) last.length += length;
    else this.parts.push({ at: undefined, length });
    this.size += length;
  }

  seal(): void {}
  commit(): void {}
  [Symbol.dispose](): void {}

  /** The file's bytes. */
  *chunks(): Generator<Uint8Array> {
    for (const { at, length } of this.parts) {
      if (at !== undefined) yield* this.spool.chunks(at, length);
      else yield* zeros(length);
    }
  }
}

/** A new archive; see {@link newDump}. */
class NewArchive implements NewDump {
  readonly #spool: Spool;
  readonly #output: Output;
  readonly #signals = deferSignals();
  readonly #created = new Map<string, Created>();
  readonly #omitted = new Set<string>();

  constructor(readonly path: string, readonly tree: Tree, readonly source: ImageSource) {
    if (tree.fault !== undefined) throw tree.fault;
    if (kindOf(path) !== undefined) {
      throw new OutputError("file", "it exists already", { image: path }, "OUT must be new");
    }
    const mode = tree.files.reduce((mode, { permissions }) => mode & permissions.mode, 0o666);
    this.#output = openOutput(path, mode | 0o600);
    this.#spool = new Spool(path);
  }

  create(place: string): Output {
    if (this.#created.has(place)) throw dataError("it would be written twice", { image: place });
    const file = new Created(this.#spool);
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
    const { source } = this;
    const left = new Map(this.#created);
    let end: Uint8Array = TAR_END;
    let top = "";
    if (source instanceof ArchiveSource) {
      const { bytes } = source.original;
      top = this.#top(source);
      let at = 0;
      for (const member of membersOf(bytes)) {
        at = member.end;
        yield* this.#member(bytes, member, top, left);
      }
      // Blocks of zeros, and what fills the last of tar's own records.
      end = readUpTo(bytes, at, 1 << 20);
    } else yield* this.#directory(left);
    const modified = Math.floor(Date.now() / 1000);
    for (const [place, file] of left) {
      yield tarHeader({ path: top + place, size: file.size, mode: 0o600, modified });
      yield* file.chunks();
      yield tarPadding(file.size);
    }
    yield end.length < TAR_END.length ? TAR_END : end;
  }

  /** What stands before a place of the tree in the names of members. */
  #top(source: ArchiveSource): string {
    const { directory } = source.original;
    if (directory !== "") return `${directory}/`;
    const isStripped = this.tree.dump === "" && source.place !== "";
    return isStripped ? `${source.place}/` : "";
  }

  /** A member as it was, or with other contents, or nothing. */
  *#member(
    bytes: Bytes,
    member: PlacedMember,
    top: string,
    left: Map<string, Created>,
  ): Generator<Uint8Array> {
    const path = plainPath(member.path);
    const place = path.startsWith(top) ? path.slice(top.length) : undefined;
    if (place !== undefined && this.#omitted.has(place)) return;
    const file = place === undefined ? undefined : this.#created.get(place);
    if (file === undefined) {
      yield* range(bytes, member.begin, member.end);
      return;
    }
    // Of two members with one path the later one is meant: both have the new contents.
    left.delete(place!);
    const headers = readUpTo(bytes, member.begin, member.contents - member.begin);
    yield resized(headers, file.size);
    yield* file.chunks();
    yield tarPadding(file.size);
  }

  /** A directory as an archive. */
  *#directory(left: Map<string, Created>): Generator<Uint8Array> {
    const { tree } = this;
    for (const found of tree.files) {
      const { place, size } = found;
      if (this.#omitted.has(place)) continue;
      const file = this.#created.get(place);
      left.delete(place);
      yield tarHeader({
        path: place,
        size: file?.size ?? size,
        mode: found.permissions.mode & 0o7777,
        modified: modifiedOf(found),
      });
      if (file !== undefined) yield* file.chunks();
      else yield* contentsOf(tree, found);
      yield tarPadding(file?.size ?? size);
    }
    for (const { place, target } of tree.links) {
      if (this.#omitted.has(place)) continue;
      yield tarHeader({ path: place, size: 0, mode: 0o777, modified: 0, link: target });
    }
  }
}

function modifiedOf({ path }: Found): number {
  const time = path === undefined ? undefined : Deno.statSync(path).mtime?.getTime();
  return Math.max(0, Math.floor((time ?? 0) / 1000));
}

/** Bytes that are read at a time. */
const CHUNK = 1 << 18;

function* range(bytes: Bytes, from: number, to: number): Generator<Uint8Array> {
  const buffer = new Uint8Array(Math.min(CHUNK, to - from));
  for (let at = from; at < to;) {
    const count = bytes.read(at, buffer.subarray(0, to - at));
    if (count === 0) throw dataError("the archive is cut short");
    yield buffer.subarray(0, count);
    at += count;
  }
}

function* contentsOf(tree: Tree, file: Found): Generator<Uint8Array> {
  using input = tree.open(file);
  const buffer = new Uint8Array(CHUNK);
  for (let left = file.size; left > 0;) {
    const count = input.readSync(buffer.subarray(0, left));
    if (count === null) throw dataError("it has become shorter", { image: file.place });
    yield buffer.subarray(0, count);
    left -= count;
  }
}

function* zeros(length: number): Generator<Uint8Array> {
  const buffer = new Uint8Array(Math.min(CHUNK, length));
  for (let left = length; left > 0; left -= buffer.length) yield buffer.subarray(0, left);
}

/** Pieces that keep their bytes. */
function* kept(chunks: Iterable<Uint8Array>): Generator<Uint8Array> {
  for (const chunk of chunks) yield chunk.slice();
}
