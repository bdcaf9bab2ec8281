/**
 * Reads an image once from its first to its last byte, and finds the faults that the image alone
 * shows.
 *
 * @module
 */

import type { ByteOrder } from "../bytes/byte_order.ts";
import type { FieldWatch } from "../codec/field_watch.ts";
import type { Dump } from "../dump/dump.ts";
import type { DumpFile } from "../dump/dump_files.ts";
import type { FellowReader } from "../dump/fellow_reader.ts";
import type { CritError } from "../errors.ts";
import type { ExtraRun } from "../image/extra.ts";
import { type Head, type ImageVersion, LONGEST_HEAD } from "../image/head.ts";
import type { ImageEvents } from "../image/reader.ts";
import type { EntryShape, ImageType } from "../types/image_type.ts";
import { type FieldFaultKind, PayloadScanner } from "./payload.ts";

/** A fault in a field. */
export interface FieldFault {
  /** Kind of fault. */
  readonly kind: FieldFaultKind;
  /** Index of the first entry that has it. */
  readonly entry: number;
  /** Byte offset of that entry. */
  readonly offset: number;
  /** Path of the field; of an unknown one, of the message that has it. */
  readonly path: string;
  /** The enum's value, the wire type, or the number of the unknown field. */
  readonly detail: string;
  /** Number of places: an unknown field is reported once for all entries. */
  count: number;
}

/** Why an image could not be read to its end: the data of a {@link CritError}. */
export type ScanError = Pick<CritError, "kind" | "reason" | "place" | "hint">;

/** The result of reading an image. */
export interface ImageScan {
  /** File name. */
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** Image type by file name. */
  readonly expected: ImageType;
  /** Image type by magic; undefined if the magic is unknown. */
  readonly type: ImageType | undefined;
  /** Image version, by the head magic. */
  readonly version: ImageVersion;
  /** Of the machine that wrote it. */
  readonly byteOrder: ByteOrder;
  /** Number of entries, heads included; of a damaged image, those before the damage. */
  readonly entries: number;
  /** Faults in entries. */
  readonly faults: readonly FieldFault[];
  /** Why it could not be read to its end. */
  readonly error: ScanError | undefined;
  /** Whether the image is undamaged. */
  readonly isWhole: boolean;
  /** Whether the file ends inside an entry, by the sizes in it. */
  readonly isCut: boolean;
}

/** Most faults of an image that are kept one by one. */
const MOST_FAULTS = 100;

/** How many more faults of a dump's images may be kept, besides the first of each image. */
export interface FaultBudget {
  /** How many. */
  left: number;
}

/** How an image is read. */
export interface ScanOptions {
  /** How many of its faults may be kept. */
  readonly budget?: FaultBudget;
  readonly fellow?: FellowReader;
}

/** Reads one of a dump's images. */
export function scanForFaults(
  dump: Dump,
  file: DumpFile,
  { budget = { left: MOST_FAULTS }, fellow }: ScanOptions = {},
): ImageScan {
  const { name, size, type } = file;
  const others = fellow?.eventsFor(file);
  const events = new ScanEvents(budget, others && fellow?.watch);
  const readers = others === undefined ? [events] : [events, others];
  const [error, otherError] = dump.scanAndKeep(file, ...readers);
  fellow?.seen(file, otherError);
  const { type: found, version = "1.1", byteOrder = "little" } = events.head ?? {};
  const hasMagic = found !== undefined || size < LONGEST_HEAD;
  return {
    name,
    size,
    expected: type!,
    type: found,
    version,
    byteOrder,
    entries: events.entries,
    faults: events.faults,
    error,
    isWhole: error === undefined && found === type && !events.isRefused,
    isCut: error?.kind === "data" && hasMagic && !events.isMessageWrong,
  };
}

class ScanEvents implements ImageEvents {
  head: Head | undefined;
  entries = 0;
  readonly faults: FieldFault[] = [];
  readonly #unknown = new Map<string, FieldFault>();
  #lastUnknown: FieldFault | undefined;
  readonly #scanner: PayloadScanner;
  /** Whether it is a message, not the framing, that ended the reading. */
  isMessageWrong = false;
  /** Whether a field is missing or has a type that CRIU's reader refuses. */
  isRefused = false;
  #offset = 0;
  #run: ExtraRun | undefined;

  constructor(readonly budget: FaultBudget, watch: FieldWatch | undefined) {
    this.#scanner = new PayloadScanner(
      (kind, path, detail) => this.#report(kind, path, detail),
      watch,
    );
  }

  begin(head: Head): void {
    this.head = head;
  }

  payload(shape: EntryShape, bytes: Uint8Array, from: number, to: number, offset: number): void {
    this.#offset = offset;
    this.#scan(shape.entry, bytes, from, to);
  }

  extraBegin(run: ExtraRun): void {
    this.#run = run;
  }

  extraBytes(bytes: Uint8Array, from: number, to: number): void {
    const { message } = this.#run!;
    if (message !== undefined) this.#scan(message, bytes, from, to);
  }

  extraEnd(): void {}

  entryEnd(): void {
    this.entries++;
  }

  end(): void {}

  #scan(message: string, bytes: Uint8Array, from: number, to: number): void {
    this.isMessageWrong = true;
    this.#scanner.scan(message, bytes, from, to);
    this.isMessageWrong = false;
  }

  #report(kind: FieldFaultKind, path: string, detail: string): void {
    this.isRefused ||= kind === "required" || kind === "type";
    const last = this.#lastUnknown;
    if (kind === "unknown" && last?.path === path && last.detail === detail) {
      last.count++;
      return;
    }
    // A newer CRIU's field is in every entry, at any place of a list.
    const key = kind === "unknown" ? `${path.replace(/\[\d+\]/g, "")} ${detail}` : "";
    const known = this.#unknown.get(key);
    if (known !== undefined) known.count++;
    else if (this.faults.length < (this.budget.left > 0 ? MOST_FAULTS : 1)) {
      this.budget.left--;
      const place = { entry: this.entries, offset: this.#offset };
      const fault = { kind, path, detail, count: 1, ...place };
      this.faults.push(fault);
      if (kind === "unknown") this.#unknown.set(key, this.#lastUnknown = fault);
    }
  }
}
