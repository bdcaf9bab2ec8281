/**
 * Checks declarations of image types. The plugins of users are plain JavaScript without type
 * checking, so each is checked once when it is loaded.
 *
 * @module
 */

import { CritError } from "../errors.ts";
import { type FieldSchema, hasMessage, Kind, messageSchema } from "../protobuf/schema.ts";
import type { Hint } from "./hints.ts";
import type { BytesExtra, EntryShape, Extra, ImageType } from "./image_type.ts";
import { dictTables, flagTables } from "./tables.ts";

const PARTS: ReadonlySet<string> = new Set([
  "name",
  "magic",
  "framing",
  "files",
  "number",
  "summary",
  "since",
  "entry",
  "extra",
  "head",
  "identities",
  "hints",
  "sameMagicAs",
  "raw",
  "proto",
]);

const NUMBERS: readonly unknown[] = [
  undefined,
  "pid",
  "tid",
  "files_id",
  "ghost_id",
  "tcp_inode",
  "shmid",
  "pages_id",
];

const FRAMINGS: readonly unknown[] = [undefined, "common", "service", "bare", "none"];

/**
 * Checks a declaration whose messages are known already.
 *
 * @throws {CritError} `usage`, with the wrong part as the field of the place
 */
export function checkDeclaration(type: ImageType): void {
  for (const part of Object.keys(type)) check(PARTS.has(part), part, "no such part");
  checkText(type.name, "name");
  checkText(type.summary, "summary");
  check(Array.isArray(type.files) && type.files.length > 0, "files", "not a list of file names");
  type.files.forEach((file, index) => checkText(file, `files[${index}]`));
  check(FRAMINGS.includes(type.framing), "framing", 'not "common", "service", "bare" or "none"');
  if (type.since !== undefined) checkText(type.since, "since");
  checkMagic(type);
  check(NUMBERS.includes(type.number), "number", "no such number");
  checkIdentities(type.identities);
  if (type.sameMagicAs !== undefined) checkText(type.sameMagicAs, "sameMagicAs");
  if (type.raw !== undefined) {
    checkText(type.raw, "raw");
    check(type.entry === undefined, "entry", "a raw image has none");
    return;
  }
  check(type.entry !== undefined, "entry", "missing (a raw image has raw in its place)");
  checkShape({ entry: type.entry, extra: type.extra }, "");
  if (type.head !== undefined) checkShape(type.head, "head.");
  checkHints(type.hints);
}

function check(holds: boolean, part: string, reason: string): asserts holds {
  if (!holds) throw new CritError("usage", reason, { field: part });
}

function checkText(value: unknown, part: string): void {
  check(typeof value === "string" && value !== "", part, "not a text");
}

function checkObject(value: unknown, part: string): void {
  check(typeof value === "object" && value !== null, part, "not an object");
}

function checkMagic({ magic, framing }: ImageType): void {
  if (framing === "none") return check(magic === undefined, "magic", 'framing "none" has no magic');
  const isU32 = Number.isInteger(magic) && magic === magic! >>> 0;
  check(isU32, "magic", "not a number of 32 bits");
}

function checkShape(shape: EntryShape, path: string): void {
  checkObject(shape, "head");
  check(hasMessage(shape.entry), `${path}entry`, `there is no message ${shape.entry}`);
  if (shape.extra !== undefined) checkExtra(shape.entry, shape.extra, `${path}extra`);
}

function checkExtra(message: string, extra: Extra, path: string): void {
  checkObject(extra, path);
  switch (extra.kind) {
    case "bytes":
      return checkBytes(message, extra, path);
    case "rest":
      return checkUnless(message, extra, path);
    case "numbers":
      checkPad(extra, path);
      return checkLength(message, extra.count, `${path}.count`);
    case "record":
      checkObject(extra.parts, `${path}.parts`);
      for (const [name, part] of Object.entries(extra.parts)) {
        checkObject(part, `${path}.parts.${name}`);
        checkBytes(message, part, `${path}.parts.${name}`);
      }
      return;
    case "messages":
      checkLength(message, extra.count, `${path}.count`);
      check(hasMessage(extra.message), `${path}.message`, `there is no message ${extra.message}`);
      checkObject(extra.bytes, `${path}.bytes`);
      return checkBytes(extra.message, extra.bytes, `${path}.bytes`);
    default:
      check(false, `${path}.kind`, 'not "bytes", "rest", "numbers", "record" or "messages"');
  }
}

