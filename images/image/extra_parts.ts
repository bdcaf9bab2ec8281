/**
 * An extra in memory as a list of runs. It is collected while an image is read, and written after a
 * payload whose lengths must match.
 *
 * @module
 */

import type { ByteOrder } from "../bytes/byte_order.ts";
import { joinBytes } from "../bytes/bytes.ts";
import { type CritError, dataError, inField } from "../errors.ts";
import type { WireWriter } from "../protobuf/wire.ts";
import type { Extra } from "../types/image_type.ts";
import { type ExtraRun, planExtra } from "./extra.ts";

/** The key of the extra in an entry's JSON. */
export const EXTRA = "extra";

/** One run of an extra. */
export interface ExtraPart {
  readonly kind: ExtraRun["kind"];
  /** Its name, in an extra of named parts. */
  readonly name?: string;
  /** As in the file; of a message without its size. */
  readonly bytes: Uint8Array;
  /** The padding in the file; zeros if undefined. */
  readonly padding?: Uint8Array;
}

/** Collects an entry's extra from the events of an image's reading. */
export class ExtraCollector {
  #parts: ExtraPart[] = [];
  #pieces: Uint8Array[] = [];

  /** The parts so far; the next entry begins with none. */
  take(): ExtraPart[] {
    return this.#parts.splice(0);
  }

  extraBegin(): void {
    this.#pieces = [];
  }

  extraBytes(bytes: Uint8Array, from: number, to: number): void {
    this.#pieces.push(bytes.slice(from, to));
  }

  extraEnd({ kind, part }: ExtraRun): void {
    this.#parts.push({ kind, name: part, bytes: joinBytes(this.#pieces) });
    this.#pieces = [];
  }

  padding(bytes: Uint8Array, from: number, to: number): void {
    this.#parts.push({ ...this.#parts.pop()!, padding: bytes.slice(from, to) });
  }
}

/**
 * Appends an extra to its payload.
 *
 * @param message name of the payload's message
 * @param order of the sizes of messages; numbers are bytes already
 * @throws {CritError} `data` when its lengths are not those that the payload says
 */
export function writeExtra(
  writer: WireWriter,
  order: ByteOrder,
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
      writeRun(writer, order, extra, run, part);
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
  order: ByteOrder,
  extra: Extra,
  run: ExtraRun,
  part: ExtraPart | undefined,
): void {
  const bytes = part?.bytes ?? new Uint8Array();
  if (run.kind === "message") writer.word(bytes.length, order);
  else if (run.length !== Infinity && bytes.length !== run.length) {
    throw contradiction(extra, bytes.length, run.length);
  }
  writer.raw(bytes);
  const isPadded = part?.padding?.length === run.padding;
  writer.raw(isPadded ? part!.padding! : new Uint8Array(run.padding));
}

/** The error for an extra whose length differs from the length in the entry. */
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
