/** Directories compared, links and all. @module */

import assert from "node:assert/strict";
import { randomNumbers } from "../../tools/bench_images.ts";

/** Every name below a directory, with what it is: a file's bytes, a link's text or a directory. */
export function readTree(path: string, below = ""): Map<string, Uint8Array | string> {
  const tree = new Map<string, Uint8Array | string>();
  const names = [...Deno.readDirSync(`${path}/${below}`)].sort((a, b) => a.name < b.name ? -1 : 1);
  for (const { name, isDirectory, isSymlink } of names) {
    const place = below === "" ? name : `${below}/${name}`;
    if (isSymlink) tree.set(place, `link to ${Deno.readLinkSync(`${path}/${place}`)}`);
    else if (isDirectory) {
      tree.set(place, "directory");
      for (const [inner, what] of readTree(path, place)) tree.set(inner, what);
    } else tree.set(place, Deno.readFileSync(`${path}/${place}`));
  }
  return tree;
}

/** Two directories have the same names, contents and links. */
export function assertSameTrees(actual: string, expected: string): void {
  const [left, right] = [readTree(actual), readTree(expected)];
  assert.deepEqual([...left.keys()], [...right.keys()]);
  for (const [place, what] of right) assert.deepEqual(left.get(place), what, place);
}

/** A directory that is gone when the test ends. */
export class Temporary implements Disposable {
  readonly path: string = Deno.makeTempDirSync();

  /** A path in it. */
  at(place: string): string {
    return `${this.path}/${place}`;
  }

  /** Makes a directory in it with files of text or bytes. */
  directory(place: string, files: Readonly<Record<string, string | Uint8Array>>): string {
    const path = this.at(place);
    for (const [name, content] of Object.entries(files)) {
      const file = `${path}/${name}`;
      Deno.mkdirSync(file.slice(0, file.lastIndexOf("/")), { recursive: true });
      if (typeof content === "string") Deno.writeTextFileSync(file, content);
      else Deno.writeFileSync(file, content);
    }
    return path;
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

/** Bytes that a seed determines. */
export function randomBytes(count: number, seed: number): Uint8Array {
  const random = randomNumbers(seed);
  return Uint8Array.from({ length: count }, () => random() & 0xff);
}
