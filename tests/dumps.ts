/** The dumps that the tests run on. @module */

import { isWithout, ROOT } from "./programs.ts";

/** Real dumps beside the checkout, where they are; the project's own are in fixtures/dumps. */
export const SHARED = `${ROOT}../shared/`;

/** Whether there is a directory of this path. */
export function isDirectory(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

/**
 * Whether the tests are thorough, as `$CRIT_THOROUGH` asks and `.ci/run` does: they damage images in
 * more places, stream more bytes, and sweep all dumps beside the checkout. That takes five times as
 * long. What it finds becomes a fixture.
 */
export const THOROUGH: boolean = Deno.env.has("CRIT_THOROUGH");

/** For a test's `ignore`: whether it takes seconds and is left to thorough runs. */
export function isQuick(): boolean {
  return isWithout("$CRIT_THOROUGH", THOROUGH);
}

/** How often a test that damages images at random does it: `count` times if it is thorough. */
export function rounds(count: number): number {
  return THOROUGH ? count : Math.ceil(count / 8);
}

/** Whether tests sweep all dumps beside the checkout. */
export const SWEEPS: boolean = THOROUGH && isDirectory(`${SHARED}dumps`);

/** For a test's `ignore`: whether it is a sweep that nobody asked for. */
export function isNotSwept(): boolean {
  return isWithout("$CRIT_THOROUGH and dumps in ../shared", SWEEPS);
}

/** Directories below `path` that hold a dump, by their path below it. */
export function* dumpsIn(path: string, below = ""): Generator<string> {
  const entries = [...Deno.readDirSync(`${path}/${below}`)];
  if (entries.some(({ name }) => name === "pstree.img")) yield below;
  for (const { name, isDirectory } of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (isDirectory) yield* dumpsIn(path, below === "" ? name : `${below}/${name}`);
  }
}

/** Punches pages of 4 KiB out of a file, as CRIU does: holes that read as zeros. */
export function punch(path: string, isPunched: (page: number) => boolean): void {
  const bytes = Deno.readFileSync(path);
  using file = Deno.openSync(path, { write: true, truncate: true });
  file.truncateSync(bytes.length);
  for (let page = 0; page * 4096 < bytes.length; page++) {
    if (isPunched(page)) continue;
    file.seekSync(page * 4096, Deno.SeekMode.Start);
    file.writeSync(bytes.subarray(page * 4096, (page + 1) * 4096));
  }
  file.syncDataSync();
}

/** Copies a dump, links included, into a temporary directory that goes with the copy. */
export class DumpCopy implements Disposable {
  readonly path: string = Deno.makeTempDirSync({ prefix: "crit-dump-" });

  constructor(from: string) {
    for (const { name, isFile, isSymlink } of Deno.readDirSync(from)) {
      if (isFile) Deno.copyFileSync(`${from}/${name}`, `${this.path}/${name}`);
      if (isSymlink) Deno.symlinkSync(Deno.readLinkSync(`${from}/${name}`), `${this.path}/${name}`);
    }
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}
