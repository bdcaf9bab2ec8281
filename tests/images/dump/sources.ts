/** Dumps for tests: the fixtures, and dumps made of bytes in memory. @module */

import { DirectorySource } from "../../../images/dump/directory.ts";
import { Dump } from "../../../images/dump/dump.ts";
import type { ImageFile, ImageSource } from "../../../images/dump/source.ts";
import { encodeImage, type Entry } from "../../../images/image/objects.ts";
import "../../../plugins/mod.ts";
import { ROOT } from "../../programs.ts";

/** Where the fixtures are. */
export const DUMPS = `${ROOT}fixtures/dumps`;

/** A fixture as a dump. */
export function fixture(name: string): Dump {
  return new Dump(new DirectorySource(`${DUMPS}/${name}`));
}

/** Files by name. */
export type Files = Record<string, Uint8Array>;

/** The regular files of a fixture. */
export function filesOf(name: string): Files {
  const source = new DirectorySource(`${DUMPS}/${name}`);
  return Object.fromEntries(
    [...source.files.keys()].map((file) => [file, Deno.readFileSync(`${source.path}/${file}`)]),
  );
}

/** An image of these entries. */
export function image(magic: string, entries: unknown[], version?: "1.0" | "1.1"): Uint8Array {
  return encodeImage({ type: magic, entries: entries as Entry[] }, version);
}

/** Files in memory; `parent` makes the dump that this one builds upon. */
export class MemorySource implements ImageSource {
  readonly files: ReadonlyMap<string, number>;
  /** How many files are open. */
  openFiles = 0;
  isClosed = false;

  constructor(
    readonly contents: Files,
    readonly parent?: () => ImageSource,
    readonly path = "memory",
    readonly identity = path,
  ) {
    this.files = new Map(Object.entries(contents).map(([name, { length }]) => [name, length]));
  }

  get parentLink(): string | undefined {
    return this.parent === undefined ? undefined : "../parent";
  }

  open(name: string): ImageFile {
    const bytes = this.contents[name]!;
    this.openFiles++;
    return {
      name,
      size: bytes.length,
      read(offset, into) {
        const piece = bytes.subarray(offset, offset + into.length);
        into.set(piece);
        return piece.length;
      },
      [Symbol.dispose]: () => {
        this.openFiles--;
      },
    };
  }

  openParent(): ImageSource {
    return this.parent!();
  }

  [Symbol.dispose](): void {
    this.isClosed = true;
  }
}

/** A dump in memory. */
export function dumpOf(contents: Files, parent?: () => ImageSource): Dump {
  return new Dump(new MemorySource(contents, parent));
}

/** What was found wrong, as text. */
export function faultsOf(dump: Dump): string[] {
  return dump.allFaults.map(({ message }) => message);
}
