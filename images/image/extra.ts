/**
 * Extras: the raw bytes after a payload, whose layout follows from fields of the payload.
 *
 * @module
 */

import { dataError } from "../errors.ts";
import { Kind, messageSchema, wireType } from "../protobuf/schema.ts";
import { lastNumber } from "../protobuf/wire.ts";
import type { BytesExtra, Extra } from "../types/image_type.ts";

/** One run of an extra. */
export interface ExtraRun {
  /** Kind of data: bytes, u16 numbers, or a message's payload after its u32 size. */
  readonly kind: "bytes" | "numbers" | "message";
  /** Length in bytes; not for messages, whose size is in the file. `Infinity`: to the end. */
  readonly length: number;
  /** Zero bytes that follow as padding. */
  readonly padding: number;
  /** Name of the part in a {@link RecordExtra}. */
  readonly part?: string;
  /** Message type, for a message. */
  readonly message?: string;
}

/** A plan of runs; after a message, `next` needs its payload to return the next run. */
export type ExtraPlan = Generator<ExtraRun, void, Uint8Array | undefined>;

/** Longest extra that a file can hold: offsets are exact doubles. */
const LONGEST = Number.MAX_SAFE_INTEGER;

/**
 * The runs of an extra, in file order.
 *
 * @param message name of the payload's message
 * @throws {CritError} `data` when a length field is negative or beyond what a file can be
 */
export function* planExtra(extra: Extra, message: string, payload: Uint8Array): ExtraPlan {
  switch (extra.kind) {
    case "bytes": {
      const run = bytesRun(extra, message, payload);
      if (run !== undefined) yield run;
      return;
    }
    case "rest":
      if (extra.unless !== undefined && field(message, extra.unless, payload) !== 0) return;
      yield { kind: "bytes", length: Infinity, padding: 0 };
      return;
    case "numbers": {
      const length = field(message, extra.count, payload) * 2;
      yield { kind: "numbers", length, padding: paddingOf(length, extra.pad) };
      return;
    }
    case "record":
      for (const [part, bytes] of Object.entries(extra.parts)) {
        const run = bytesRun(bytes, message, payload);
        if (run !== undefined) yield { ...run, part };
      }
      return;
    case "messages": {
      const count = field(message, extra.count, payload);
      for (let i = 0; i < count; i++) {
        const inner = yield { kind: "message", length: 0, padding: 0, message: extra.message };
        const run = bytesRun(extra.bytes, extra.message, inner ?? new Uint8Array());
        if (run !== undefined) yield run;
      }
    }
  }
}

function bytesRun(extra: BytesExtra, message: string, payload: Uint8Array): ExtraRun | undefined {
  if (extra.unless !== undefined && field(message, extra.unless, payload) !== 0) return undefined;
  let length = 0;
  for (const name of extra.length) length += field(message, name, payload);
  if (length > LONGEST) throw dataError(`an extra of ${length} bytes is impossible`);
  return { kind: "bytes", length, padding: paddingOf(length, extra.pad ?? 1) };
}

/** Bytes of a run in the file besides its data: padding, and the size before a message. */
export function overheadOf({ kind, padding }: ExtraRun): number {
  return padding + (kind === "message" ? 4 : 0);
}

/** Bytes that pad `length` to a multiple of `pad`. */
export function paddingOf(length: number, pad: number): number {
  return (pad - length % pad) % pad;
}

/** Value of a number field of a payload, 0 when absent; the last of several counts. */
function field(message: string, name: string, payload: Uint8Array): number {
  const schema = messageSchema(message).byName.get(name);
  if (schema === undefined || schema.kind >= Kind.String) {
    throw dataError(`${message} has no number field ${name}`);
  }
  const number = lastNumber(payload, schema.number, wireType(schema.kind));
  if (number === undefined) return 0;
  const { lo, hi } = number;
  if (schema.kind === Kind.Int32 && (lo | 0) < 0) {
    throw dataError(`a length of ${lo | 0} bytes is impossible`, { field: name });
  }
  const isNarrow = schema.kind === Kind.Uint32 || schema.kind === Kind.Int32;
  return isNarrow ? lo : hi * 2 ** 32 + lo;
}
