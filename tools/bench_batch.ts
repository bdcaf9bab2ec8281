/**
 * Measures `crit decode` and `crit encode` on a dump of 1,000 images, compared with one process of
 * Debian's `crit` for each image, as in a script.
 *
 * ```text
 * deno run -A tools/bench_batch.ts [--runs N] [--sample N]
 * ```
 *
 * The dump has 166 tasks, made from the images of fixtures/dumps/shloop with a seed: registers,
 * areas, page ranges and descriptors differ between tasks. Debian's tool is measured on a sample of
 * the images, and its time is extrapolated. `$CRIT_BIN` names another executable to measure. Prints
 * Markdown.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { decodeObjects, type ObjectImage } from "../images/image/objects.ts";
import { encodeImage } from "../mod.ts";
import { randomNumbers } from "./bench_images.ts";
import {
  CHECKOUT,
  type Cost,
  DEBIAN,
  exists,
  measure,
  memory,
  type Program,
  ROOT,
  row,
  seconds,
} from "./measuring.ts";

const FIXTURE = `${ROOT}fixtures/dumps/shloop`;
const TASKS = 166;

type Entries = ObjectImage["entries"];

function template(name: string): ObjectImage {
  return decodeObjects(Deno.readFileSync(`${FIXTURE}/${name}`), { name });
}

/** Writes the dump and returns its number of images: 1,000. */
export function writeManyImages(directory: string): number {
  const random = randomNumbers(6);
  const upTo = (limit: number) => random() % limit;
  let count = 0;
  const write = (name: string, magic: string, entries: Entries) => {
    Deno.writeFileSync(`${directory}/${name}`, encodeImage({ type: magic, entries }));
    count++;
  };
  const core = template("core-1517.img").entries[0]!;
  const ids = template("ids-1517.img").entries[0]!;
  const mm = template("mm-1517.img").entries[0]!;
  const fs = template("fs-1517.img").entries[0]!;
  const [descriptor] = template("fdinfo-2.img").entries as [Entries[0]];
  const files: Entries = [];
  const tree: Entries = [];
  for (let index = 0; index < TASKS; index++) {
    const pid = 1000 + index * 3;
    const parent = index === 0 ? 0 : 1000 + upTo(index) * 3;
    tree.push({ pid, ppid: parent, pgid: 1000, sid: 1000, threads: [pid] });
    write(`core-${pid}.img`, "CORE", [varied(core, random)]);
    write(`ids-${pid}.img`, "IDS", [{ ...ids, files_id: index + 1, vm_id: index + 1 }]);
    write(`fs-${pid}.img`, "FS", [fs]);
    const areas = (mm.vmas as Entries).slice();
    for (let more = 20 + upTo(180); more > 0; more--) areas.push(varied(areas[0]!, random));
    write(`mm-${pid}.img`, "MM", [{ ...mm, vmas: areas }]);
    const ranges: Entries = [{ pages_id: index + 1 }];
    let vaddr = 0x5555_0000_0000n;
    for (let more = 20 + upTo(400); more > 0; more--) {
      const pages = 1 + upTo(60);
      ranges.push({ vaddr, compat_nr_pages: 0, flags: 4, nr_pages: BigInt(pages) });
      vaddr += BigInt(pages + upTo(100)) << 12n;
    }
    write(`pagemap-${pid}.img`, "PAGEMAP", ranges);
    const open: Entries = [];
    for (let fd = 3 + upTo(60); fd >= 0; fd--) {
      const id = files.length + 1;
      open.push({ ...descriptor, id, fd });
      const fown = { uid: 0, euid: 0, signum: 0, pid_type: 0, pid: 0 };
      const name = `/srv/data/${random().toString(16)}.log`;
      const reg = { id, flags: 0o102, pos: BigInt(random()), fown, name, mode: 0o100644 };
      files.push({ type: "REG", id, reg });
    }
    write(`fdinfo-${index + 1}.img`, "FDINFO", open);
  }
  write("files.img", "FILES", files);
  write("pstree.img", "PSTREE", tree);
  write("seccomp.img", "SECCOMP", template("seccomp.img").entries);
  write("inventory.img", "INVENTORY", template("inventory.img").entries);
  return count;
}

