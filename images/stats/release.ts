/**
 * The oldest release of CRIU that knows all that a dump has.
 *
 * The images are walked as wire bytes, a tag at a time; no entry becomes an object.
 *
 * @module
 */

import { releases } from "../../proto/releases.ts";
import type { Dump } from "../dump/dump.ts";
import { dataError } from "../errors.ts";
import type { ExtraRun } from "../extra.ts";
import type { ImageEvents, ImageVersion } from "../image.ts";
import type { EntryShape, ImageType } from "../plugin.ts";
import { Kind, wireType } from "../schema.ts";
import { MAX_DEPTH, Wire, WireReader } from "../wire.ts";
import {
  type Feature,
  type FieldFeatures,
  type MessageFeatures,
  releaseIndex,
  ReleaseTables,
} from "./release_tables.ts";

/** Something in a dump that releases before one do not know. */
export interface Need {
  /** First release that knows it: `4.2`. */
  readonly release: string;
  /** Field as `MESSAGE.FIELD`, value as `ENUM.VALUE`, or `image version 1.1`. */
  readonly feature: string;
  /** An image that has it. */
  readonly image: string;
}

/** Which releases of CRIU a dump is for. */
export interface ReleaseStats {
  /** Image version by the images' own magic numbers; undefined when no image tells. */
  readonly imageVersion: ImageVersion | undefined;
  /** Oldest release that knows all that is in the images. */
  readonly oldestRelease: string;
  /** Whether there is something that no release known to crit has. */
  readonly hasUnknown: boolean;
  /** What rules out older releases, the newest first. */
  readonly needs: readonly Need[];
}

/** Image version 1.1, with head magics, came with this release. */
const VERSION_1_1: Feature = { name: "image version 1.1", since: releaseIndex("1.6") };

/**
 * Walks all images of a dump but those that a restore does not read (stats-*, irmap-cache). An
 * image that is damaged is a fault of the dump, and counts as far as it can be read.
 */
export function releaseStats(dump: Dump): ReleaseStats {
  const scan = new ReleaseScan();
  for (const { name, type } of dump.dumpFiles) {
    if (type?.entry === undefined || type.framing === "service") continue;
    if (scan.image(dump, name) === undefined) continue;
    // Asking for the image puts what is wrong with it among the dump's faults.
    if (type.entry === "pagemap_entry") dump.pageMap(name);
    else dump.image(name);
  }
  return scan.result();
}

/** Ends the reading of an image whose rest has no entries. */
class NothingMore extends Error {}

class ReleaseScan implements ImageEvents {
  readonly #tables = new ReleaseTables();
  readonly #found = new Map<string, { feature: Feature; image: string }>();
  #image = "";
  #version: ImageVersion | undefined;
  #hasUnknown = false;
  #run: ExtraRun | undefined;

  /** Walks an image; returns what is wrong with it. */
  image(dump: Dump, name: string): Error | undefined {
    this.#image = name;
    try {
      return dump.scan(name, this);
    } catch (error) {
      if (error instanceof NothingMore) return undefined;
      throw error;
    }
  }

  result(): ReleaseStats {
    const found = [...this.#found.values()].sort((a, b) => b.feature.since - a.feature.since);
    return {
      imageVersion: this.#version,
      oldestRelease: releases[found[0]?.feature.since ?? 0]!,
      hasUnknown: this.#hasUnknown,
      needs: found.map(({ feature, image }) => ({
        release: releases[feature.since]!,
        feature: feature.name,
        image,
      })),
    };
  }

  begin(type: ImageType, version: ImageVersion): void {
    if (type.framing === "bare") return;
    this.#version = this.#version === "1.1" ? "1.1" : version;
    if (version === "1.1") this.#need(VERSION_1_1);
  }

  payload(shape: EntryShape, bytes: Uint8Array, from: number, to: number): void {
    const reader = new WireReader(bytes, from, to);
    const table = this.#tables.message(shape.entry);
    if (shape.entry === "pagemap_entry") this.#range(reader, table);
    else this.#walk(reader, table, 0);
  }

  extraBegin(run: ExtraRun): void {
    // A ghost file's contents go on to its end, and may be long.
    if (run.length === Infinity) throw new NothingMore();
    this.#run = run;
  }

  extraBytes(bytes: Uint8Array, from: number, to: number): void {
    const message = this.#run?.message;
    if (message === undefined) return;
    this.#walk(new WireReader(bytes, from, to), this.#tables.message(message), 0);
  }

  extraEnd(): void {}
  entryEnd(): void {}
  end(): void {}

  #walk(reader: WireReader, table: MessageFeatures, depth: number): void {
    if (depth > MAX_DEPTH) throw dataError(`messages nest deeper than ${MAX_DEPTH}`);
    const { fields } = table;
    while (!reader.done) {
      const tag = reader.tag();
      const field = fields.get(tag >>> 3);
      if (field === undefined) {
        this.#hasUnknown = true;
        reader.skip(tag);
        continue;
      }
      if (!field.isSeen) this.#meet(field);
      const { kind } = field.schema;
      if (kind === Kind.Message && (tag & 7) === Wire.Bytes) {
        const outer = reader.end;
        reader.end = reader.length();
        this.#walk(reader, field.message(), depth + 1);
        reader.end = outer;
      } else if (kind === Kind.Enum) this.#enumValues(reader, tag, field);
      else reader.skip(tag);
    }
  }

  #meet(field: FieldFeatures): void {
    field.isSeen = true;
    this.#need(field);
  }

  #enumValues(reader: WireReader, tag: number, field: FieldFeatures): void {
    const outer = reader.end;
    const isPacked = (tag & 7) === Wire.Bytes;
    if (!isPacked && (tag & 7) !== wireType(field.schema.kind)) return reader.skip(tag);
    if (isPacked) reader.end = reader.length();
    do {
      if (isPacked && reader.done) break;
      reader.varint();
      const value = field.values!.get(reader.lo | 0);
      if (value === undefined) this.#hasUnknown = true;
      else this.#need(value);
    } while (isPacked);
    reader.end = outer;
  }

  /**
   * A range of a page map. Its new count of pages stands beside the old one, which CRIU writes as
   * 0: only then must a reader know the new one.
   */
  #range(reader: WireReader, table: MessageFeatures): void {
    let oldCount = 0;
    let hasNewCount = false;
    while (!reader.done) {
      const tag = reader.tag();
      const number = tag >>> 3;
      const field = table.fields.get(number);
      if (field === undefined) this.#hasUnknown = true;
      else if (number === NEW_COUNT) hasNewCount = true;
      else if (!field.isSeen) this.#meet(field);
      reader.skip(tag);
      if (number === OLD_COUNT) oldCount = reader.lo;
    }
    const field = table.fields.get(NEW_COUNT)!;
    if (hasNewCount && oldCount === 0 && !field.isSeen) this.#meet(field);
  }

  #need(feature: Feature): void {
    if (feature.since === 0 || this.#found.has(feature.name)) return;
    this.#found.set(feature.name, { feature, image: this.#image });
  }
}

/** Numbers of `pagemap_entry.compat_nr_pages` and `pagemap_entry.nr_pages`. */
const OLD_COUNT = 2;
const NEW_COUNT = 5;
