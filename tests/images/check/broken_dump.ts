/** Copies of good dumps, to be broken in one way. @module */

import { checkDump, type CheckReport } from "../../../images/check/check.ts";
import type { Rule } from "../../../images/check/rule.ts";
import { RULES } from "../../../images/check/rules/mod.ts";
import { pagesName } from "../../../images/dump/extent.ts";
import { openDump } from "../../../images/dump/open.ts";
import { decodeObjects } from "../../../images/image/objects.ts";
import { encodeImage } from "../../../mod.ts";
import { DumpCopy } from "../../dumps.ts";
import { ROOT } from "../../programs.ts";

/** Fields of an entry, as a test reads and writes them. */
// deno-lint-ignore no-explicit-any
export type Fields = any;

/** Where the project's own dumps are. */
export const OWN = `${ROOT}fixtures/dumps`;

/** A copy of a dump that a test may break. */
export class BrokenDump extends DumpCopy {
  /** Path of a file of the copy. */
  file(name: string): string {
    return `${this.path}/${name}`;
  }

  /** Size of a file in bytes. */
  size(name: string): number {
    return Deno.statSync(this.file(name)).size;
  }

  /** Changes an image's entries, through the encoder. */
  edit(name: string, change: (entries: Fields[]) => void): void {
    const image = decodeObjects(Deno.readFileSync(this.file(name)), { name });
    change(image.entries);
    Deno.writeFileSync(this.file(name), encodeImage(image));
  }

  /** Changes an image's bytes. */
  bytes(name: string, change: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array | void): void {
    const bytes = Deno.readFileSync(this.file(name));
    Deno.writeFileSync(this.file(name), change(bytes) ?? bytes);
  }

  /** Cuts or lengthens a file, without holes, which would look punched. */
  resize(name: string, size: number): void {
    const before = this.size(name);
    Deno.truncateSync(this.file(name), Math.min(size, before));
    const more = new Uint8Array(Math.max(0, size - before)).fill(1);
    Deno.writeFileSync(this.file(name), more, { append: true });
  }

  remove(name: string): void {
    Deno.removeSync(this.file(name));
  }

  /** The id of the pages of a page map. */
  pagesOf(pageMap: string): string {
    const bytes = Deno.readFileSync(this.file(pageMap));
    return `pages-${decodeObjects(bytes).entries[0]!.pages_id}.img`;
  }
}

/**
 * A copy of one of the project's dumps. Some of these go without their pages, for their size: the
 * copy gets files that are as long.
 */
export async function copyOf(dump: string): Promise<BrokenDump> {
  const path = `${OWN}/${dump}`;
  const lack = lacks.get(path) ?? await lackOf(path);
  lacks.set(path, lack);
  const copy = new BrokenDump(path);
  if (lack.parent !== undefined) {
    copy.remove("parent");
    Deno.symlinkSync(lack.parent, copy.file("parent"));
  }
  fill(copy.path, lack);
  return copy;
}

/** What a copy of a dump goes without: a link to its parent, files of pages by their size. */
interface Lack {
  readonly parent: string | undefined;
  readonly pages: ReadonlyMap<string, number>;
}

/** By the path of the dump, which never changes. */
const lacks = new Map<string, Lack>();

async function lackOf(path: string): Promise<Lack> {
  using dump = await openDump(path);
  const pages = new Map<string, number>();
  for (const { name, type } of dump.dumpFiles) {
    if (type?.entry !== "pagemap_entry") continue;
    const map = dump.pageMap(name);
    if (dump.has(pagesName(map)) || map.storedPages === 0) continue;
    pages.set(pagesName(map), map.storedPages * 4096);
  }
  return { parent: dump.parent && Deno.realPathSync(dump.parent.path), pages };
}

/** Adds files of pages where a dump goes without; holes would look punched. */
export async function addPages(path: string): Promise<void> {
  fill(path, await lackOf(path));
}

function fill(path: string, { pages }: Lack): void {
  for (const [name, size] of pages) {
    Deno.writeFileSync(`${path}/${name}`, new Uint8Array(size).fill(1));
  }
}

/** Checks a dump against all rules. */
export async function checked(
  path: string,
  options: { parent?: string } = {},
): Promise<CheckReport> {
  using dump = await openDump(path, options);
  return checkDump(dump, RULES);
}

/** `rule  image: message` of each finding. */
export function linesOf({ findings }: CheckReport): string[] {
  return findings.map(({ rule, image, message }) => `${rule.id}  ${image}: ${message}`);
}

/** One way to break a dump, and the one rule that says so. */
export interface Break {
  readonly rule: string;
  /** The good dump: a directory of fixtures/dumps. */
  readonly dump: string;
  /** What is done to it, as a phrase. */
  readonly how: string;
  readonly break: (dump: BrokenDump) => void;
  /** Where the finding is; `count` is 1 when left out. */
  readonly image: string;
  readonly entry?: number;
  readonly field?: string;
  readonly message: RegExp;
  readonly count?: number;
}

/** The rule of this name. */
export function ruleOf(id: string): Rule {
  const rule = RULES.find((rule) => rule.id === id);
  if (rule === undefined) throw new Error(`there is no rule ${id}`);
  return rule;
}
