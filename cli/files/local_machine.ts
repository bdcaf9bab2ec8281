/**
 * The machine that crit runs on, as `crit preflight` asks it. Nothing is changed.
 *
 * @module
 */

import { joinBytes } from "../../images/bytes/bytes.ts";
import { buildIdOf } from "../../images/dump/build_id.ts";
import { DirectoryFile, namesIn } from "../../images/dump/directory.ts";
import type { FileFacts, Machine, NoFile } from "../../images/restore/machine.ts";

/** Largest text that is read, in bytes: files of /proc have no size. */
const LARGEST_TEXT = 1 << 24;
/** How far CRIU looks into a file for its build id, in bytes (BUILD_ID_MAP_SIZE). */
const LOOKED_AT = 1 << 20;
/** Most symbolic links that are followed below another root. */
const MOST_LINKS = 40;

/** The machine, with the paths of the dump below a directory. */
export class LocalMachine implements Machine {
  readonly root: string;
  readonly #facts = new Map<string, FileFacts | NoFile>();
  readonly #texts = new Map<string, string | undefined>();
  #idsAsked = 0;
  #idsInUse: ReadonlySet<string> | undefined;
  readonly #buildIds = new Map<string, Uint8Array | undefined>();

  constructor(root = "/") {
    this.root = root;
  }

  get isTerminal(): boolean {
    return Deno.stdin.isTerminal();
  }

  get user(): number | undefined {
    return Deno.uid() ?? undefined;
  }

  get architecture(): string {
    return Deno.build.arch;
  }

  stat(path: string): FileFacts | NoFile {
    let facts = this.#facts.get(path);
    if (facts === undefined) this.#facts.set(path, facts = this.#look(path));
    return facts;
  }

  #look(path: string): FileFacts | NoFile {
    const real = this.#resolve(path);
    if (real === undefined) return "absent";
    return attempt(() => {
      const { size, mode } = Deno.statSync(real);
      return mode === null ? "unreadable" : { size: BigInt(size), mode };
    });
  }

  buildId(path: string): Uint8Array | undefined {
    if (!this.#buildIds.has(path)) this.#buildIds.set(path, this.#readBuildId(path));
    return this.#buildIds.get(path);
  }

  #readBuildId(path: string): Uint8Array | undefined {
    const real = this.#resolve(path);
    if (real === undefined) return undefined;
    const found = attempt(() => {
      using file = new DirectoryFile(real, Deno.openSync(real));
      return buildIdOf(file, LOOKED_AT) ?? "absent";
    });
    return typeof found === "string" ? undefined : found;
  }

  isRootMounted(): boolean | undefined {
    const text = this.readText("/proc/self/mountinfo");
    const real = attempt(() => Deno.realPathSync(this.root));
    if (text === undefined || real === "absent" || real === "unreadable") return undefined;
    return text.split("\n").some((line) => unescaped(line.split(" ")[4] ?? "") === real);
  }

  readText(path: string, most?: number): string | undefined {
    if (most !== undefined) return textAt(path, most);
    if (!this.#texts.has(path)) this.#texts.set(path, textAt(path, LARGEST_TEXT));
    return this.#texts.get(path);
  }

  exists(path: string): boolean {
    // To find no file is dear: for many process ids it is faster to list those that there are.
    const id = OF_PROCESS.exec(path)?.[1];
    if (id !== undefined && ++this.#idsAsked > FEW_IDS) {
      return (this.#idsInUse ??= idsInUse()).has(id);
    }
    return attempt(() => Deno.lstatSync(path)) !== "absent";
  }

  hasProgram(name: string): boolean {
    const directories = `${Deno.env.get("PATH") ?? ""}:/usr/sbin:/sbin`.split(":");
    return directories.some((directory) => {
      const found = attempt(() => Deno.statSync(`${directory}/${name}`));
      return typeof found !== "string" && found.isFile && ((found.mode ?? 0) & 0o111) !== 0;
    });
  }

  /** The path below {@link root}: links lead where they would with that as the root directory. */
  #resolve(path: string): string | undefined {
    const base = this.root.replace(/\/+$/, "");
    if (base === "") return path;
    let parts = path.split("/");
    const done: string[] = [];
    for (let links = 0; parts.length > 0;) {
      const [part, ...rest] = parts;
      parts = rest;
      if (part === "" || part === ".") continue;
      if (part === "..") {
        done.pop();
        continue;
      }
      const here = `${base}/${[...done, part].join("/")}`;
      const target = attempt(() => Deno.lstatSync(here).isSymlink ? Deno.readLinkSync(here) : "");
      if (target === "" || target === "absent" || target === "unreadable") {
        done.push(part!);
        continue;
      }
      if (++links > MOST_LINKS) return undefined;
      if (target.startsWith("/")) done.length = 0;
      parts = [...target.split("/"), ...parts];
    }
    return `${base}/${done.join("/")}`;
  }
}

/** `/proc/12` */
const OF_PROCESS = /^\/proc\/([1-9]\d*)$/;

/** How many process ids are looked up one by one. */
const FEW_IDS = 100;

/** The ids of all processes and threads. */
function idsInUse(): Set<string> {
  const isNumber = (name: string) => /^\d+$/.test(name);
  const processes = namesIn("/proc").filter(isNumber);
  return new Set([...processes, ...processes.flatMap((id) => namesIn(`/proc/${id}/task`))]);
}

/** What `look` gives, or why it could not. */
function attempt<T>(look: () => T): T | NoFile {
  try {
    return look();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return "absent";
    }
    // Of what Deno does not let crit see, nothing may be said.
    if (error instanceof Deno.errors.NotCapable) throw error;
    if (error instanceof Error) return "unreadable";
    throw error;
  }
}

function textAt(path: string, most: number): string | undefined {
  const found = attempt(() => {
    using file = Deno.openSync(path);
    return new TextDecoder("latin1").decode(readSome(file, most));
  });
  return found === "absent" || found === "unreadable" ? undefined : found;
}

/** Reads up to `size` bytes. */
function readSome(file: Deno.FsFile, size: number): Uint8Array {
  const pieces: Uint8Array[] = [];
  for (let left = size; left > 0;) {
    const piece = new Uint8Array(Math.min(left, 1 << 16));
    const count = file.readSync(piece);
    if (count === null) break;
    pieces.push(piece.subarray(0, count));
    left -= count;
  }
  return joinBytes(pieces);
}

/** A path as /proc/self/mountinfo writes it: blanks are octal. */
function unescaped(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, code) => String.fromCharCode(parseInt(code, 8)));
}
