/**
 * Converts the images of open files together: from one for each kind to one for all, or back.
 *
 * @module
 */

import type { FileEntry } from "../../proto/types.ts";
import type { Message } from "../codec/objects.ts";
import { fieldsOf, typed } from "../codec/typed.ts";
import type { Dump } from "../dump/dump.ts";
import { KIND_IMAGES } from "../dump/file_table.ts";
import { scanImage } from "../dump/image.ts";
import { headOf, type ImageVersion } from "../image/head.ts";
import { ObjectEvents } from "../image/objects.ts";
import { typeByFileName } from "../types/registry.ts";
import type { EntryConverter } from "./entries.ts";
import { type ConversionOutput, ImageWriter } from "./output.ts";
import type { ConversionPlan } from "./plan.ts";
import type { ConversionReport } from "./report.ts";
import { FILE_IMAGES, FILES_IMAGE, WATCH_IMAGES } from "./steps/file_images.ts";
import { fileWatches, type Watches, withoutWatches, withWatches } from "./steps/file_watches.ts";
import { filesImage, kindImageOf, merged, type PlacedEntry, split } from "./steps/files_image.ts";

/** The parts of the conversion that open files need. */
export interface FileContext {
  readonly dump: Dump;
  readonly plan: ConversionPlan;
  readonly entries: EntryConverter;
  readonly products: ConversionOutput;
  readonly report: ConversionReport;
  readonly version: ImageVersion;
}

/** Whether files or their watches move between images. */
export function movesFiles(dump: Dump, plan: ConversionPlan): boolean {
  const has = ({ name }: { readonly name: string }) => dump.has(name);
  const hasWatches = WATCH_IMAGES.some(has);
  if (plan.has(filesImage)) return KIND_IMAGES.some(has) || hasWatches;
  if (dump.has(FILES_IMAGE)) return true;
  return plan.has(fileWatches) ? hasWatches : KIND_IMAGES.some(has);
}

/**
 * Converts all images of open files; yields after each image.
 *
 * @throws {CritError} `data` if one is damaged
 */
export function* convertFiles(context: FileContext): Generator<void> {
  const stage = new FileStage(context);
  for (const image of [FILES_IMAGE, ...KIND_IMAGES.map(({ name }) => name)]) {
    if (!context.dump.has(image)) continue;
    stage.convert(image);
    yield;
  }
  stage.end();
}

const WATCHES: ReadonlySet<string> = new Set(WATCH_IMAGES.map(({ name }) => name));

class FileStage {
  readonly #writers = new Map<string, ImageWriter>();
  readonly #watches: Watches & { readonly left: Set<unknown> };

  constructor(readonly context: FileContext) {
    const isUp = context.plan.has(fileWatches);
    const [tfd, wd, mark] = WATCH_IMAGES.map(({ name }) =>
      isUp ? this.#watchesIn(name) : new Map()
    );
    const left = new Set<unknown>([...tfd!.values(), ...wd!.values(), ...mark!.values()]);
    this.#watches = { tfd: tfd!, wd: wd!, mark: mark!, left };
    if (!isUp) this.#keepWatches();
  }

  /** Converts the files of one image. */
  convert(image: string): void {
    const kind = kindImageOf(image);
    this.#forEach(image, (entry, index) => {
      const file = kind === undefined ? typed<"file_entry">(entry) : merged(kind, entry);
      const whole = withWatches(file, this.#watches);
      this.#claim(whole);
      const { plan, entries } = this.context;
      entries.place(image, index, plan.has(filesImage) ? FILES_IMAGE : split(whole).image);
      for (const one of entries.rewritten("file_entry", fieldsOf(whole))) {
        this.#emit(typed<"file_entry">(one), image, index);
      }
    });
  }

  /** Ends all images that were written, and reports the removed ones. */
  end(): void {
    const { dump, report } = this.context;
    for (const list of this.#watches.left as Set<Array<{ id: number }>>) {
      this.#loseWatches(list[0]!.id);
    }
    for (const [name, writer] of this.#writers) {
      writer.end();
      report.fate(name, dump.has(name) ? "changed" : "made");
    }
    for (const name of FILE_IMAGES) {
      if (!dump.has(name) || this.#writers.has(name)) continue;
      report.fate(name, "gone");
      report.change(name, WATCHES.has(name) ? fileWatches.name : filesImage.name);
    }
  }

  #emit(file: FileEntry, image: string, index: number): void {
    const { plan, report } = this.context;
    const isApart = plan.has(fileWatches) ? undefined : withoutWatches(file);
    for (const watch of isApart?.watches ?? []) this.#write(watch, image, index);
    const rest = isApart?.file ?? file;
    if (plan.has(filesImage)) {
      const entry = fieldsOf(rest);
      return this.#write({ image: FILES_IMAGE, message: "file_entry", entry }, image, index);
    }
    const placed = split(rest);
    if (placed.image !== FILES_IMAGE) return this.#write(placed, image, index);
    const what = `a file of type ${file.type}, which has no image of its own`;
    report.lose({ image, entry: index, field: "type", what, name: "file_entry.type" });
  }

  /** Writes an entry after the steps, without everything that the release does not know. */
  #write({ image: target, message, entry }: PlacedEntry, image: string, index: number): void {
    const { entries, report } = this.context;
    entries.place(image, index, target);
    if (target !== image) report.change(target, `from ${image}`);
    for (const payload of entries.pruned(message, entry)) this.#writer(target).entry(payload);
  }

  #writer(image: string): ImageWriter {
    let writer = this.#writers.get(image);
    if (writer === undefined) {
      writer = new ImageWriter(this.context.products.create(image));
      const { version, dump } = this.context;
      writer.begin(headOf(typeByFileName(image)!, version, dump.byteOrder));
      this.#writers.set(image, writer);
    }
    return writer;
  }

  #forEach(image: string, action: (entry: Message, index: number) => void): void {
    using file = this.context.dump.source.open(image);
    let index = 0;
    const error = scanImage(file, new ObjectEvents((entry) => action(entry, index++)));
    if (error !== undefined) throw error;
  }

  #watchesIn<T extends { id: number }>(image: string): Map<number, T[]> {
    const watches = new Map<number, T[]>();
    if (!this.context.dump.has(image)) return watches;
    this.#forEach(image, (entry) => {
      const watch = entry as T;
      const list = watches.get(watch.id);
      if (list === undefined) watches.set(watch.id, [watch]);
      else list.push(watch);
    });
    return watches;
  }

  /** Copies watches that stay in separate images. */
  #keepWatches(): void {
    for (const { name, message } of WATCH_IMAGES) {
      if (!this.context.dump.has(name)) continue;
      this.#forEach(name, (entry, index) => {
        this.#write({ image: name, message, entry }, name, index);
      });
    }
  }

  #claim({ epfd, ify, ffy }: FileEntry): void {
    const { tfd, wd, mark, left } = this.#watches;
    left.delete(tfd.get(epfd?.id ?? -1));
    left.delete(wd.get(ify?.id ?? -1));
    left.delete(mark.get(ffy?.id ?? -1));
  }

  #loseWatches(id: number): void {
    const { tfd, wd } = this.#watches;
    const { name, message } = WATCH_IMAGES[tfd.has(id) ? 0 : wd.has(id) ? 1 : 2];
    const what = `watches of file ${id}, which is not in the dump`;
    const loss = { image: name, entry: undefined, field: "id", what, name: `${message}.id` };
    this.context.report.lose(loss);
  }
}
