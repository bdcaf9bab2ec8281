/**
 * Display hints of fields, and how values with hints are printed and read.
 *
 * @module
 */

import { type ByteOrder, setWordAt, wordAt } from "../bytes/byte_order.ts";
import { dataError } from "../errors.ts";
import type { NumberTable } from "../kernel/names.ts";
import { dictTables, flagTables, type NumberNames } from "./tables.ts";

/**
 * How the pretty form shows a field. A table is given in full or by its name in
 * `images/types/tables.ts`.
 *
 * - `hex`: `"0x1f"`; on a message field it goes for every integer below
 * - `dev`: `"major:minor"` of the kernel's encoding (major = value >> 20)
 * - `odev`: `"major:minor"` of the C library's `makedev` encoding
 * - `ip`: on a repeated uint32 of network-order words: an IPv4 or IPv6 address
 * - `unix_name`: quoted-printable, in the compact form too
 * - flags: names of the set bits, joined by ` | `
 * - dict: name of the value
 *
 * The names that CRIU's own tool prints are printed; every name of the table is read.
 */
export type Hint =
  | "hex"
  | "dev"
  | "odev"
  | "ip"
  | "unix_name"
  | { readonly flags: string | NumberNames }
  | { readonly dict: string | NumberNames };

/** Hints by message name, then by field name. */
export type Hints = Readonly<Record<string, Readonly<Record<string, Hint>>>>;

const hintsOf = new Map<string, Readonly<Record<string, Hint>>>();

/** The hint of a field, if a plugin has given one. */
export function hintOf(message: string, field: string): Hint | undefined {
  const hints = hintsOf.get(message);
  return hints !== undefined && Object.hasOwn(hints, field) ? hints[field] : undefined;
}

/** Adds hints; a field's earlier hint is replaced. */
export function addHints(hints: Hints): void {
  for (const message of Object.keys(hints)) {
    const known = hintsOf.get(message);
    hintsOf.set(message, known === undefined ? hints[message]! : { ...known, ...hints[message] });
  }
}

/** Prints an integer by its hint; `undefined` for a plain number. */
export type Format = (value: bigint) => string | undefined;

/** Reads the text that {@link Format} prints; `undefined` for other notations of a number. */
export type Parse = (text: string) => bigint | undefined;

/** How an integer with this hint is printed; none for the hints of other kinds of field. */
export function formatOf(hint: Hint): Format | undefined {
  if (hint === "hex") return formatHex;
  if (hint === "dev") return formatDev;
  if (hint === "odev") return formatOdev;
  if (typeof hint === "string") return undefined;
  if ("flags" in hint) {
    const table = printedNames(hint.flags, flagTables);
    return table.length === 0 ? formatHex : (value) => formatFlags(table, value);
  }
  const table = printedNames(hint.dict, dictTables);
  if (table.length === 0) return undefined;
  return (value) => table.find(([, known]) => BigInt(known) === value)?.[0];
}

/** How an integer with this hint is read back from text. */
export function parseOf(hint: Hint): Parse | undefined {
  if (hint === "dev") return (text) => parseDevice(text, (major, minor) => major << 20n | minor);
  if (hint === "odev") return (text) => parseDevice(text, makedev);
  if (typeof hint === "string") return undefined;
  // Only who reads text needs the names.
  let known: ReadonlyMap<string, bigint> | undefined;
  if ("flags" in hint) {
    return (text) => parseFlags(known ??= readNames(hint.flags, flagTables), text);
  }
  // Views print a value with a bit beside it: `RR|RESET_ON_FORK`.
  return (text) => {
    const values = known ??= readNames(hint.dict, dictTables);
    return values.get(text) ?? (text.includes("|") ? parseFlags(values, text) : undefined);
  };
}

/**
 * Names that CRIU's own tool prints for one value though they are another's, each with what it is
 * to say about it; undefined if there are none.
 */
export function misleadingNames(hint: Hint): ReadonlyMap<string, string> | undefined {
  if (typeof hint === "string" || !("dict" in hint) || typeof hint.dict !== "string") {
    return undefined;
  }
  const { rows } = dictTables[hint.dict] ?? { rows: [] };
  const names = rows.flatMap(([value, name, crit]) => {
    if (typeof crit !== "string") return [];
    const other = rows.find(([, known]) => known === crit.toLowerCase());
    if (other === undefined || other[0] === value) return [];
    const reason = `${crit} is what CRIU's crit calls ${value} (${name}) by mistake`;
    return [[crit, `${reason}: write ${other[1]} for ${other[0]}, ${name} for ${value}`] as const];
  });
  return names.length === 0 ? undefined : new Map(names);
}

/** The names that the pretty form prints: those that CRIU's own tool prints. */
function printedNames(
  table: string | NumberNames,
  tables: Readonly<Record<string, NumberTable>>,
): NumberNames {
  if (typeof table !== "string") return table;
  return (tables[table]?.rows ?? []).flatMap(([value, name, crit]) =>
    crit === undefined ? [] : [[typeof crit === "string" ? crit : name, value] as const]
  );
}

/** All names that are read back: those that are printed, and the kernel's. */
function readNames(
  table: string | NumberNames,
  tables: Readonly<Record<string, NumberTable>>,
): Map<string, bigint> {
  const values = new Map<string, bigint>();
  const add = (name: string, value: number) => {
    if (!values.has(name)) values.set(name, BigInt(value));
  };
  for (const [name, value] of printedNames(table, tables)) add(name, value);
  const { prefix, rows } = (typeof table === "string" ? tables[table] : undefined) ??
    { prefix: "", rows: [] };
  for (const [value, name] of rows) {
    add(name, value);
    add(prefix + name, value);
  }
  return values;
}

