/**
 * The oldest release of CRIU that can make use of all that a dump says.
 *
 * The images are walked as wire bytes, a tag at a time. An entry becomes an object only where it
 * has a newer field of which it is not known yet whether it says anything.
 *
 * @module
 */

import { decodeMessage, type Message } from "../codec/objects.ts";
import type { Dump } from "../dump/dump.ts";
import type { DumpFile } from "../dump/images.ts";
import { CritError, dataError } from "../errors.ts";
import type { ExtraRun } from "../image/extra.ts";
import type { Head, ImageVersion } from "../image/head.ts";
import type { ImageEvents } from "../image/reader.ts";
import { PAGES } from "../kernel/memory.ts";
import { Kind, wireType } from "../protobuf/schema.ts";
import { MAX_DEPTH, Wire, WireReader } from "../protobuf/wire.ts";
import { Facts } from "../releases/facts.ts";
import {
  type Feature,
  type FieldFeatures,
  type MessageFeatures,
  ReleaseTables,
} from "../releases/features.ts";
import { Pruner } from "../releases/prune.ts";
import { firstOfImage, type Rank, rankOf, releaseName } from "../releases/releases.ts";
import type { EntryShape, ImageType } from "../types/image_type.ts";

/** Something in a dump that releases before one do not know. */
export interface Need {
  /** First release that knows it: `4.2`. */
  readonly release: string;
  /**
   * Field as `MESSAGE.FIELD`, value as `ENUM.VALUE`, flag as `MESSAGE.FIELD bit N`, or `TYPE images`,
   * or `image version 1.1`.
   */
  readonly feature: string;
  /** An image that has it. */
  readonly image: string;
}

/** Which releases of CRIU a dump is for. */
export interface ReleaseStats {
  /** Image version by the images' own magic numbers; undefined when no image tells. */
  readonly imageVersion: ImageVersion | undefined;
  /**
   * Oldest release that can read the dump without losing anything: what it does not know says
   * nothing, as a flag that is not set.
   */
  readonly oldestRelease: string;
  /** Oldest release that knows every field of the images, those that say nothing included. */
  readonly knowsAllRelease: string;
  /** Whether there is something that no release known to crit has. */
  readonly hasUnknown: boolean;
  /** What rules out releases before {@link ReleaseStats.oldestRelease}, the newest first. */
  readonly needs: readonly Need[];
}

/** Image version 1.1, with head magics, came with this release. */
const VERSION_1_1: Feature = { name: "image version 1.1", since: rankOf("1.6") };

/**
 * Walks all images of a dump but those that a restore does not read (stats-*, irmap-cache). An
 * image that is damaged is a fault of the dump, and counts as far as it can be read.
 */
export function releaseStats(dump: Dump): ReleaseStats {
  const scan = new ReleaseScan(dump);
  for (const file of dump.dumpFiles) {
    if (file.type === undefined || file.type.framing === "service") continue;
    if (scan.image(file, file.type) === undefined) continue;
    // Asking for the image puts what is wrong with it among the dump's faults.
    if (file.type.entry === "pagemap_entry") dump.pageMap(file.name);
    else dump.image(file.name);
  }
  return scan.result();
}

/** Ends the reading of an image whose rest has no entries. */
class NothingMore extends Error {}

/** Where a message is. */
interface Inside {
  /** Number of messages around it. */
  readonly depth: number;
  /** Whether what is inside can matter, as not in a message that says nothing. */
  readonly tells: boolean;
  /** First release of what it is in. */
  readonly since: Rank;
}

class ReleaseScan implements ImageEvents {
  readonly #tables = new ReleaseTables();
  readonly #found = new Map<string, { feature: Feature; image: string }>();
  readonly #meanings: Pruner;
  #knowsAll: Rank = 0;
  #image = "";
  /** The image type itself, while it is not known to say something. */
  #type: Feature | undefined;
  #outermost: Inside = { depth: 0, tells: true, since: 0 };
  #run: ExtraRun | undefined;
  #version: ImageVersion | undefined;
  #hasUnknown = false;

  constructor(readonly dump: Dump) {
    this.#meanings = new Pruner(0, new Facts(dump), { removed: () => {}, lost: () => {} });
  }

  /** Walks an image; returns what is wrong with it. */
  image({ name, size }: DumpFile, type: ImageType): Error | undefined {
    this.#image = name;
    const since = firstOfImage(type.name);
    this.#outermost = { depth: 0, tells: true, since };
    this.#type = since === 0 ? undefined : { name: `${type.name} images`, since };
    if (type.entry === undefined) {
      if (size > 0) this.#typeTells();
      return undefined;
    }
    try {
      return this.dump.scan(name, this);
    } catch (error) {
      if (error instanceof NothingMore) return undefined;
      throw error;
    }
  }

