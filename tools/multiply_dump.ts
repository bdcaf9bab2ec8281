/**
 * Makes a dump of many tasks from a small one, with copies of every task that have other process
 * ids, object ids, descriptor tables, open files and files of pages. Benchmarks and tests use it
 * for dumps that are too large for fixtures.
 *
 * ```text
 * deno run -A tools/multiply_dump.ts [--from DUMP] [--tasks N] OUT
 * ```
 *
 * The copies are children of the dump's root task, with sessions of their own if the original has
 * one. Files of pages are hard links to one copy in the new dump.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { decodeObjects, type ObjectImage } from "../images/image/objects.ts";
import { shapeAt } from "../images/image/reader.ts";
import { VMA } from "../images/kernel/memory.ts";
import { Kind, messageSchema } from "../images/protobuf/schema.ts";
import { typeByFileName, typeByName } from "../images/types/registry.ts";
import { encodeImage, type Message, type Value } from "../mod.ts";
import { ROOT } from "./measuring.ts";

/** Kinds of numbers in entries; each copy of a task has its own numbers. */
type Space = "pid" | "object" | "file" | "inode" | "pages";

/** Fields with numbers that are different in every copy, by `message.field`. */
const NUMBERS: Readonly<Record<string, Space>> = {
  "pstree_entry.pid": "pid",
  "pstree_entry.ppid": "pid",
  "pstree_entry.pgid": "pid",
  "pstree_entry.sid": "pid",
  "pstree_entry.threads": "pid",
  "fown_entry.pid": "pid",
  "task_kobj_ids_entry.vm_id": "object",
  "task_kobj_ids_entry.files_id": "object",
  "task_kobj_ids_entry.fs_id": "object",
  "task_kobj_ids_entry.sighand_id": "object",
  "fs_entry.cwd_id": "file",
  "fs_entry.root_id": "file",
  "mm_entry.exe_file_id": "file",
  "fdinfo_entry.id": "file",
  "file_entry.id": "file",
  "reg_file_entry.id": "file",
  "eventfd_file_entry.id": "file",
  "pipe_entry.id": "file",
  "pipe_entry.pipe_id": "inode",
  "pipe_data_entry.pipe_id": "inode",
  "unix_sk_entry.id": "file",
  "unix_sk_entry.ino": "inode",
  "unix_sk_entry.peer": "inode",
  "vma_entry.shmid": "file",
  "pagemap_head.pages_id": "pages",
};

/** Image types of single tasks, with the kind of number in their name. */
const OF_A_TASK: Readonly<Record<string, Space>> = {
  CORE: "pid",
  IDS: "pid",
  MM: "pid",
  FS: "pid",
  PAGEMAP: "pid",
  FDINFO: "object",
  PAGES: "pages",
};

/** Image types of all tasks: the copies' entries follow those of the original. */
const LISTS = new Set(["PSTREE", "FILES", "PIPES_DATA"]);

/** Image types of which a dump has one, regardless of the number of tasks. */
const KEPT = new Set(["INVENTORY", "SECCOMP", "TIMENS", "CGROUP", "STATS"]);

/** Kinds of open files whose numbers are in {@link NUMBERS}. */
const FILES = new Set(["REG", "PIPE", "EVENTFD", "UNIXSK"]);

/** Bits of an area's status: it maps a file, or memory outside of the task's. */
const FILE_MAPPING = VMA.FILE_PRIVATE | VMA.FILE_SHARED;
const SHARED_MEMORY = VMA.ANON_SHARED | VMA.SYSVIPC | VMA.MEMFD;

/** First process id of the copies, larger than those of fixtures. */
const FIRST_PID = 100_000;

/** Options for multiplying a dump. */
export interface MultiplyOptions {
  /** Directory of the original dump; by default fixtures/dumps/shloop, with two tasks. */
  readonly from?: string;
  /** Minimum number of tasks in the new dump. */
  readonly tasks: number;
}

/** Returns the number in a copy for one in the original. */
type Renumber = (space: Space, number: number) => number;

/** A decoded image of the original dump. */
interface Template {
  readonly name: string;
  readonly type: string;
  /** Number in its name, for images of a single task. */
  readonly number: number;
  readonly image: ObjectImage | undefined;
}

/**
 * Writes the dump into a new directory. Returns the numbers of tasks and images.
 *
 * @throws {Error} if the dump has images or files that this module cannot multiply
 */
