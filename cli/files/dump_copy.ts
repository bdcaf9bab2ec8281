/**
 * A copy of a dump directory that is complete or not there at all.
 *
 * @module
 */

import { basename, dirname, relative, resolve } from "node:path";
import { writeAll } from "../../images/bytes/io.ts";
import { DirectorySource } from "../../images/dump/directory.ts";
import { CritError } from "../../images/errors.ts";
import { breathe, removeOnSignal } from "../terminal/interrupt.ts";
import { allocatedBytes, copyFile } from "./copy.ts";
import { openInput } from "./input.ts";
import { resemble, temporaryName } from "./output.ts";

/** Name of the link to the dump that an incremental one builds upon. */
const PARENT = "parent";

/** A file in the copy. */
export interface CopiedFile extends Disposable {
  /** Writes all of the bytes. */
  write(bytes: Uint8Array): void;
}

/** Is written beside its place and renamed by {@link DumpCopy.complete}; else it leaves no trace. */
export class DumpCopy implements Disposable {
  readonly #temporary: string;
  readonly #written = new Set<string>();
  readonly #forget: () => void;
  #done = false;

  /**
   * Begins a copy.
   *
   * @param from the dump
   * @param to where it is to stand; nothing but an empty directory may be there
   * @param links whether files that are the same may be hard links
   * @throws {CritError} `file` when something is there, or there is no place for it
   */
  constructor(readonly from: string, readonly to: string, readonly links: boolean) {
    const target = resolve(to);
    if (isTaken(target)) throw new CritError("file", "it exists already", { image: to });
    if (!isDirectoryAt(dirname(target))) {
      throw new CritError("file", `there is no directory ${dirname(target)}`, { image: to });
    }
    this.#temporary = temporaryName(target);
    Deno.mkdirSync(this.#temporary, { mode: 0o700 });
    this.#forget = removeOnSignal(this.#temporary);
  }

  /** Begins a file that differs from the one in the dump, whose permissions it gets. */
  create(name: string): CopiedFile {
    this.#written.add(name);
    const path = `${this.#temporary}/${name}`;
    const file = Deno.openSync(path, { write: true, createNew: true, mode: 0o600 });
    resemble(path, Deno.statSync(`${this.from}/${name}`));
    return { write: (bytes) => writeAll(file, bytes), [Symbol.dispose]: () => file.close() };
  }

  /** Adds all that was not written, and puts the copy in its place. */
  async complete(): Promise<void> {
    await this.#fill(resolve(this.from), this.#temporary, true);
    this.#keepParent();
    resemble(this.#temporary, Deno.statSync(this.from));
    Deno.renameSync(this.#temporary, resolve(this.to));
    this.#done = true;
  }

  /** Copies what is in a directory; sockets and pipes are nobody's data. */
  async #fill(from: string, to: string, isTop: boolean): Promise<void> {
    for (const { name } of Deno.readDirSync(from)) {
      if (isTop && (name === PARENT || this.#written.has(name))) continue;
      const [source, target] = [`${from}/${name}`, `${to}/${name}`];
      const info = statOrUndefined(source);
      if (info?.isDirectory) {
        if (resolve(source) === this.#temporary) continue;
        Deno.mkdirSync(target, { mode: 0o700 });
        await this.#fill(source, target, false);
        resemble(target, info);
      } else if (info?.isFile) await this.#add(source, info, target);
      const turn = breathe();
      if (turn !== undefined) await turn;
    }
  }

  async #add(path: string, info: Deno.FileInfo, target: string): Promise<void> {
    const { size, mode } = info;
    const original = {
      path,
      size,
      allocated: allocatedBytes(info),
      mode: (mode ?? 0o600) & 0o777,
      open: () => openInput(path),
    };
    await copyFile(original, target, { asLink: this.links });
  }

  /** Leads the copy's `parent` to where the dump's leads. */
  #keepParent(): void {
    const source = new DirectorySource(this.from);
    const link = source.parentLink;
    if (link === undefined) return;
    const from = Deno.realPathSync(this.from);
    const to = resolve(this.to);
    const target = `${Deno.realPathSync(dirname(to))}/${basename(to)}`;
    const isKept = link.startsWith("/") || resolve(target, link) === resolve(from, link);
    const kept = isKept ? link : relative(target, resolve(from, link));
    Deno.symlinkSync(kept, `${this.#temporary}/${PARENT}`);
  }

  [Symbol.dispose](): void {
    this.#forget();
    if (this.#done) return;
    try {
      Deno.removeSync(this.#temporary, { recursive: true });
    } catch {
      // The error that brought us here is the one to report.
    }
  }
}

function statOrUndefined(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function isDirectoryAt(path: string): boolean {
  return statOrUndefined(path)?.isDirectory ?? false;
}

/** Whether something is there that a directory cannot be renamed over. */
function isTaken(path: string): boolean {
  const info = statOrUndefined(path);
  return info !== undefined && (!info.isDirectory || [...Deno.readDirSync(path)].length > 0);
}