  result(): ReleaseStats {
    const found = [...this.#found.values()].sort((a, b) => b.feature.since - a.feature.since);
    const oldest = found[0]?.feature.since ?? 0;
    return {
      imageVersion: this.#version,
      oldestRelease: releaseName(oldest),
      knowsAllRelease: releaseName(Math.max(oldest, this.#knowsAll)),
      hasUnknown: this.#hasUnknown,
      needs: found.map(({ feature, image }) => ({
        release: releaseName(feature.since),
        feature: feature.name,
        image,
      })),
    };
  }

  begin({ type, version }: Head): void {
    if (type.framing === "bare") return;
    this.#version = this.#version === "1.1" ? "1.1" : version;
    if (version === "1.1") this.#need(VERSION_1_1);
  }

  payload(shape: EntryShape, bytes: Uint8Array, from: number, to: number): void {
    const reader = new WireReader(bytes, from, to);
    const table = this.#tables.message(shape.entry);
    if (shape.entry === "pagemap_entry") this.#range(reader, table);
    else this.#walk(reader, table, this.#outermost);
    if (this.#type === undefined) return;
    this.#knowsAll = Math.max(this.#knowsAll, this.#type.since);
    if (!this.#meanings.saysNothing(shape.entry, decodeMessage(shape.entry, bytes, from, to))) {
      this.#typeTells();
    }
  }

  extraBegin(run: ExtraRun): void {
    this.#typeTells();
    // A ghost file's contents go on to its end, and may be long.
    if (run.length === Infinity) throw new NothingMore();
    this.#run = run;
  }

  extraBytes(bytes: Uint8Array, from: number, to: number): void {
    const message = this.#run?.message;
    if (message === undefined) return;
    const table = this.#tables.message(message);
    this.#walk(new WireReader(bytes, from, to), table, this.#outermost);
  }

  extraEnd(): void {}
  entryEnd(): void {}
  end(): void {}

  /** The image type is needed. */
  #typeTells(): void {
    if (this.#type !== undefined) this.#need(this.#type);
    this.#type = undefined;
  }

  #walk(reader: WireReader, table: MessageFeatures, { depth, tells, since }: Inside): void {
    if (depth > MAX_DEPTH) throw dataError(`messages nest deeper than ${MAX_DEPTH}`);
    const { pos: start, end } = reader;
    let message: Message | undefined;
    while (!reader.done) {
      const tag = reader.tag();
      const field = table.fields.get(tag >>> 3);
      if (field === undefined) {
        this.#hasUnknown = true;
        reader.skip(tag);
        continue;
      }
      if (!field.isPresent) this.#meet(field);
      if (tells && !field.isTelling) {
        message ??= decodedOr(table.name, reader.bytes, start, end);
        this.#askField(table.name, field, message, since);
      }
      const inner = tells && field.isTelling;
      if (field.schema.kind === Kind.Message && (tag & 7) === Wire.Bytes) {
        reader.end = reader.length();
        const inside = { depth: depth + 1, tells: inner, since: Math.max(since, field.since) };
        this.#walk(reader, field.message(), inside);
        reader.end = end;
      } else if (field.values !== undefined) this.#enumValues(reader, tag, field, inner);
      else {
        reader.skip(tag);
        for (const [bit, feature] of field.flags) {
          if ((reader.lo & bit) !== 0) this.#meetInside(feature, inner);
        }
      }
    }
  }

  #meet(field: FieldFeatures): void {
    field.isPresent = true;
    this.#knowsAll = Math.max(this.#knowsAll, field.since);
    // What all releases know needs no look at what it says.
    if (field.since === 0) field.isTelling = true;
  }

  /** Finds out whether a newer field says something, and is needed. */
  #askField(message: string, field: FieldFeatures, entry: Message, since: Rank): void {
    const { name } = field.schema;
    const value = entry[name];
    if (value !== undefined && this.#meanings.saysNothing(message, { [name]: value })) return;
    field.isTelling = true;
    // Without what it is in there is no need for it either.
    if (field.since > since) this.#need(field);
  }

  #enumValues(reader: WireReader, tag: number, field: FieldFeatures, tells: boolean): void {
    const { end } = reader;
    const isPacked = (tag & 7) === Wire.Bytes;
    if (!isPacked && (tag & 7) !== wireType(field.schema.kind)) return reader.skip(tag);
    if (isPacked) reader.end = reader.length();
    while (!reader.done) {
      reader.varint();
      const value = field.values!.get(reader.lo | 0);
      if (value !== undefined) this.#meetInside(value, tells);
      else if (field.schema.kind === Kind.Enum) this.#hasUnknown = true;
      if (!isPacked) break;
    }
    reader.end = end;
  }

  /** A value or flag was met. */
  #meetInside(feature: Feature, tells: boolean): void {
    this.#knowsAll = Math.max(this.#knowsAll, feature.since);
    if (tells) this.#need(feature);
  }

  /**
   * A range of a page map, of which there may be millions. Its new count of pages stands beside
   * the old one, which CRIU writes as 0: only then must a reader know the new one. Flags say
   * something unless they say what an older release takes for granted: the pages are there.
   */
  #range(reader: WireReader, table: MessageFeatures): void {
    let oldCount = 0;
    let newCount = 0;
    let flags: number = PAGES.PRESENT;
    while (!reader.done) {
      const tag = reader.tag();
      const number = tag >>> 3;
      const field = table.fields.get(number);
      reader.skip(tag);
      if (field === undefined) this.#hasUnknown = true;
      else if (!field.isPresent) this.#meet(field);
      if (number === Range.OldCount) oldCount = reader.lo;
      else if (number === Range.NewCount) newCount = reader.lo + reader.hi;
      else if (number === Range.Flags) flags = reader.lo;
    }
    const isPlain = (flags & PAGES.PRESENT) !== 0 && (flags & PAGES.PARENT) === 0;
    if (!isPlain) this.#need(table.fields.get(Range.Flags)!);
    if (newCount > 0 && oldCount === 0) this.#need(table.fields.get(Range.NewCount)!);
  }

  #need(feature: Feature): void {
    if (feature.since === 0 || this.#found.has(feature.name)) return;
    this.#found.set(feature.name, { feature, image: this.#image });
  }
}

/** Fields of `pagemap_entry`. */
enum Range {
  OldCount = 2,
  Flags = 4,
  NewCount = 5,
}

/** A message as an object; an empty one where it cannot be one, as when a field is missing. */
function decodedOr(name: string, bytes: Uint8Array, from: number, to: number): Message {
  try {
    return decodeMessage(name, bytes, from, to);
  } catch (error) {
    if (error instanceof CritError) return {};
    throw error;
  }
}
