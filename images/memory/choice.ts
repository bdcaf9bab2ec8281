/** Selects memory of a dump by task, area and address. @module */

import type { VmaEntry } from "../../proto/types.ts";
import { Glob } from "../bytes/glob.ts";
import { baseName } from "../bytes/paths.ts";
import type { Dump } from "../dump/dump.ts";
import type { Task } from "../dump/task.ts";
import { hasStatus, isStack, mapsFile, mapsSharedMemory } from "../dump/vma.ts";
import { CritError } from "../errors.ts";
import { VMA } from "../kernel/memory.ts";

/** Addresses from `from` up to `to`. */
export interface AddressRange {
  /** First address. */
  readonly from: bigint;
  /** Address after the last one. */
  readonly to: bigint;
}

/** The selection; all memory by default. */
export interface MemoryChoice {
  /** Process ids. */
  readonly pids?: readonly number[];
  /** Kinds of areas ({@link AREA_WORDS}) and patterns of their names; one must match. */
  readonly areas?: readonly string[];
  /**
   * `rwx`: permissions that an area must have; with three characters, a `-` is one that it must
   * lack.
   */
  readonly perm?: string;
  /** Addresses. */
  readonly range?: AddressRange;
}

const KERNEL_MADE = VMA.VDSO | VMA.VVAR | VMA.VSYSCALL;

/** Words for kinds of areas. */
export const AREA_WORDS: Readonly<Record<string, (vma: VmaEntry) => boolean>> = {
  heap: (vma) => hasStatus(vma, VMA.HEAP),
  stack: isStack,
  anon: (vma) =>
    hasStatus(vma, VMA.ANON_PRIVATE) && !hasStatus(vma, VMA.HEAP | KERNEL_MADE) && !isStack(vma),
  file: mapsFile,
  shared: mapsSharedMemory,
  vdso: (vma) => hasStatus(vma, KERNEL_MADE),
};

/** Whether an area with this name is selected. */
export function isChosen(vma: VmaEntry, name: string, choice: MemoryChoice): boolean {
  const { areas = [], perm, range } = choice;
  if (range !== undefined && (vma.end <= range.from || vma.start >= range.to)) return false;
  if (perm !== undefined && !allows(vma.prot, perm)) return false;
  return areas.length === 0 || areas.some((area) => {
    return Object.hasOwn(AREA_WORDS, area) ? AREA_WORDS[area]!(vma) : fits(area, name);
  });
}

/** Whether a name matches a pattern; a pattern without a slash is compared with the last part. */
function fits(pattern: string, name: string): boolean {
  if (pattern === name) return true;
  const part = pattern.includes("/") ? name : baseName(name);
  return new Glob(pattern).fits(part);
}

/** Whether protection bits match `rwx`, a part of it, or `r-x`. */
function allows(prot: number, perm: string): boolean {
  return ["r", "w", "x"].every((letter, bit) => {
    const has = (prot >> bit & 1) !== 0;
    if (perm.includes(letter)) return has;
    return perm.length < 3 || !has;
  });
}

/**
 * The selected tasks, without dead ones.
 *
 * @throws {CritError} `usage` if a pid does not exist
 */
export function chosenTasks(dump: Dump, { pids = [] }: MemoryChoice): Task[] {
  const { error } = dump.image("pstree.img");
  if (error !== undefined) throw error;
  const known = new Set(dump.tasks.map(({ pid }) => pid));
  for (const pid of pids) {
    if (known.has(pid)) continue;
    throw new CritError("usage", `there is no task ${pid}`, {}, "crit x DUMP ps lists them");
  }
  return dump.tasks.filter(({ pid, isDead }) => {
    return !isDead && (pids.length === 0 || pids.includes(pid));
  });
}

/**
 * Reads `rwx`, a part of it, or three signs such as `r-x`.
 *
 * @throws {CritError} `usage`
 */
export function parsePerm(text: string): string {
  if (/^(r?w?x?|[r-][w-][x-])$/.test(text) && text !== "") return text;
  throw new CritError("usage", `${text} is not a permission: r, w, x, or all three as in r-x`);
}

/**
 * Reads an address: hexadecimal with or without `0x`.
 *
 * @throws {CritError} `usage`
 */
export function parseAddress(text: string): bigint {
  if (/^(0x)?[\da-f]{1,16}$/i.test(text)) return BigInt(`0x${text.replace(/^0x/i, "")}`);
  throw new CritError("usage", `${text} is not a hexadecimal address`);
}

/** Reads a number of bytes: decimal, or hexadecimal after `0x`. */
function parseLength(text: string): bigint {
  if (/^(\d{1,18}|0x[\da-f]{1,16})$/i.test(text)) return BigInt(text);
  throw new CritError("usage", `${text} is not a number of bytes`);
}

/**
 * Reads `ADDRESS-END` or `ADDRESS+LENGTH`.
 *
 * @param usual length in bytes of a range that is only an address; without it, such a range is
 * refused
 * @throws {CritError} `usage`
 */
export function parseRange(text: string, usual?: bigint): AddressRange {
  const [, first, sign, second] = /^([^+-]+)(?:([+-])(.+))?$/.exec(text) ?? [];
  if (first === undefined || second === undefined && usual === undefined) {
    throw new CritError("usage", `${text} is not a range: ADDRESS-END or ADDRESS+LENGTH`);
  }
  const from = parseAddress(first);
  const to = second === undefined
    ? from + usual!
    : sign === "+"
    ? from + parseLength(second)
    : parseAddress(second);
  if (to <= from) throw new CritError("usage", `${text}: the range is empty`);
  return { from, to };
}