function checkBytes(message: string, extra: BytesExtra, path: string): void {
  const { length } = extra;
  check(Array.isArray(length) && length.length > 0, `${path}.length`, "not a list of field names");
  length.forEach((name, index) => checkLength(message, name, `${path}.length[${index}]`));
  checkUnless(message, extra, path);
  if (extra.pad !== undefined) checkPad(extra, path);
}

function checkPad({ pad }: { pad?: number }, path: string): void {
  check(
    Number.isInteger(pad) && pad! > 0 && pad! <= 0xffff,
    `${path}.pad`,
    "not a number of bytes",
  );
}

function checkLength(message: string, name: string, path: string): void {
  const { kind, label } = fieldOf(message, name, path);
  const counts = kind < Kind.Bool && label !== "repeated";
  check(counts, path, `${message}.${name} is not an integer`);
}

function checkUnless(message: string, { unless }: { unless?: string }, path: string): void {
  if (unless === undefined) return;
  const { kind } = fieldOf(message, unless, `${path}.unless`);
  check(kind === Kind.Bool, `${path}.unless`, `${message}.${unless} is not a boolean`);
}

function fieldOf(message: string, name: string, part: string): FieldSchema {
  const field = messageSchema(message).byName.get(name);
  check(field !== undefined, part, `${message} has no field ${name}`);
  return field;
}

function checkIdentities(identities: ImageType["identities"] = {}): void {
  checkObject(identities, "identities");
  for (const [message, names] of Object.entries(identities)) {
    const path = `identities.${message}`;
    check(hasMessage(message), path, `there is no message ${message}`);
    check(Array.isArray(names) && names.length > 0, path, "not a list of field names");
    for (const name of names) {
      checkText(name, path);
      let owner = message;
      for (const part of name.split(".")) {
        check(hasMessage(owner), path, `${owner} is no message`);
        const { label, kind, typeName } = fieldOf(owner, part, path);
        check(label !== "repeated", path, `${owner}.${part} is a list`);
        owner = kind === Kind.Message ? typeName! : part;
      }
    }
  }
}

function checkHints(hints: ImageType["hints"] = {}): void {
  checkObject(hints, "hints");
  for (const [message, fields] of Object.entries(hints)) {
    const path = `hints.${message}`;
    check(hasMessage(message), path, `there is no message ${message}`);
    checkObject(fields, path);
    for (const [name, hint] of Object.entries(fields)) {
      checkHint(fieldOf(message, name, `${path}.${name}`), hint, `${path}.${name}`);
    }
  }
}

function checkHint({ kind, label }: FieldSchema, hint: Hint, path: string): void {
  const isInteger = kind < Kind.Bool;
  switch (hint) {
    case "hex":
      return check(isInteger || kind === Kind.Message, path, "hex is for integers and messages");
    case "dev":
    case "odev":
      return check(isInteger, path, `${hint} is for integers`);
    case "ip": {
      const isWords = kind === Kind.Uint32 && label === "repeated";
      return check(isWords, path, "ip is for repeated uint32");
    }
    case "unix_name":
      return check(kind === Kind.Bytes, path, "unix_name is for bytes");
  }
  const isTable = typeof hint === "object" && hint !== null && ("flags" in hint || "dict" in hint);
  check(isTable, path, "no such hint");
  check(isInteger, path, "flags and dict are for integers");
  const [table, tables] = "flags" in hint ? [hint.flags, flagTables] : [hint.dict, dictTables];
  if (typeof table === "string") check(Object.hasOwn(tables, table), path, `no table ${table}`);
  else check(Array.isArray(table) && table.every(isNamed), path, "not a list of [name, number]");
}

function isNamed(row: unknown): boolean {
  return Array.isArray(row) && typeof row[0] === "string" && Number.isSafeInteger(row[1]);
}
