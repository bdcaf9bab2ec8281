/**
 * The context of the rules: a dump, and facts about it that several rules need, computed once.
 *
 * @module
 */

import type {
  FdinfoEntry,
  FdTypes,
  InventoryEntry,
  Messages,
  VmaEntry,
} from "../../proto/types.ts";
import type { Dump } from "../dump/dump.ts";
import { pagesName } from "../dump/extent.ts";
import type { FellowReader } from "../dump/fellow_reader.ts";
import { type FileTable, KIND_IMAGES } from "../dump/file_table.ts";
import type { DumpKind } from "../dump/kind.ts";
import { oldImage } from "../dump/old_task_images.ts";
import type { Task, Thread } from "../dump/task.ts";
import type { CheckedPageMap } from "./page_ranges.ts";
import { type ImageScan, scanForFaults } from "./scan.ts";
import { ScanTable } from "./scan_table.ts";

/** The image of open files since CRIU 3.4. */
const FILES = "files.img";

/** Most faults in fields that are kept beside the first of each image. */
const MOST_FAULTS = 10_000;

/** A table of descriptors, with the tasks that have it. */
export interface DescriptorTable {
  /** File name. */
  readonly image: string;
  /** Tasks that have it. */
  readonly tasks: readonly Task[];
  /** Its descriptors. */
  readonly entries: readonly FdinfoEntry[];
}

/** The memory areas of a task, or of several that share them. */
export interface TaskAreas {
  /** The task whose images have the areas. */
  readonly task: Task;
  /** The areas, in the order of the image. */
  readonly vmas: readonly VmaEntry[];
  /** The place of an area in its image, by its index in the list. */
  at(index: number, field?: string): { image: string; entry: number; field?: string };
}

/** A dump as the rules see it. */
export class CheckContext {
  #scans: ScanTable | undefined;
  #tasks: { living: readonly Task[]; dead: readonly Task[] } | undefined;
  #tables: readonly DescriptorTable[] | undefined;
  #threads: readonly Thread[] | undefined;
  #memories: readonly TaskAreas[] | undefined;
  #pageMaps: readonly CheckedPageMap[] | undefined;
  readonly #fellow: FellowReader | undefined;
  #fileImages: ReadonlyMap<FdTypes, string> | undefined;

  /**
   * Makes the context for a dump.
   *
   * @param host what uname(1) calls the machine on which it may be restored
   * @param fellow reads the images in the same pass
   */
  constructor(
    readonly dump: Dump,
    readonly host?: string,
    fellow?: FellowReader,
  ) {
    this.#fellow = fellow;
  }

  /** Every image with entries, read once to its end. */
  get scans(): ReadonlyMap<string, ImageScan> {
    return this.#scanTable;
  }

