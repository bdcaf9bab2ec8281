/**
 * Converting a dump to another image version, or to the form that a CRIU release reads.
 *
 * A conversion is a generator that yields after every image, so that its caller can do other work.
 * The report lists its changes and losses. The caller discards a conversion with losses that the
 * user did not accept.
 *
 * @module
 */

import { decodeMessage } from "../codec/objects.ts";
import type { Dump } from "../dump/dump.ts";
import { scanImage } from "../dump/image.ts";
import type { ImageFile } from "../dump/source.ts";
import type { ImageVersion } from "../image/head.ts";
import { isInsignificantMessage } from "../releases/defaults.ts";
import { DumpContext } from "../releases/dump_context.ts";
import { firstOfImage, type Rank, type Target } from "../releases/releases.ts";
import type { ImageType } from "../types/image_type.ts";
import { typeByFileName } from "../types/registry.ts";
import { EntryConverter } from "./entries.ts";
import { convertFiles, movesFiles } from "./files.ts";
import { fillHoles, hasChunks } from "./ghost_files.ts";
import { rewriteImage } from "./image_rewriter.ts";
import type { ConversionOutput } from "./output.ts";
import { type ConversionPlan, planFor } from "./plan.ts";
import type { ConversionReport } from "./report.ts";
import { hasSegments, inlineSegments, outlineSegments, type SegmentContext } from "./segments.ts";
import { ghostHoles } from "./steps/ghost_holes.ts";
import { ipcShm } from "./steps/ipc_shm.ts";
import { convertTask, tasksOf } from "./tasks.ts";
import { convertVersion, HEAD_CHANGE, typeOf } from "./versions.ts";

/**
 * Converts a dump; yields after each image.
 *
 * @throws {CritError} `data` if an image is damaged
 */
export function convertDump(
  dump: Dump,
  target: Target,
  products: ConversionOutput,
  report: ConversionReport,
): Generator<void> {
  if (target.kind === "version") return convertVersion(dump, target.version, products, report);
  return new ReleaseConversion(dump, target.rank, target.version, products, report).run();
}

/**
 * The conversion to a release in four stages: open files, tasks, segments, and single images. The
 * first three move data between images. Each settles the fate of its images in the report, and the
 * last stage converts all images that are not settled.
 */
class ReleaseConversion {
  readonly plan: ConversionPlan;
  readonly entries: EntryConverter;
  #lastPagesId: number | undefined;

  constructor(
    readonly dump: Dump,
    readonly rank: Rank,
    readonly version: ImageVersion,
    readonly products: ConversionOutput,
    readonly report: ConversionReport,
  ) {
    this.plan = planFor(rank);
    this.entries = new EntryConverter(this.plan, rank, version, new DumpContext(dump), report);
  }

  *run(): Generator<void> {
    const { dump, plan, report } = this;
    const names = [...dump.source.files.keys()];
    if (movesFiles(dump, plan)) yield* convertFiles(this);
    for (const task of tasksOf(dump)) {
      convertTask(task, { ...this.#parts, steps: plan.tasks });
      yield;
    }
    for (const name of names) {
      if (typeByFileName(name)?.entry === "ipc_shm_entry") this.#convertSegments(name);
    }
    for (const name of names) {
      if (report.isSettled(name)) continue;
      this.#convertImage(name);
      yield;
    }
    // Conversions may have read from images with faults.
    const [fault] = dump.allFaults;
    if (fault !== undefined) throw fault;
  }

  get #parts() {
    const { dump, entries, products, report, version } = this;
    return { dump, entries, products, report, version };
  }

  #convertSegments(name: string): void {
    const { dump, plan, report } = this;
    const isUp = plan.has(ipcShm);
    if (!hasSegments(dump, name, isUp)) return;
    const context: SegmentContext = {
      ...this.#parts,
      facts: this.entries.facts,
      payload: (image, message, payload, index) =>
        this.entries.changed(image, message, payload, index) ?? [payload],
    };
    if (isUp) outlineSegments(name, context, () => this.#newPagesId());
    else inlineSegments(name, context);
    report.fate(name, "changed");
    report.change(name, ipcShm.name);
  }

  /** Returns the next number that no pages-%u.img has. */
  #newPagesId(): number {
    this.#lastPagesId ??= Math.max(
      0,
      ...[...this.dump.source.files.keys()]
        .map((name) => Number(/^pages-(\d+)\.img$/.exec(name)?.[1] ?? 0)),
    );
    return ++this.#lastPagesId;
  }

  #convertImage(name: string): void {
    const { products, report, version, entries } = this;
    using file = this.dump.source.open(name);
    const type = typeOf(file);
    if (this.#isUnknown(typeByFileName(name))) return this.#dropImage(file, typeByFileName(name)!);
    if (type === undefined) {
      products.keep(name);
      report.fate(name, "kept");
      return;
    }
    if (type.head?.entry === "ghost_file_entry" && !this.plan.has(ghostHoles) && hasChunks(file)) {
      return this.#convertGhost(file);
    }
    const { isChanged, isHeadChanged } = rewriteImage(
      file,
      version,
      products,
      (shape, payload, index) => entries.changed(name, shape.entry, payload, index),
    );
    report.fate(name, isChanged ? "changed" : "kept");
    if (isHeadChanged) report.change(name, HEAD_CHANGE);
  }

  #convertGhost(file: ImageFile): void {
    const { name } = file;
    fillHoles(file, this.version, this.products, (payload) => {
      return this.entries.changed(name, "ghost_file_entry", payload, 0) ?? [payload];
    });
    this.report.fate(name, "changed");
    this.report.change(name, ghostHoles.name);
  }

  #isUnknown(type: ImageType | undefined): boolean {
    return type !== undefined && firstOfImage(type.name) > this.rank;
  }

  /** Drops an image that the release does not know; a loss if it contains something significant. */
  #dropImage(file: ImageFile, type: ImageType): void {
    const { name } = file;
    this.report.fate(name, "gone");
    this.report.change(name, `no ${type.name} images`);
    if (!this.#isSignificant(file, type)) return;
    this.report.lose({
      image: name,
      entry: undefined,
      field: undefined,
      what: `the image: ${type.summary}`,
      name: type.name,
    });
  }

  #isSignificant(file: ImageFile, type: ImageType): boolean {
    if (type.entry === undefined) return file.size > 0;
    const { pruner } = this.entries;
    let isSignificant = false;
    const error = scanImage(file, {
      begin: () => {},
      payload: (shape, bytes, from, to) => {
        isSignificant ||= !isInsignificantMessage(
          shape.entry,
          decodeMessage(shape.entry, bytes, from, to),
          pruner.facts,
        );
      },
      extraBegin: () => {},
      extraBytes: () => {},
      extraEnd: () => {},
      entryEnd: () => {},
      end: () => {},
    });
    if (error !== undefined) throw error;
    return isSignificant;
  }
}
