/**
 * Edits of an extra: the raw bytes after a payload, in memory.
 *
 * @module
 */

import { Base64Decoder } from "../bytes/base64.ts";
import { type ByteOrder, numberBytes, numbersOf } from "../bytes/byte_order.ts";
import { encodeText } from "../bytes/utf8.ts";
import { type MessageTable, messageTable } from "../codec/table.ts";
import { dataError, inField } from "../errors.ts";
import { EXTRA, type ExtraPart } from "../image/extra_parts.ts";
import { WireWriter } from "../protobuf/wire.ts";
import { parseInteger } from "../types/hints.ts";
import type { Extra } from "../types/image_type.ts";
import { applyInside } from "./apply.ts";
import type { Edit } from "./edit.ts";
import { NoSuchField } from "./field_name.ts";
import type { PathStep } from "./path.ts";
import { RawMessage } from "./raw_message.ts";
import { encodeObject, listItems, objectMembers } from "./value.ts";

/** Depth of the extra in a path: it is a field of the entry. */
const DEPTH = 1;

/**
 * Applies an edit whose path leads into the extra.
 *
 * @returns the edited extra
 * @throws {CritError} `data` when the value is no such extra
 */
export function editExtra(
  edit: Edit,
  extra: Extra,
  parts: readonly ExtraPart[],
): readonly ExtraPart[] {
  try {
    const [own, ...rest] = edit.target.steps as [PathStep, ...PathStep[]];
    const { value } = edit;
    if (own.which === undefined && rest.length === 0) {
      edit.matches++;
      return value === undefined ? [] : extraFrom(extra, value, edit.byteOrder);
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
export function extraFrom(extra: Extra, text: string, order: ByteOrder): readonly ExtraPart[] {
  switch (extra.kind) {
    case "record":
      return [...objectMembers(text)].map(([name, value]) => {
        if (!Object.hasOwn(extra.parts, name)) {
          throw dataError("there is no such part", { field: name });
        }
        return { kind: "bytes", name, bytes: fromBase64(value) };
      });
    case "numbers":
      return [{ kind: "numbers", bytes: numberBytes(listItems(text).map(toNumber), order) }];
    case "messages": {
      const table = messageTable(extra.message, "pretty");
      return listItems(text).map((item, i) =>
        i % 2 === 0
          ? { kind: "message", bytes: encodeObject(table, item, order).payload }
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

function editRecord(
  edit: Edit,
  names: readonly string[],
  parts: readonly ExtraPart[],
  own: PathStep,
  rest: readonly PathStep[],
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
  { which }: PathStep,
  rest: readonly PathStep[],
): readonly ExtraPart[] {
  if (which === undefined || which.kind === "where" || rest.length > 0) {
    throw dataError("it is a list of numbers");
  }
  const bytes = parts[0]?.bytes ?? new Uint8Array();
  const { byteOrder } = edit;
  const numbers = numbersOf(bytes, byteOrder);
  if (which.kind === "append") {
    edit.matches++;
    return [{
      kind: "numbers",
      bytes: numberBytes([...numbers, toNumber(edit.value!)], byteOrder),
    }];
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
  return [{ kind: "numbers", bytes: numberBytes(edited, byteOrder), padding }];
}

/** Edits items of a flat list: message, bytes, message, bytes, … */
function editMessages(
  edit: Edit,
  table: MessageTable,
  parts: readonly ExtraPart[],
  { which }: PathStep,
  goesOn: boolean,
): readonly ExtraPart[] {
  if (which === undefined) throw dataError("it is a list: select an item", {}, "extra[0]");
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
  const bytes = part.kind === "message"
    ? encodeObject(table, value, edit.byteOrder).payload
    : fromBase64(value);
  return [{ kind: part.kind, bytes }];
}