export function multiplyDump(
  out: string,
  { from = `${ROOT}fixtures/dumps/shloop`, tasks }: MultiplyOptions,
): { tasks: number; images: number } {
  Deno.mkdirSync(out);
  const templates = [...Deno.readDirSync(from)].map(({ name }) => name).sort()
    .flatMap((name) => templateOf(from, name) ?? []);
  const ofTask = templates.filter(({ type }) => Object.hasOwn(OF_A_TASK, type));
  const lists = templates.filter(({ type }) => LISTS.has(type))
    .map(({ name, image }) => ({ name, image: image!, entries: [...image!.entries] }));
  const renumber = renumbering(templates);
  const tree = templates.find(({ type }) => type === "PSTREE")!.image!.entries;
  const root = tree[0]!.pid!;
  const each = tree.length;
  const copies = Math.ceil(tasks / each);
  for (const { name } of templates) Deno.copyFileSync(`${from}/${name}`, `${out}/${name}`);
  for (let copy = 1; copy < copies; copy++) {
    const number: Renumber = (space, value) => renumber(copy, space, value);
    for (const template of ofTask) writeCopy(out, template, number);
    for (const { image, entries } of lists) {
      for (const [index, entry] of image.entries.entries()) {
        const made = renumbered(entry, messageAt(image, index), number);
        if (image.type === "PSTREE" && made.ppid === 0) made.ppid = root;
        entries.push(made);
      }
    }
  }
  for (const { name, image, entries } of lists) {
    Deno.writeFileSync(`${out}/${name}`, encodeImage({ ...image, entries }));
  }
  return { tasks: copies * each, images: templates.length + (copies - 1) * ofTask.length };
}

function templateOf(from: string, name: string): Template | undefined {
  const type = typeByFileName(name);
  if (type === undefined) return undefined;
  const isKnown = Object.hasOwn(OF_A_TASK, type.name) || LISTS.has(type.name) ||
    KEPT.has(type.name);
  if (!isKnown) throw new Error(`${name}: images of type ${type.name} cannot be multiplied`);
  const number = Number(/-(\d+)\.img$/.exec(name)?.[1] ?? 0);
  const isRaw = type.entry === undefined;
  const image = isRaw ? undefined : decodeObjects(Deno.readFileSync(`${from}/${name}`), { name });
  const strange = image?.type === "FILES"
    ? image.entries.find((entry) => !FILES.has(String(entry.type)))
    : undefined;
  if (strange !== undefined) throw new Error(`files of type ${strange.type} cannot be multiplied`);
  return { name, type: type.name, number, image };
}

/** Computes the numbers of a copy: those of the original, moved after all earlier ones. */
function renumbering(
  templates: readonly Template[],
): (copy: number, space: Space, number: number) => number {
  const pids = new Set<number>();
  const step: Record<Space, number> = { pid: 0, object: 0, file: 0, inode: 0, pages: 0 };
  for (const { type, image, number } of templates) {
    if (type === "CORE") pids.add(number);
    for (const [index, entry] of image?.entries.entries() ?? []) {
      renumbered(entry, messageAt(image!, index), (space, value) => {
        step[space] = Math.max(step[space], value);
        return value;
      });
    }
  }
  const order = [...pids].sort((a, b) => a - b);
  return (copy, space, number) => {
    if (number === 0) return 0;
    if (space !== "pid") return number + copy * step[space];
    const index = order.indexOf(number);
    return index < 0 ? number : FIRST_PID + (copy - 1) * order.length + index;
  };
}

/** Message of the entry of an image with this index. */
function messageAt({ type: magic }: ObjectImage, index: number): string {
  return shapeAt(typeByName(magic)!, index).entry;
}

/** Replaces the numbers of an entry at any depth. */
function renumbered(entry: Message, message: string, number: Renumber): Message {
  const made: Message = { ...entry };
  for (const { name, kind, typeName } of messageSchema(message).fields) {
    const value = entry[name];
    if (value === undefined) continue;
    const change = (one: Value): Value => {
      if (kind === Kind.Message) return renumbered(one as Message, typeName!, number);
      const space = spaceOf(message, name, entry);
      if (space === undefined) return one;
      return typeof one === "bigint" ? BigInt(number(space, Number(one))) : number(space, +one);
    };
    made[name] = Array.isArray(value) ? value.map(change) : change(value);
  }
  return made;
}

/** The kind of number in a field; undefined for areas without a file. */
function spaceOf(message: string, field: string, entry: Message): Space | undefined {
  const path = `${message}.${field}`;
  if (path !== "vma_entry.shmid") return NUMBERS[path];
  const status = Number(entry.status);
  if ((status & SHARED_MEMORY) !== 0) throw new Error("shared memory cannot be multiplied");
  return (status & FILE_MAPPING) !== 0 ? "file" : undefined;
}

/** Writes a copy's image. */
function writeCopy(out: string, template: Template, number: Renumber): void {
  const { name, type, image } = template;
  const newNumber = number(OF_A_TASK[type]!, template.number);
  const path = `${out}/${name.slice(0, name.lastIndexOf("-"))}-${newNumber}.img`;
  if (image === undefined) return Deno.linkSync(`${out}/${name}`, path);
  const entries = image.entries.map((entry, index) =>
    renumbered(entry, messageAt(image, index), number)
  );
  Deno.writeFileSync(path, encodeImage({ ...image, entries }));
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    args: Deno.args,
    allowPositionals: true,
    options: { from: { type: "string" }, tasks: { type: "string", default: "4000" } },
  });
  const [out] = positionals;
  if (out === undefined) throw new Error("usage: multiply_dump.ts [--from DUMP] [--tasks N] OUT");
  const { from, tasks } = values;
  const made = multiplyDump(out, from === undefined ? { tasks: +tasks } : { from, tasks: +tasks });
  console.log(`${made.tasks} tasks, ${made.images} images`);
}
