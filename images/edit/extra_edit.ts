/**
 * Edits of an extra: the raw bytes after a payload, in memory.
 *
 * @module
 */

import { Base64Decoder } from "../bytes/base64.ts";
import { encodeText } from "../bytes/utf8.ts";
import { type MessageTable, messageTable } from "../codec/table.ts";
import { type CritError, dataError, inField } from "../errors.ts";
import { type ExtraRun, planExtra } from "../image/extra.ts";
import { WireWriter } from "../protobuf/wire.ts";
import { parseInteger } from "../types/hints.ts";
import type { Extra } from "../types/image_type.ts";
import { applyInside } from "./apply.ts";
import type { Edit } from "./edit.ts";
import { NoSuchField } from "./field_name.ts";
import type { Step } from "./path.ts";
import { RawMessage } from "./raw_message.ts";
import { encodeObject, listItems, objectMembers } from "./value.ts";

/** The key of the extra in an entry's JSON. */
export const EXTRA = "extra";

/** One run of an extra. */
export interface ExtraPart {
  readonly kind: "bytes" | "numbers" | "message";
  /** Its name, in an extra of named parts. */
  readonly name?: string;
  readonly bytes: Uint8Array;
  /** The bytes that pad it, as they stood in the file; none: zeros. */
  readonly padding?: Uint8Array;
}

/** Depth of the extra in a path: it is a field of the entry. */
const DEPTH = 1;

/**
 * Carries out an edit whose path leads into the extra.
 *
 * @returns the extra as it is then
 * @throws {CritError} `data` when the value is no such extra
 */
export function editExtra(
  edit: Edit,
  extra: Extra,
  parts: readonly ExtraPart[],
): readonly ExtraPart[] {
  try {
    const [own, ...rest] = edit.target.steps as [Step, ...Step[]];
    const { value } = edit;
    if (own.which === undefined && rest.length === 0) {
      edit.matches++;
      return value === undefined ? [] : extraFrom(extra, value);
    }
    switch (extra.kind) {
      case "record":
        return editRecord(edit, Object.keys(extra.parts), parts, own, rest);
      case "numbers":
        return editNumbers(edit, parts, own, rest);
      case "messages":
        return editMessages(
          edit,
          messageTable(extra.message, "pretty"),
          parts,
          own,
          rest.length > 0,
        );
      default:
        throw dataError("it is bytes, without parts");
    }
  } catch (error) {
    throw error instanceof NoSuchField ? error : inField(error, EXTRA);
  }
}

/** An extra from its JSON, or from base64. @throws {CritError} `data` when it is none */
export function extraFrom(extra: Extra, text: string): readonly ExtraPart[] {
  switch (extra.kind) {
    case "record":
      return [...objectMembers(text)].map(([name, value]) => {
        if (!Object.hasOwn(extra.parts, name)) {
          throw dataError("there is no such part", { field: name });
        }
        return { kind: "bytes", name, bytes: fromBase64(value) };
      });
    case "numbers":
      return [{ kind: "numbers", bytes: packNumbers(listItems(text).map(toNumber)) }];
    case "messages": {
      const table = messageTable(extra.message, "pretty");
      return listItems(text).map((item, i) =>
        i % 2 === 0
          ? { kind: "message", bytes: encodeObject(table, item).payload }
          : { kind: "bytes", bytes: fromBase64(item) }
      );
    }
    default:
      return [{ kind: "bytes", bytes: fromBase64(text) }];
  }
}

/** Bytes of base64, in JSON's quotes or bare. */
function fromBase64(text: string): Uint8Array {
  const inside = /^\s*"(.*)"\s*$/s.exec(text)?.[1] ?? text;
  const out = new WireWriter(inside.length);
  const decoder = new Base64Decoder();
  if (!decoder.push(encodeText(inside), out) || !decoder.finish(out)) throw dataError("not base64");
  return out.view();
}

function toNumber(text: string): number {
  const number = parseInteger(text.replace(/^"(.*)"$/, "$1"));
  if (number === undefined) throw dataError(`${text} is not a number`);
  if (number < 0n || number > 0xffffn) throw dataError(`${number} is not in 0..65535`);
  return Number(number);
}

/** Numbers as u16, little-endian. */
function packNumbers(numbers: readonly number[]): Uint8Array {
  return Uint8Array.from(numbers.flatMap((number) => [number & 0xff, number >>> 8]));
}

function editRecord(
  edit: Edit,
  names: readonly string[],
  parts: readonly ExtraPart[],
  own: Step,
  rest: readonly Step[],
): readonly ExtraPart[] {
  const [part, further] = rest;
  if (own.which !== undefined || part === undefined || part.which || further) {
    throw dataError(`it has the parts ${names.join(" and ")}, which are bytes`);
  }
  const { field: name } = part;
  if (!names.includes(name)) {
    edit.missed(DEPTH + 1, `the extra has no part ${name}`, `it has ${names.join(" and ")}`);
    return parts;
  }
  edit.matches++;
  const bytes = edit.value === undefined ? new Uint8Array() : fromBase64(edit.value);
  return [...parts.filter((one) => one.name !== name), { kind: "bytes", name, bytes }];
}

