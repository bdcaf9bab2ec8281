/**
 * Converts the images of a task together: its cores, and the images that older releases keep
 * separately.
 *
 * @module
 */

import type { CoreEntry } from "../../proto/types.ts";
import { sameBytes } from "../bytes/bytes.ts";
import { encodeMessage, type Message } from "../codec/objects.ts";
import { typed, typedList } from "../codec/typed.ts";
import type { Dump } from "../dump/dump.ts";
import { readImage } from "../dump/image.ts";
import { OLD_IMAGES, OLD_PARTS, oldImage, type OldPart } from "../dump/old_task_images.ts";
import { dataError } from "../errors.ts";
import { headOf, type ImageVersion } from "../image/head.ts";
import { isDeadState } from "../kernel/tasks.ts";
import { typeByFileName } from "../types/registry.ts";
import type { EntryConverter } from "./entries.ts";
import { type ConversionOutput, ImageWriter } from "./output.ts";
import type { TaskStep } from "./plan.ts";
import type { ConversionReport } from "./report.ts";
import type { TaskImages } from "./steps/step.ts";

/** The parts of a task, without those of its threads. */
const APART = OLD_PARTS
  .filter((part): part is Exclude<OldPart, "privateSignals"> => part !== "privateSignals");

/** A task as listed in pstree.img. */
export interface TaskName {
  readonly pid: number;
  readonly tids: readonly number[];
}

/** The tasks of a dump; without pstree.img, each core is a task. */
export function tasksOf(dump: Dump): TaskName[] {
  if (dump.has("pstree.img")) {
    return dump.tasks.map(({ pid, entry }) => ({ pid, tids: entry.threads ?? [] }));
  }
  return [...dump.source.files.keys()].flatMap((name) => {
    const pid = /^core-(\d+)\.img$/.exec(name)?.[1];
    return pid === undefined ? [] : [{ pid: Number(pid), tids: [] }];
  });
}

/** The parts of the conversion that tasks need. */
export interface TaskContext {
  readonly dump: Dump;
  readonly steps: readonly TaskStep[];
  readonly entries: EntryConverter;
  readonly products: ConversionOutput;
  readonly report: ConversionReport;
  readonly version: ImageVersion;
}

/**
 * Converts the images of a task that steps change.
 *
 * @throws {CritError} `data` if one is damaged
 */
export function convertTask(task: TaskName, context: TaskContext): void {
  const images = readTask(task, context.dump);
  if (images === undefined) return;
  const before = payloadsOf(images);
  let now = before;
  for (const { step, edit } of context.steps) {
    if (!edit(images)) continue;
    const after = payloadsOf(images);
    for (const name of new Set([...now.keys(), ...after.keys()])) {
      if (!areEqual(now.get(name), after.get(name))) context.report.change(name, step.name);
    }
    now = after;
  }
  const changed = [...new Set([...before.keys(), ...now.keys()])]
    .filter((name) => !areEqual(before.get(name), now.get(name)));
  for (const name of changed) {
    const payloads = now.get(name);
    if (payloads === undefined) context.report.fate(name, "gone");
    else writeImage(name, payloads, before.has(name), context);
  }
}

function writeImage(
  name: string,
  payloads: readonly Uint8Array[],
  isOld: boolean,
  { dump, products, entries, report, version }: TaskContext,
): void {
  const type = typeByFileName(name)!;
  const writer = new ImageWriter(products.create(name));
  writer.begin(headOf(type, version, dump.byteOrder));
  payloads.forEach((payload, index) => {
    const changed = entries.changed(name, type.entry!, payload, index);
    for (const one of changed ?? [payload]) writer.entry(one);
  });
  writer.end();
  report.fate(name, isOld ? "changed" : "made");
}

/** Reads the images of a task; undefined if it has no core. */
function readTask({ pid, tids }: TaskName, dump: Dump): TaskImages | undefined {
  const leader = readCore(dump, pid);
  if (leader === undefined) return undefined;
  const cores = new Map([[pid, leader]]);
  const hasThreads = !isDeadState(leader.tc?.task_state ?? 0);
  for (const tid of hasThreads ? tids : []) {
    const core = cores.has(tid) ? undefined : readCore(dump, tid);
    if (core !== undefined) cores.set(tid, core);
  }
  const task: TaskImages = { pid, cores, privateSignals: new Map() };
  for (const part of APART) {
    const name = oldImage(part, pid);
    const { isList } = OLD_IMAGES[part];
    const entries = readEntries(dump, name);
    if (entries === undefined) continue;
    if (!isList && entries.length !== 1) throw notOne(name, entries.length);
    Object.assign(task, { [part]: isList ? entries : entries[0] });
  }
  for (const tid of cores.keys()) {
    const signals = readEntries(dump, oldImage("privateSignals", tid));
    if (signals !== undefined) task.privateSignals.set(tid, typedList<"siginfo_entry">(signals));
  }
  const [mm] = task.vmas === undefined ? [] : readEntries(dump, `mm-${pid}.img`) ?? [];
  if (mm !== undefined) Object.assign(task, { mm });
  return task;
}

function readCore(dump: Dump, tid: number): CoreEntry | undefined {
  const name = `core-${tid}.img`;
  const entries = readEntries(dump, name);
  if (entries === undefined) return undefined;
  if (entries.length !== 1) throw notOne(name, entries.length);
  return typed<"core_entry">(entries[0]!);
}

function notOne(image: string, count: number): Error {
  return dataError(`it has ${count} entries, one is expected`, { image });
}

/** The entries of an image; undefined if it does not exist. */
function readEntries(dump: Dump, name: string): Message[] | undefined {
  if (!dump.has(name)) return undefined;
  using file = dump.source.open(name);
  const { type, entries, error } = readImage(file);
  if (error !== undefined) throw error;
  if (type !== typeByFileName(name)) {
    throw dataError(`it is a ${type?.name} image by its magic`, { image: name });
  }
  return [...entries];
}

/** The payloads of each image. */
function payloadsOf(task: TaskImages): Map<string, Uint8Array[]> {
  const images = new Map<string, Uint8Array[]>();
  const add = (name: string, entries: readonly object[]) => {
    const message = typeByFileName(name)!.entry!;
    images.set(name, entries.map((entry) => encodeMessage(message, entry)));
  };
  for (const [tid, core] of task.cores) add(`core-${tid}.img`, [core]);
  for (const part of APART) {
    const value = task[part];
    if (value === undefined) continue;
    add(oldImage(part, task.pid), Array.isArray(value) ? value : [value]);
  }
  for (const [tid, signals] of task.privateSignals) add(oldImage("privateSignals", tid), signals);
  if (task.mm !== undefined) add(`mm-${task.pid}.img`, [task.mm]);
  return images;
}

function areEqual(a: readonly Uint8Array[] | undefined, b: readonly Uint8Array[] | undefined) {
  if (a === undefined || b === undefined) return a === b;
  return a.length === b.length && a.every((one, i) => sameBytes(one, b[i]!));
}