/** Varies the 64-bit numbers of an entry at any depth. */
function varied<T>(value: T, random: () => number): T {
  if (typeof value === "bigint" && value > 0xffffn) {
    return (value & ~0xff_f000n | BigInt(random() & 0xfff) << 12n) as T;
  }
  if (Array.isArray(value)) return value.map((item) => varied(item, random)) as T;
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, varied(item, random)]);
  return Object.fromEntries(entries);
}

/** A sample of `count` names at equal distances. */
function sampled(names: readonly string[], count: number): string[] {
  const step = Math.max(1, names.length / count);
  return Array.from({ length: Math.min(count, names.length) }, (_, i) => names[i * step | 0]!);
}

/** The time of one process of Debian's crit for each image, extrapolated from a sample. */
async function measureDebian(
  [dump, json]: readonly [dump: string, json: string],
  { directory, sample }: { directory: string; sample: number },
): Promise<[decode: Cost, encode: Cost]> {
  const names = [...Deno.readDirSync(dump)].map(({ name }) => name).sort();
  const some = sampled(names, sample);
  const times = async (line: string): Promise<Cost> => {
    const script = `for name in ${some.join(" ")}; do ${line} || exit 1; done`;
    const cost = await measure(["bash", "-c", script], { directory, runs: 1 });
    const factor = names.length / some.length;
    return { ...cost, cpu: cost.cpu * factor, wall: cost.wall * factor };
  };
  const out = `${directory}/debian`;
  // 3.17.1 has another name for nr_pages and does not read the JSON of other programs.
  const decode = await times(`${DEBIAN[0]} decode -i ${dump}/$name -o ${out}.$name.json`);
  const encode = await times(`${DEBIAN[0]} encode -i ${out}.$name.json -o ${out}.$name`);
  if (!exists(`${json}/inventory.img.json`)) throw new Error("nothing was decoded");
  return [decode, encode];
}

/** Prints a table of medians over `runs` runs; writes files below `directory`. */
export async function benchBatch(directory: string, runs: number, sample: number): Promise<void> {
  const [dump, json, back] = ["dump", "json", "back"].map((name) => `${directory}/${name}`);
  Deno.mkdirSync(dump!);
  const count = writeManyImages(dump!);
  const programs: [string, Program][] = [["crit from a checkout", CHECKOUT]];
  const binary = Deno.env.get("CRIT_BIN");
  if (binary) programs.push(["crit, executable", [Deno.realPathSync(binary)]]);
  row([`${count} images in one run`, "", "CPU", "wall", "wall an image", "peak"]);
  row(["---", "---", "--:", "--:", "--:", "--:"]);
  const print = (title: string, direction: string, { cpu, wall, peak }: Cost) => {
    const each = `${(wall / count * 1000).toFixed(2)} ms`;
    row([title, direction, seconds(cpu), seconds(wall), each, memory(peak)]);
  };
  for (const [title, program] of programs) {
    const settings = { directory, runs };
    const ways = [["decode", dump!, json!], ["encode", json!, back!]] as const;
    for (const [direction, from, to] of ways) {
      const cost = await measure([...program, direction, "-i", from, "-o", to], settings);
      print(title, direction, cost);
    }
    const { success } = await new Deno.Command("diff", { args: ["-r", dump!, back!] }).output();
    if (!success) throw new Error(`${title} lost data`);
  }
  if (!exists(DEBIAN[0]!)) return;
  const theirs = await measureDebian([dump!, json!], { directory, sample });
  ["decode", "encode"].forEach((direction, i) =>
    print(`Debian's crit, one process an image (by ${sample})`, direction, theirs[i]!)
  );
}

if (import.meta.main) {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      runs: { type: "string", default: "5" },
      sample: { type: "string", default: "100" },
    },
  });
  const directory = await Deno.makeTempDir({ prefix: "crit-bench-" });
  try {
    await benchBatch(directory, Number(values.runs), Number(values.sample));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
