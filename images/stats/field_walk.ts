/**
 * Walks messages on the wire, a tag at a time, and collects the features that they need.
 *
 * A value is decoded only if its field is newer than the oldest release and it is not yet known
 * whether the field is significant.
 *
 * @module
 */

import { FieldWatch, isAt } from "../codec/field_watch.ts";
import type { Value } from "../codec/objects.ts";
import { CritError, dataError } from "../errors.ts";
import { Kind, wireType } from "../protobuf/schema.ts";
import { MAX_DEPTH, Wire, WireReader } from "../protobuf/wire.ts";
import { isInsignificantValue } from "../releases/defaults.ts";
import type { DumpContext } from "../releases/dump_context.ts";
import type { Feature, FieldFeatures, MessageFeatures } from "../releases/features.ts";
import { readField } from "../releases/prune.ts";
import type { Rank } from "../releases/releases.ts";
import type { FoundFeatures } from "./found_features.ts";

/** Longest message that is kept to compare others with it, in bytes. */
const LONGEST_FIRST = 64;

/** Surroundings of a message. */
export interface Inside {
  /** Number of enclosing messages. */
  readonly depth: number;
  /** Whether no enclosing message is insignificant. */
  readonly isSignificant: boolean;
  /** First release that knows all enclosing messages and the image type. */
  readonly since: Rank;
}

/** Walks the messages of a dump. */
export class FieldWalk {
  /**
   * Knows the insignificant occurrences of fields that were never significant, since thousands of
   * tasks have the same, and the examined occurrences of significant fields with values that some
   * releases do not know.
   */
  readonly watch = new FieldWatch();
  /** Fields that occur, and those with a significant value, by {@link FieldFeatures.id}. */
  readonly #isMet: boolean[] = [];
  readonly #isSignificant: boolean[] = [];
  /** The first message of a significant field; without its bytes if it is long. */
  readonly #first: Array<{ readonly bytes: Uint8Array | undefined; readonly since: Rank }> = [];

  constructor(readonly features: FoundFeatures, readonly facts: DumpContext) {}

  /**
   * Walks the fields of a message.
   *
   * @throws {CritError} `data` if it is not a valid message
   */
  walk(reader: WireReader, table: MessageFeatures, { depth, isSignificant, since }: Inside): void {
    if (depth > MAX_DEPTH) throw dataError(`messages nest deeper than ${MAX_DEPTH}`);
    const { bytes, end } = reader;
    // The items of a long list, such as registers, have the same tag.
    let settled = -1;
    while (!reader.done) {
      const start = reader.pos;
      const tag = reader.tag();
      if (tag === settled) {
        reader.skip(tag);
        continue;
      }
      const field = table.fields.get(tag >>> 3);
      if (field === undefined) {
        this.features.hasUnknown = true;
        reader.skip(tag);
        continue;
      }
      if (!this.#isMet[field.id]) this.meet(field);
      if (isSignificant && !this.#isSignificant[field.id]) {
        if (this.watch.isKnown(field.id, bytes, start, end)) {
          reader.skip(tag);
          continue;
        }
        const occurrence = new WireReader(bytes, reader.pos, end);
        this.#ask(table.name, field, occurrence, tag, start, since);
      }
      if (field.isPlain) {
        if (!isSignificant || this.#isSignificant[field.id]) settled = tag;
        reader.skip(tag);
        continue;
      }
      const inner = isSignificant && this.#isSignificant[field.id] === true;
      if (field.schema.kind === Kind.Message && (tag & 7) === Wire.Bytes) {
        const size = reader.length();
        const inside = {
          depth: depth + 1,
          isSignificant: inner,
          since: Math.max(since, field.since),
        };
        if (inner && this.#isAsFirst(field, reader, size, inside.since)) continue;
        reader.end = size;
        this.walk(reader, field.message(), inside);
        reader.end = end;
        continue;
      }
      if (field.values !== undefined) this.#enumValues(reader, tag, field, inner);
      else {
        reader.skip(tag);
        for (const [bit, feature] of field.flags) {
          if ((reader.lo & bit) !== 0) this.#meetValue(feature, inner);
        }
      }
      if (inner && field.hasNewerValues && !this.watch.isKnown(field.id, bytes, start, end)) {
        this.watch.keep(field.id, bytes.slice(start, reader.pos));
      }
    }
  }

  /** Skips a message that equals the first one in its field, as most signal actions do. */
  #isAsFirst({ id }: FieldFeatures, reader: WireReader, end: number, since: Rank): boolean {
    const { bytes, pos } = reader;
    const first = this.#first[id];
    if (first === undefined) {
      const isShort = end - pos <= LONGEST_FIRST;
      this.#first[id] = { bytes: isShort ? bytes.slice(pos, end) : undefined, since };
      return false;
    }
    const wanted = first.bytes;
    const isSame = wanted?.length === end - pos && first.since === since &&
      isAt(wanted, bytes, pos, end);
    if (isSame) reader.pos = end;
    return isSame;
  }

  /** A field occurs. */
  meet(field: FieldFeatures): void {
    this.#isMet[field.id] = true;
    this.features.know(field.since);
    // Values of fields that all releases know need not be examined.
    if (field.since === 0) this.#setSignificant(field);
  }

  /** A field is significant: from now on only its contents can bring news. */
  #setSignificant({ id, hasNewerValues }: FieldFeatures): void {
    this.#isSignificant[id] = true;
    if (hasNewerValues) this.watch.forget(id);
    else this.watch.settle(id);
  }

  /** Decides whether an occurrence of a newer field is significant, so that it is needed. */
  #ask(
    message: string,
    field: FieldFeatures,
    reader: WireReader,
    tag: number,
    start: number,
    since: Rank,
  ): void {
    const values = readOr(field, reader, tag, start);
    const isInsignificant = values?.every((value) =>
      isInsignificantValue(message, field.schema, value, this.facts)
    );
    if (isInsignificant) {
      return this.watch.keep(field.id, reader.bytes.slice(start, reader.pos));
    }
    this.#setSignificant(field);
    // A feature of an enclosing message that is as new already needs the release.
    if (field.since > since) this.features.need(field);
  }

  #enumValues(reader: WireReader, tag: number, field: FieldFeatures, isSignificant: boolean): void {
    const { end } = reader;
    const isPacked = (tag & 7) === Wire.Bytes;
    if (!isPacked && (tag & 7) !== wireType(field.schema.kind)) return reader.skip(tag);
    if (isPacked) reader.end = reader.length();
    while (!reader.done) {
      reader.varint();
      const value = field.values!.get(reader.lo | 0);
      if (value !== undefined) this.#meetValue(value, isSignificant);
      else if (field.schema.kind === Kind.Enum) this.features.hasUnknown = true;
      if (!isPacked) break;
    }
    reader.end = end;
  }

  /** A value or flag occurs. */
  #meetValue(feature: Feature, isSignificant: boolean): void {
    this.features.know(feature.since);
    if (isSignificant) this.features.need(feature);
  }
}

/** The values of a field; undefined if they cannot be read. */
function readOr(
  { schema }: FieldFeatures,
  reader: WireReader,
  tag: number,
  start: number,
): Value[] | undefined {
  try {
    return readField(schema, reader, tag, start);
  } catch (error) {
    if (error instanceof CritError) return undefined;
    throw error;
  }
}
