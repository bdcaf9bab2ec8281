/**
 * The oldest release of CRIU that reads everything significant in a dump.
 *
 * @module
 */

import type { FieldWatch } from "../codec/field_watch.ts";
import { decodeMessage } from "../codec/objects.ts";
import type { Dump } from "../dump/dump.ts";
import type { DumpFile } from "../dump/dump_files.ts";
import type { FellowReader } from "../dump/fellow_reader.ts";
import type { DumpImages } from "../dump/images.ts";
import { leavesToParent, type PageMap } from "../dump/page_map.ts";
import { PARENT } from "../dump/source.ts";
import type { CritError } from "../errors.ts";
import type { ExtraRun } from "../image/extra.ts";
import type { Head, ImageVersion } from "../image/head.ts";
import type { ImageEvents } from "../image/reader.ts";
import { WireReader } from "../protobuf/wire.ts";
import { isInsignificantMessage } from "../releases/defaults.ts";
import { DumpContext } from "../releases/dump_context.ts";
import { type Feature, featuresOf } from "../releases/features.ts";
import { neededFields } from "../releases/page_map_needs.ts";
import { firstOfImage, type Rank, rankOf } from "../releases/releases.ts";
import type { EntryShape, ImageType } from "../types/image_type.ts";
import { FieldWalk, type Inside } from "./field_walk.ts";
import { FoundFeatures, type ReleaseNeeds } from "./found_features.ts";

/** The CRIU releases that can read a dump. */
export interface ReleaseStats extends ReleaseNeeds {
  /** Image version by the magic numbers of the images; undefined if no image shows it. */
  readonly imageVersion: ImageVersion | undefined;
}

/** Image version 1.1, with head magics, came with this release. */
const VERSION_1_1: Feature = { name: "image version 1.1", since: rankOf("1.6") };

/**
 * Walks all images of a dump except those that a restore does not read (stats-*, irmap-cache). A
 * damaged image is a fault of the dump, and counts up to the damage.
 *
 * @param scan a scan that has seen some of the images
 */
export function releaseStats(dump: Dump, scan: ReleaseScan = new ReleaseScan(dump)): ReleaseStats {
  scan.seeRest();
  return scan.result();
}

/** Types of images of tasks, whose entries are kept because other figures need them as well. */
const OF_TASKS: ReadonlySet<string> = new Set(["CORE", "FDINFO", "FS", "IDS", "MM"]);

/** Thrown to end the reading of an image without further entries. */
class NothingMore extends Error {}

/** Scans the images of a dump for features that older releases do not know. */
export class ReleaseScan implements ImageEvents, FellowReader {
  readonly watch: FieldWatch;
  /** 1 for each file that was seen, by its index in the dump. */
  readonly #isSeen: Uint8Array;
  readonly #features = new FoundFeatures();
  readonly #facts: DumpContext;
  readonly #walk: FieldWalk;
  /** The image type itself, until an entry of it is known to be significant. */
  #type: Feature | undefined;
  #outermost: Inside = { depth: 0, isSignificant: true, since: 0 };
  #run: ExtraRun | undefined;
  #version: ImageVersion | undefined;
  /** Whether no other reader takes part in the scan of the image. */
  #isAlone = false;

  constructor(readonly dump: Dump) {
    this.#facts = new DumpContext(dump);
    this.#walk = new FieldWalk(this.#features, this.#facts);
    this.watch = this.#walk.watch;
    this.#isSeen = new Uint8Array(dump.dumpFiles.length);
  }

  /** Scans the images that were not seen before. */
  seeRest(): void {
    const { dumpFiles } = this.dump;
    for (let i = 0; i < dumpFiles.length; i++) {
      if (this.#isSeen[i] === 0) this.#see(dumpFiles.at(i));
    }
  }

  /** Scans an image, if a restore reads it. */
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
    this.#features.image = file;
    const since = firstOfImage(type.name);
    if (since !== this.#outermost.since) this.#outermost = { depth: 0, isSignificant: true, since };
    this.#type = since === 0 ? undefined : this.#unmetType(type.name, since);
    return type.entry === undefined || type.entry === "pagemap_entry" ? undefined : this;
  }

  /** The image type as a feature, unless it is known to be needed. */
  #unmetType(type: string, since: Rank): Feature | undefined {
    const name = `${type} images`;
    return this.#features.isNeeded(name) ? undefined : { name, since };
  }

  seen(file: DumpFile, error: CritError | undefined): void {
    const { type } = file;
    if (type === undefined || !this.#isWanted(file, type)) return;
    this.#isSeen[file.index] = 1;
    if (type.entry === undefined) {
      if (file.size > 0) this.#needType();
    } else if (type.entry === "pagemap_entry") this.#pageMap(file.name);
    // Reading the image adds its fault to those of the dump.
    else if (error !== undefined) this.dump.image(file.name);
  }

  #isWanted({ index }: DumpFile, { framing }: ImageType): boolean {
    return framing !== "service" && this.#isSeen[index] === 0;
  }

  result(): ReleaseStats {
    return { imageVersion: this.#version, ...this.#features.result() };
  }

  begin({ type, version }: Head): void {
    if (type.framing === "bare") return;
    this.#version = this.#version === "1.1" ? "1.1" : version;
    if (version === "1.1") this.#features.need(VERSION_1_1);
  }

  payload(shape: EntryShape, bytes: Uint8Array, from: number, to: number): void {
    if (!this.watch.takeNews() && this.#type === undefined) return;
    this.#walk.walk(new WireReader(bytes, from, to), featuresOf(shape.entry), this.#outermost);
    if (this.#type === undefined) return;
    this.#features.know(this.#type.since);
    const entry = decodeMessage(shape.entry, bytes, from, to);
    if (!isInsignificantMessage(shape.entry, entry, this.#facts)) this.#needType();
  }

  extraBegin(run: ExtraRun): void {
    this.#needType();
    // The contents of a ghost file extend to its end, and may be long.
    if (run.length === Infinity && this.#isAlone) throw new NothingMore();
    this.#run = run;
  }

  extraBytes(bytes: Uint8Array, from: number, to: number): void {
    const message = this.#run?.message;
    if (message === undefined || !this.watch.takeNews()) return;
    this.#walk.walk(new WireReader(bytes, from, to), featuresOf(message), this.#outermost);
  }

  extraEnd(): void {}
  entryEnd(): void {}
  end(): void {}

  /** The image type is needed. */
  #needType(): void {
    if (this.#type !== undefined) this.#features.need(this.#type);
    this.#type = undefined;
  }

  /** Reads a page map, and the ones in the parents to which it leaves pages. */
  #pageMap(name: string): void {
    this.#readPageMap(this.dump.pageMap(name));
    let prefix = "";
    for (let dump: DumpImages | undefined = this.dump; dump?.has(name); dump = dump.parent) {
      if (prefix !== "") {
        this.#features.image = { name: prefix + name };
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
      this.#features.know(this.#type.since);
      if (map.pagesId !== 0 || map.count > 0) this.#needType();
    }
    if ((map.fields & 1) !== 0) this.#features.hasUnknown = true;
    this.#walk.meet(featuresOf("pagemap_head").fields.get(1)!);
    const { fields } = featuresOf("pagemap_entry");
    for (const field of fields.values()) {
      if ((map.fields & 1 << field.schema.number) !== 0) this.#walk.meet(field);
    }
    for (const field of neededFields(map)) this.#features.need(field);
  }
}
