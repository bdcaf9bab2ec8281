/**
 * The oldest release of CRIU that reads everything significant in a dump.
 *
 * The images are walked as wire bytes, a tag at a time. An entry becomes an object only where it
 * has a newer field of which it is not known yet whether it says anything.
 *
 * @module
 */

import type { FellowReader } from "../dump/fellow_reader.ts";
import { FieldWatch, isAt } from "../codec/field_watch.ts";
import { decodeMessage, type Value } from "../codec/objects.ts";
import type { Dump } from "../dump/dump.ts";
import type { DumpFile } from "../dump/dump_files.ts";
import type { DumpImages } from "../dump/images.ts";
import { leavesToParent, type PageMap } from "../dump/page_map.ts";
import { PARENT } from "../dump/source.ts";
import { CritError, dataError } from "../errors.ts";
import type { ExtraRun } from "../image/extra.ts";
import type { Head, ImageVersion } from "../image/head.ts";
import type { ImageEvents } from "../image/reader.ts";
import { Kind, wireType } from "../protobuf/schema.ts";
import { MAX_DEPTH, Wire, WireReader } from "../protobuf/wire.ts";
import { isInsignificantMessage, isInsignificantValue } from "../releases/defaults.ts";
import { DumpContext } from "../releases/dump_context.ts";
import {
  type Feature,
  featuresOf,
  type FieldFeatures,
  type MessageFeatures,
} from "../releases/features.ts";
import { neededFields } from "../releases/page_map_needs.ts";
import { readField } from "../releases/prune.ts";
import { firstOfImage, type Rank, rankOf, releaseName } from "../releases/releases.ts";
import type { EntryShape, ImageType } from "../types/image_type.ts";

/** Something in a dump that releases before one do not know. */
export interface Need {
  /** First release that knows it: `4.2`. */
  readonly release: string;
  /**
   * Field as `MESSAGE.FIELD`, value as `ENUM.VALUE`, flag as `MESSAGE.FIELD bit N`, or `TYPE
   * images`, or `image version 1.1`.
   */
  readonly feature: string;
  /** An image that has it. */
  readonly image: string;
}

/** Which releases of CRIU a dump is for. */
export interface ReleaseStats {
  /** Image version by the images' own magic numbers; undefined if no image shows it. */
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
 *
 * @param scan a walk that has seen some of them
 */
export function releaseStats(dump: Dump, scan: ReleaseScan = new ReleaseScan(dump)): ReleaseStats {
  scan.seeRest();
  return scan.result();
}

/** Images that every task has, which other figures need as well: their entries are kept. */
const OF_TASKS: ReadonlySet<string> = new Set(["CORE", "FDINFO", "FS", "IDS", "MM"]);

/** Longest message that others are compared with, in bytes. */
const LONGEST_FIRST = 64;

/** Ends the reading of an image whose rest has no entries. */
class NothingMore extends Error {}

/** Where a message is. */
interface Inside {
  /** Number of messages around it. */
  readonly depth: number;
  /** Whether the fields inside can be significant: not in an insignificant message. */
  readonly isSignificant: boolean;
  /** First release of what it is in. */
  readonly since: Rank;
}

/** A walk over the images of a dump. */
export class ReleaseScan implements ImageEvents, FellowReader {
  /**
   * What is known of fields: the insignificant occurrences of those that were never significant,
   * since thousands of tasks have the same; of significant fields with values that some releases
   * do not know, the occurrences that were examined.
   */
  readonly watch = new FieldWatch();
  /** Which files were seen, by their places in the dump. */
  readonly #isSeen: Uint8Array;
  readonly #found = new Map<string, { feature: Feature; image: string }>();
  readonly #facts: DumpContext;
  /** Fields that were met, and those with a significant value, by {@link FieldFeatures.id}. */
  readonly #isMet: boolean[] = [];
  readonly #isSignificant: boolean[] = [];
  /** The first message of a significant field; without its bytes if it is long. */
  readonly #first: Array<{ readonly bytes: Uint8Array | undefined; readonly since: Rank }> = [];
  #knowsAll: Rank = 0;
  #image: { readonly name: string } = { name: "" };
  /** The image type itself, until an entry of it is known to be significant. */
  #type: Feature | undefined;
  #outermost: Inside = { depth: 0, isSignificant: true, since: 0 };
  #run: ExtraRun | undefined;
  #version: ImageVersion | undefined;
  #hasUnknown = false;
  /** Whether nobody else reads the image in the same walk. */
  #isAlone = false;

  constructor(readonly dump: Dump) {
    this.#facts = new DumpContext(dump);
    this.#isSeen = new Uint8Array(dump.dumpFiles.length);
  }

  /** Walks the images that were not seen before. */
  seeRest(): void {
    const { dumpFiles } = this.dump;
    for (let i = 0; i < dumpFiles.length; i++) {
      if (this.#isSeen[i] === 0) this.#see(dumpFiles.at(i));
    }
  }

  /** Walks an image, if a restore reads it. */
  #see(file: DumpFile): void {
    const events = this.eventsFor(file);
    if (events === undefined) return this.seen(file, undefined);
    this.#isAlone = true;
    try {
      const isKept = OF_TASKS.has(file.type!.name);
      const error = isKept
        ? this.dump.scanAndKeep(file, events)[0]
        : this.dump.scan(file.name, events);
      this.seen(file, error);
    } catch (error) {
      if (!(error instanceof NothingMore)) throw error;
      this.seen(file, undefined);
    } finally {
      this.#isAlone = false;
    }
  }