function editNumbers(
  edit: Edit,
  parts: readonly ExtraPart[],
  { which }: Step,
  rest: readonly Step[],
): readonly ExtraPart[] {
  if (which === undefined || which.kind === "where" || rest.length > 0) {
    throw dataError("it is a list of numbers");
  }
  const bytes = parts[0]?.bytes ?? new Uint8Array();
  const numbers = Array.from(
    { length: bytes.length / 2 },
    (_, i) => bytes[2 * i]! | bytes[2 * i + 1]! << 8,
  );
  if (which.kind === "append") {
    edit.matches++;
    return [{ kind: "numbers", bytes: packNumbers([...numbers, toNumber(edit.value!)]) }];
  }
  const isMeant = numbers.map((_, i) => edit.takes(which, i, numbers.length, undefined));
  const count = isMeant.filter((one) => one).length;
  if (count === 0) edit.missedItem(DEPTH, which, numbers.length, "number");
  edit.matches += count;
  const { value } = edit;
  const edited = value === undefined
    ? numbers.filter((_, i) => !isMeant[i])
    : numbers.map((number, i) => isMeant[i] ? toNumber(value) : number);
  const isLong = edited.length === numbers.length;
  const padding = isLong ? parts[0]?.padding : undefined;
  return [{ kind: "numbers", bytes: packNumbers(edited), padding }];
}

/** Edits items of a flat list: message, bytes, message, bytes, … */
function editMessages(
  edit: Edit,
  table: MessageTable,
  parts: readonly ExtraPart[],
  { which }: Step,
  goesOn: boolean,
): readonly ExtraPart[] {
  if (which === undefined) throw dataError("it is a list: say which of its items", {}, "extra[0]");
  if (which.kind === "append") throw dataError("set the whole list to make it longer");
  const asMessage = ({ kind, bytes }: ExtraPart) =>
    kind === "message" ? () => ({ table, bytes, from: 0, to: bytes.length }) : undefined;
  const isMeant = parts.map((part, i) =>
    edit.attempt(DEPTH, () => edit.takes(which, i, parts.length, asMessage(part))) ?? false
  );
  if (!isMeant.includes(true)) edit.missedItem(DEPTH, which, parts.length, "item");
  return parts.flatMap((part, i) => {
    // A message and the bytes that follow it go together.
    const withMessage = edit.value === undefined && !goesOn && i % 2 === 1 && isMeant[i - 1];
    if (withMessage) return [];
    return isMeant[i] ? editItem(edit, table, part, goesOn) : [part];
  });
}

function editItem(
  edit: Edit,
  table: MessageTable,
  part: ExtraPart,
  goesOn: boolean,
): ExtraPart[] {
  const { value } = edit;
  if (goesOn) {
    if (part.kind !== "message") throw dataError("the bytes of an item have no fields");
    const message = new RawMessage(table, part.bytes);
    edit.matches += applyInside(edit, message, DEPTH);
    return [{ ...part, bytes: message.bytes() }];
  }
  edit.matches++;
  if (value === undefined) {
    return part.kind === "message" ? [] : [{ kind: "bytes", bytes: new Uint8Array() }];
  }
  const bytes = part.kind === "message" ? encodeObject(table, value).payload : fromBase64(value);
  return [{ kind: part.kind, bytes }];
}

/**
 * Appends an extra to its payload.
 *
 * @throws {CritError} `data` when its lengths are not those that the payload says
 */
export function writeExtra(
  writer: WireWriter,
  extra: Extra,
  message: string,
  payload: Uint8Array,
  parts: readonly ExtraPart[],
): void {
  const plan = planExtra(extra, message, payload);
  const named = new Map(parts.map((part) => [part.name, part]));
  let next = 0;
  try {
    for (let step = plan.next(); !step.done;) {
      const run = step.value;
      const part = run.part === undefined ? parts[next] : named.get(run.part);
      next++;
      if (part === undefined ? run.kind === "message" : part.kind !== run.kind) {
        const reason = `it has ${parts.length} items, not what the entry says`;
        throw dataError(reason, {}, lengthHint(extra));
      }
      writeRun(writer, extra, run, part);
      step = plan.next(run.kind === "message" ? part!.bytes : undefined);
    }
    const more = extra.kind === "record" ? [] : parts.slice(next);
    const spare = more.find(({ kind, bytes }) => kind === "message" || bytes.length > 0);
    if (spare !== undefined) throw contradiction(extra, spare.bytes.length, 0);
  } catch (error) {
    throw inField(error, EXTRA);
  }
}

/** Appends one run and its padding; no part is an empty one. */
function writeRun(
  writer: WireWriter,
  extra: Extra,
  run: ExtraRun,
  part: ExtraPart | undefined,
): void {
  const bytes = part?.bytes ?? new Uint8Array();
  if (run.kind === "message") writer.fixed32(bytes.length);
  else if (run.length !== Infinity && bytes.length !== run.length) {
    throw contradiction(extra, bytes.length, run.length);
  }
  writer.raw(bytes);
  const isPadded = part?.padding?.length === run.padding;
  writer.raw(isPadded ? part!.padding! : new Uint8Array(run.padding));
}

/** The error when an extra is not as long as the entry says. */
export function contradiction(extra: Extra, given: number, said: number): CritError {
  return dataError(`it has ${given} bytes, the entry says ${said}`, {}, lengthHint(extra));
}

/** Which fields have to agree with the extra. */
function lengthHint(extra: Extra): string | undefined {
  switch (extra.kind) {
    case "rest":
      return extra.unless && `${extra.unless} says whether there is any`;
    case "record":
      return `set ${Object.values(extra.parts).flatMap(({ length }) => length).join(" or ")} too`;
    case "bytes":
      return `set ${extra.length.join(" and ")} too`;
    default:
      return `set ${extra.count} too`;
  }
}