/** `0x1f`; a negative number as the reference tool has it, `0x-5`. */
export function formatHex(value: bigint): string {
  return `0x${value.toString(16)}`;
}

/** The kernel's new encoding (include/linux/kdev_t.h): minor in the low 20 bits. */
function formatDev(value: bigint): string {
  return `${value >> 20n}:${value & 0xfffffn}`;
}

/** The C library's encoding (glibc's bits/sysmacros.h): 12 + 20 bits of major, 8 + 24 of minor. */
function formatOdev(value: bigint): string {
  const major = value >> 8n & 0xfffn | value >> 32n & 0xfffff000n;
  const minor = value & 0xffn | value >> 12n & 0xffffff00n;
  return `${major}:${minor}`;
}

function makedev(major: bigint, minor: bigint): bigint {
  return (major & 0xfffn) << 8n | (major & 0xfffff000n) << 32n | minor & 0xffn |
    (minor & 0xffffff00n) << 12n;
}

function parseDevice(
  text: string,
  join: (major: bigint, minor: bigint) => bigint,
): bigint | undefined {
  const match = /^(\d+):(\d+)$/.exec(text);
  return match === null ? undefined : join(BigInt(match[1]!), BigInt(match[2]!));
}

function formatFlags(table: NumberNames, value: bigint): string {
  const set = table.filter(([, bit]) => (value & BigInt(bit)) !== 0n);
  const names = set.map(([name]) => name);
  const left = set.reduce((rest, [, bit]) => rest & ~BigInt(bit), value);
  if (left !== 0n) names.push(formatHex(left));
  return names.join(" | ");
}

function parseFlags(values: ReadonlyMap<string, bigint>, text: string): bigint | undefined {
  if (text.trim() === "") return 0n;
  let value = 0n;
  for (const part of text.split("|").map((word) => word.trim())) {
    const number = values.get(part) ?? parseInteger(part);
    if (number === undefined) return undefined;
    value |= number;
  }
  return value;
}

/** A whole number as users write it: `31`, `0x1f`, `0o37`, `-5`, `-0x5`, `0x-5`. */
export function parseInteger(text: string): bigint | undefined {
  const match = /^\s*([-+]?)(0[xX]-?[0-9a-fA-F]+|0[oO]-?[0-7]+|0[bB]-?[01]+|\d+)\s*$/.exec(text);
  if (match === null) return undefined;
  const negative = (match[1] === "-") !== match[2]!.includes("-");
  const value = BigInt(match[2]!.replace("-", ""));
  return negative ? -value : value;
}

/**
 * An IP address from the words of a network-order array: one word IPv4, four IPv6.
 * `undefined` for any other count.
 *
 * @param order of the machine that the words are from
 */
export function formatAddress(words: readonly number[], order: ByteOrder): string | undefined {
  const memory = new Uint8Array(words.length * 4);
  words.forEach((word, i) => setWordAt(memory, i * 4, word, order));
  const bytes = [...memory];
  if (words.length === 1) return bytes.join(".");
  if (words.length !== 4) return undefined;
  const groups = Array.from({ length: 8 }, (_, i) => (bytes[2 * i]! << 8 | bytes[2 * i + 1]!));
  return compressGroups(groups);
}

/** RFC 5952: the longest run of two zero groups or more, the first of equals, becomes `::`. */
function compressGroups(groups: readonly number[]): string {
  let best = { start: 0, length: 1 };
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (start + length < 8 && groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  const text = groups.map((group) => group.toString(16));
  if (best.length < 2) return text.join(":");
  return `${text.slice(0, best.start).join(":")}::${
    text.slice(best.start + best.length).join(":")
  }`;
}

/**
 * The words of an IP address.
 *
 * @throws {CritError} `data` when the text is no address
 */
export function parseIpAddress(text: string, order: ByteOrder): number[] {
  const bytes = text.includes(":") ? parseIpv6(text) : parseIpv4(text);
  if (bytes === undefined) throw dataError(`${JSON.stringify(text)} is not an IP address`);
  const memory = Uint8Array.from(bytes);
  return Array.from({ length: memory.length / 4 }, (_, i) => wordAt(memory, i * 4, order));
}

function parseIpv4(text: string): number[] | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  const bytes = match?.slice(1).map(Number);
  return bytes?.every((byte) => byte < 256) ? bytes : undefined;
}

function parseIpv6(text: string): number[] | undefined {
  const dotted = /^(.*:)([^:]*\.[^:]*)$/.exec(text);
  if (dotted !== null) {
    const last = parseIpv4(dotted[2]!);
    if (last === undefined) return undefined;
    const [a, b, c, d] = last as [number, number, number, number];
    return parseIpv6(`${dotted[1]}${(a << 8 | b).toString(16)}:${(c << 8 | d).toString(16)}`);
  }
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half) => half === "" ? [] : half.split(":"));
  const missing = 8 - head!.length - (tail?.length ?? 0);
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head!, ...Array(missing).fill("0"), ...tail ?? []];
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  return groups.flatMap((group) => [parseInt(group, 16) >> 8, parseInt(group, 16) & 255]);
}