  eventsFor(file: DumpFile): ImageEvents | undefined {
    const { type } = file;
    if (type === undefined || !this.#isWanted(file, type)) return undefined;
    this.#image = file;
    const since = firstOfImage(type.name);
    if (since !== this.#outermost.since) this.#outermost = { depth: 0, isSignificant: true, since };
    this.#type = since === 0 ? undefined : this.#unmetType(type.name, since);
    return type.entry === undefined || type.entry === "pagemap_entry" ? undefined : this;
  }

  /** The image type as a feature, unless it is known to be needed. */
  #unmetType(type: string, since: Rank): Feature | undefined {
    const name = `${type} images`;
    return this.#found.has(name) ? undefined : { name, since };
  }

  seen(file: DumpFile, error: CritError | undefined): void {
    const { type } = file;
    if (type === undefined || !this.#isWanted(file, type)) return;
    this.#isSeen[file.index] = 1;
    if (type.entry === undefined) {
      if (file.size > 0) this.#needType();
    } else if (type.entry === "pagemap_entry") this.#pageMap(file.name);
    // Asking for the image puts what is wrong with it among the dump's faults.
    else if (error !== undefined) this.dump.image(file.name);
  }

  #isWanted({ index }: DumpFile, { framing }: ImageType): boolean {
    return framing !== "service" && this.#isSeen[index] === 0;
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
    if (!this.watch.takeNews() && this.#type === undefined) return;
    this.#walk(new WireReader(bytes, from, to), featuresOf(shape.entry), this.#outermost);
    if (this.#type === undefined) return;
    this.#knowsAll = Math.max(this.#knowsAll, this.#type.since);
    const entry = decodeMessage(shape.entry, bytes, from, to);
    if (!isInsignificantMessage(shape.entry, entry, this.#facts)) this.#needType();
  }

  extraBegin(run: ExtraRun): void {
    this.#needType();
    // A ghost file's contents go on to its end, and may be long.
    if (run.length === Infinity && this.#isAlone) throw new NothingMore();
    this.#run = run;
  }

  extraBytes(bytes: Uint8Array, from: number, to: number): void {
    const message = this.#run?.message;
    if (message === undefined || !this.watch.takeNews()) return;
    this.#walk(new WireReader(bytes, from, to), featuresOf(message), this.#outermost);
  }

  extraEnd(): void {}
  entryEnd(): void {}
  end(): void {}

  /** The image type is needed. */
  #needType(): void {
    if (this.#type !== undefined) this.#need(this.#type);
    this.#type = undefined;
  }

  #walk(reader: WireReader, table: MessageFeatures, { depth, isSignificant, since }: Inside): void {
    if (depth > MAX_DEPTH) throw dataError(`messages nest deeper than ${MAX_DEPTH}`);
    const { bytes, end } = reader;
    // Long lists, as of registers, have one tag again and again.
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
        this.#hasUnknown = true;
        reader.skip(tag);
        continue;
      }
      if (!this.#isMet[field.id]) this.#meet(field);
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
        this.#walk(reader, field.message(), inside);
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

  /**
   * Whether a message is the one met first in a field, as most signal actions are; then skips it.
   */
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

  #meet(field: FieldFeatures): void {
    this.#isMet[field.id] = true;
    this.#knowsAll = Math.max(this.#knowsAll, field.since);
    // Values of fields that all releases know need not be examined.
    if (field.since === 0) this.#setSignificant(field);
  }

  /** A field is significant: from now on only what is inside can be new. */
  #setSignificant({ id, hasNewerValues }: FieldFeatures): void {
    this.#isSignificant[id] = true;
    if (hasNewerValues) this.watch.forget(id);
    else this.watch.settle(id);
  }

  /** Finds out whether one occurrence of a newer field is significant, so that it is needed. */
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
      isInsignificantValue(message, field.schema, value, this.#facts)
    );
    if (isInsignificant) {
      return this.watch.keep(field.id, reader.bytes.slice(start, reader.pos));
    }
    this.#setSignificant(field);
    // Without what it is in there is no need for it either.
    if (field.since > since) this.#need(field);
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
      else if (field.schema.kind === Kind.Enum) this.#hasUnknown = true;
      if (!isPacked) break;
    }
    reader.end = end;
  }

  /** A value or flag was met. */
  #meetValue(feature: Feature, isSignificant: boolean): void {
    this.#knowsAll = Math.max(this.#knowsAll, feature.since);
    if (isSignificant) this.#need(feature);
  }

  /** A page map, and those that CRIU looks up in the parents for pages that are there. */
  #pageMap(name: string): void {
    this.#readPageMap(this.dump.pageMap(name));
    let prefix = "";
    for (let dump: DumpImages | undefined = this.dump; dump?.has(name); dump = dump.parent) {
      if (prefix !== "") {
        this.#image = { name: prefix + name };
        this.#readPageMap(dump.pageMap(name));
      }
      if (!leavesToParent(dump.pageMap(name))) break;
      prefix += `${PARENT}/`;
    }
  }

  #readPageMap(map: PageMap): void {
    if (map.head === undefined) return;
    this.begin(map.head);
    if (map.pagesId === undefined) return;
    if (this.#type !== undefined) {
      this.#knowsAll = Math.max(this.#knowsAll, this.#type.since);
      if (map.pagesId !== 0 || map.count > 0) this.#needType();
    }
    this.#hasUnknown ||= (map.fields & 1) !== 0;
    this.#meet(featuresOf("pagemap_head").fields.get(1)!);
    const { fields } = featuresOf("pagemap_entry");
    for (const field of fields.values()) {
      if ((map.fields & 1 << field.schema.number) !== 0) this.#meet(field);
    }
    for (const field of neededFields(map)) this.#need(field);
  }

  #need(feature: Feature): void {
    if (feature.since === 0 || this.#found.has(feature.name)) return;
    this.#found.set(feature.name, { feature, image: this.#image.name });
  }
}

/** The values of a field; undefined where it has none that can be read. */
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