  get #scanTable(): ScanTable {
    if (this.#scans !== undefined) return this.#scans;
    const scans = new ScanTable((name) => this.dump.sizeOf(name));
    const budget = { left: MOST_FAULTS };
    for (const file of this.dump.dumpFiles) {
      if (file.type?.entry === undefined) continue;
      scans.add(scanForFaults(this.dump, file, { budget, fellow: this.#fellow }));
    }
    return this.#scans = scans;
  }

  /** Names of the images with entries of a message, in their order. */
  imagesOf(message: keyof Messages): string[] {
    return this.#scanTable.namesOf(message);
  }

  /** Whether an image exists and is whole. */
  isWhole(name: string): boolean {
    return this.#scanTable.isWhole(name);
  }

  /** Whether an image exists and is damaged. */
  isDamaged(name: string): boolean {
    return this.dump.has(name) && !this.isWhole(name);
  }

  /** What the directory holds. */
  get kind(): DumpKind {
    return this.dump.kind;
  }

  /** Entries of an image, with their indices; none where it is missing, some where damaged. */
  *entries<M extends keyof Messages>(
    name: string,
    message: M,
  ): Generator<[index: number, entry: Messages[M]]> {
    const expected = this.scans.get(name);
    if (expected === undefined || expected.type !== expected.expected) return;
    yield* this.dump.entries(name, message).entries();
  }

  /** The inventory, unless it is missing or damaged. */
  get inventory(): InventoryEntry | undefined {
    return this.isWhole("inventory.img") ? this.dump.inventory : undefined;
  }

  /** Tasks that were running or stopped. Tasks without a whole core image are left out. */
  get living(): readonly Task[] {
    return this.#states.living;
  }

  /** Tasks that had ended: they have a core image and nothing else. */
  get dead(): readonly Task[] {
    return this.#states.dead;
  }

  get #states(): { living: readonly Task[]; dead: readonly Task[] } {
    if (this.#tasks !== undefined) return this.#tasks;
    const told = this.dump.tasks.filter((task) =>
      this.isWhole(`core-${task.pid}.img`) && task.core?.tc !== undefined
    );
    const living = told.filter(({ state }) => state === "alive" || state === "stopped");
    return this.#tasks = { living, dead: told.filter((task) => task.isDead) };
  }

  /** Threads of the living tasks whose core image is whole and has its entry. */
  get threads(): readonly Thread[] {
    return this.#threads ??= this.living.flatMap(({ threads }) =>
      threads.filter(({ coreName, core }) => this.isWhole(coreName) && core !== undefined)
    );
  }

  /** The existing tables of descriptors. */
  get tables(): readonly DescriptorTable[] {
    if (this.#tables !== undefined) return this.#tables;
    const byName = Map.groupBy(this.living, (task) => task.fdinfoName ?? "");
    const tables = [...byName]
      .filter(([image]) => this.dump.has(image))
      .map(([image, tasks]) => ({
        image,
        tasks,
        entries: [...this.entries(image, "fdinfo_entry")].map(([, entry]) => entry),
      }));
    return this.#tables = tables;
  }

  /** The open files. */
  get files(): FileTable {
    return this.dump.files;
  }

  /** Name of the image with the open files of a type: before CRIU 3.4, each type had its own. */
  fileImage(type: FdTypes): string {
    this.#fileImages ??= new Map(
      KIND_IMAGES.some(({ name }) => this.dump.has(name)) && !this.dump.has(FILES)
        ? KIND_IMAGES.map(({ name, type }) => [type, name])
        : [],
    );
    return this.#fileImages.get(type) ?? FILES;
  }

  /** Whether no image of open files is damaged. */
  get filesAreWhole(): boolean {
    return [FILES, ...KIND_IMAGES.map(({ name }) => name)].every((name) => !this.isDamaged(name));
  }

  /** The memory areas of the living tasks; areas that several tasks share appear once. */
  get memories(): readonly TaskAreas[] {
    return this.#memories ??= this.living.flatMap((task): TaskAreas[] => {
      const apart = oldImage("vmas", task.pid);
      const image = this.dump.has(apart) ? apart : `mm-${task.pid}.img`;
      if (!this.isWhole(image)) return [];
      const at = (index: number, field?: string) => {
        if (image === apart) {
          return { image, entry: index, ...field === undefined ? {} : { field } };
        }
        const path = field === undefined ? [] : [field];
        return { image, entry: 0, field: [`vmas[${index}]`, ...path].join(".") };
      };
      return [{ task, vmas: task.vmas, at }];
    });
  }

  /** All undamaged page maps. */
  get pageMaps(): readonly CheckedPageMap[] {
    return this.#pageMaps ??= pageMapsOf(this);
  }
}

/** All whole page maps of a dump. */
function pageMapsOf(context: CheckContext): CheckedPageMap[] {
  const found: CheckedPageMap[] = [];
  for (const name of context.imagesOf("pagemap_entry")) {
    if (!context.isWhole(name)) continue;
    const map = context.dump.pageMap(name);
    if (map.pagesId === undefined || map.error !== undefined) continue;
    const pages = pagesName(map);
    found.push({ map, pageSize: context.dump.pageSize, pages });
  }
  return found;
}
