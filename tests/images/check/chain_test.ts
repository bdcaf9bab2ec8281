/**
 * Chains that are broken, and what CRIU 4.2.1 did with each when it restored them: crit's check has
 * an error where CRIU refused, hung or crashed, and none where it restored the memory.
 *
 * The cases are made from the dumps that CRIU's verdicts are about, which lie beside the checkout,
 * and some of them from the project's own copy.
 */

import assert from "node:assert/strict";
import { decodeObjects } from "../../../images/image/objects.ts";
import { encodeImage } from "../../../mod.ts";
import { isDirectory, SHARED } from "../../dumps.ts";
import { crit, isWithout, ROOT } from "../../programs.ts";
import { checked, type Fields, linesOf } from "./broken_dump.ts";

/** A chain of three dumps, `1` the first, that a test may break. */
class Chain implements Disposable {
  readonly path: string = Deno.makeTempDirSync({ prefix: "crit-chain-" });
  /** Number of the dumped parent process. */
  readonly pid: number;
  /** Number of its child. */
  readonly kid: number;

  constructor(readonly from: string) {
    for (const link of ["1", "2", "3"]) this.copy(`${from}/${link}`, link);
    const pids = [...Deno.readDirSync(`${this.path}/1`)]
      .flatMap(({ name }) => /^pagemap-(\d+)\.img$/.exec(name)?.[1] ?? [])
      .map(Number).sort((a, b) => a - b);
    [this.pid, this.kid] = [pids[0]!, pids[1]!];
  }

  at(place: string): string {
    return `${this.path}/${place}`;
  }

  /** The page map of the parent process in a dump. */
  map(link: string): string {
    return `${link}/pagemap-${this.pid}.img`;
  }

  /** Copies a dump; a file `parent` becomes the link that it was. */
  copy(from: string, to: string): void {
    Deno.mkdirSync(this.at(to));
    for (const { name } of Deno.readDirSync(from)) {
      if (name !== "parent") Deno.copyFileSync(`${from}/${name}`, this.at(`${to}/${name}`));
      else if (Deno.lstatSync(`${from}/${name}`).isSymlink) {
        this.link(`${to}/parent`, Deno.readLinkSync(`${from}/${name}`));
      } else this.link(`${to}/parent`, Deno.readTextFileSync(`${from}/${name}`).trim());
    }
  }

  remove(...places: string[]): void {
    for (const place of places) Deno.removeSync(this.at(place), { recursive: true });
  }

  move(from: string, to: string): void {
    Deno.renameSync(this.at(from), this.at(to));
  }

  link(place: string, to: string): void {
    Deno.symlinkSync(to, this.at(place));
  }

  relink(link: string, to: string): void {
    this.remove(`${link}/parent`);
    this.link(`${link}/parent`, to);
  }

  write(place: string, bytes: Uint8Array = new Uint8Array()): void {
    Deno.writeFileSync(this.at(place), bytes);
  }

  /** Cuts so many bytes off a file, or adds them. */
  resize(place: string, by: number): void {
    Deno.truncateSync(this.at(place), Deno.statSync(this.at(place)).size + by);
  }

  /** Writes `XXXX…` over bytes of a file. */
  spoil(place: string, offset: number, count: number): void {
    using file = Deno.openSync(this.at(place), { write: true });
    file.seekSync(offset, Deno.SeekMode.Start);
    file.writeSync(new TextEncoder().encode("X".repeat(count)));
  }

  /** Changes the entries of an image; the head of a page map is the first. */
  edit(place: string, change: (entries: Fields[]) => void): void {
    const image = decodeObjects(Deno.readFileSync(this.at(place)), { name: place });
    change(image.entries);
    this.write(place, encodeImage(image));
  }

  /** Runs crit, `@` in whose arguments stands for the directory of the chain. */
  async crit(...args: string[]): Promise<void> {
    const { code, stderr } = await crit(args.map((arg) => arg.replace("@", this.path)));
    assert.equal(code, 0, stderr);
  }

  /** Converts dumps, each alone, to a release, whether or not it can read the parents. */
  async convert(release: string, ...links: string[]): Promise<void> {
    for (const link of links) {
      this.move(link, "before");
      const options = ["--copy", "--to", release, "--drop", "parent"];
      await this.crit("convert", "@/before", `@/${link}`, ...options);
      this.remove("before");
    }
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

/** A case: what CRIU 4.2.1 did, and how it is made. */
interface Case {
  readonly criu: "restores" | "refuses";
  make(chain: Chain): void | Promise<void>;
  /** The dump that is restored, if it is not the last. */
  readonly restored?: string;
  /** Rules that find something; other warnings and notes are not looked at. */
  readonly rules: readonly string[];
}

const ANON = 0x200000000000n;
const refuses = (rules: string, make: Case["make"]): Case => ({
  criu: "refuses",
  make,
  rules: rules.split(" "),
});
const restores = (make: Case["make"], rules = ""): Case => ({
  criu: "restores",
  make,
  rules: rules === "" ? [] : rules.split(" "),
});

/** By the names that they have in AGREEMENT.md. */
const CASES: Readonly<Record<string, Case>> = {
  "00-good": restores(() => {}),
  "01-cut-1-pages1-one-page": refuses("parent-whole", (c) => c.resize("1/pages-1.img", -4096)),
  "02-cut-2-pages1-one-page": restores((c) => c.resize("2/pages-1.img", -4096), "parent-spare"),
  "03-cut-1-pages1-empty": refuses("parent-whole", (c) => c.write("1/pages-1.img")),
  "04-middle-deleted": refuses("parent-present", (c) => c.remove("2")),
  "05-swapped-1-2": refuses("parent-pages", (c) => {
    c.move("1", "t");
    c.move("2", "1");
    c.move("t", "2");
    c.remove("1/parent");
    c.link("2/parent", "../1");
  }),
  "05b-swapped-keeping-parents": refuses("parent-pages", (c) => {
    c.move("1", "t");
    c.move("2", "1");
    c.move("t", "2");
  }),
  "06-skip-middle": refuses("parent-pages", (c) => c.relink("3", "../1")),
  "07-no-parent-link": refuses("parent-present", (c) => c.remove("3/parent")),
  "07b-no-parent-link-in-2": refuses("parent-whole", (c) => c.remove("2/parent")),
  "08-parent-of-another-chain": refuses("parent-whole", (c) => {
    // Its processes have other numbers.
    for (const pid of [c.pid, c.kid]) c.move(`2/pagemap-${pid}.img`, `2/pagemap-${pid + 1000}.img`);
  }),
  "09-parent-is-itself": refuses("parent-present", (c) => c.relink("3", "../3")),
  "10-circle": refuses("parent-link", (c) => c.link("1/parent", "../3")),
  "11-parent-dir-not-link": restores((c) => {
    c.remove("3/parent");
    c.copy(c.at("2"), "3/parent");
    c.relink("3/parent", "../../1");
  }),
  "12-parent-dir-not-link-wrong-up": refuses("parent-whole", (c) => {
    c.remove("3/parent");
    c.copy(c.at("2"), "3/parent");
  }),
  "13-parent-is-file": refuses("parent-present", (c) => {
    c.remove("3/parent");
    c.write("3/parent");
  }),
  "14-pagemap-of-parent-gone": refuses("parent-whole", (c) => c.remove(c.map("2"))),
  "15-pagemap-of-first-gone": refuses("parent-whole", (c) => c.remove(c.map("1"))),
  "16-pages-of-first-gone": refuses("parent-whole", (c) => c.remove("1/pages-1.img")),
  "17-pages-of-2-gone": refuses("parent-whole", (c) => c.remove("2/pages-1.img")),
  "18-inventory-of-2-gone": restores((c) => c.remove("2/inventory.img")),
  "18b-inventory-of-1-gone": restores((c) => c.remove("1/inventory.img")),
  "19-pagemap-magic-2": refuses("parent-whole", (c) => c.spoil(c.map("2"), 4, 4)),
  "20-pagemap-cut-1": refuses("parent-whole", (c) => c.resize(c.map("1"), -3)),
  "21-pagemap-cut-2": refuses("parent-whole", (c) => c.resize(c.map("2"), -3)),
  "22-pages-longer-1": restores((c) => c.resize("1/pages-1.img", 4096), "parent-spare"),
  "23-pagesid-swapped-in-1": refuses(
    "parent-whole",
    (c) => c.edit(c.map("1"), ([head]) => head.pages_id = 2),
  ),
  "24-entry-removed-in-1": refuses(
    "parent-pages parent-spare",
    (c) => c.edit(c.map("1"), (entries) => entries.pop()),
  ),
  "24b-anon-entry-removed-in-1": refuses(
    "parent-pages parent-spare",
    (c) =>
      c.edit(
        c.map("1"),
        (entries) => entries.splice(entries.findIndex(({ vaddr }) => vaddr === ANON), 1),
      ),
  ),
  "25-entry-removed-in-2": refuses(
    "parent-pages",
    (c) => c.edit(c.map("2"), (entries) => entries.splice(2, 1)),
  ),
  "26-in-parent-in-1": refuses(
    "parent-whole parent-spare",
    (c) => c.edit(c.map("1"), (entries) => entries.at(-1).flags = 1),
  ),
  "27-first-deleted": refuses("parent-whole", (c) => c.remove("1")),
  "28-version10-parents": refuses("parent-format", (c) => c.convert("1.0", "1", "2")),
  "28b-parents-to-4.1": restores((c) => c.convert("4.1", "1", "2")),
  "29-swapped-pids-in-1": restores((c) => {
    c.move(`1/pagemap-${c.pid}.img`, "t");
    c.move(`1/pagemap-${c.kid}.img`, `1/pagemap-${c.pid}.img`);
    c.move("t", `1/pagemap-${c.kid}.img`);
  }),
  "30-range-count-bigger-in-1": restores(
    (c) => c.edit(c.map("1"), (entries) => entries.at(-1).nr_pages = 3n),
  ),
  "31-lazy-only-in-1": refuses("parent-whole parent-spare", (c) =>
    c.edit(
      c.map("1"),
      (entries) => entries.find(({ vaddr }) => vaddr === ANON).flags = 2,
    )),
  "32-absolute-link": restores((c) => c.relink("3", c.at("2"))),
  "33-shifted-in-1": refuses(
    "parent-pages",
    (c) =>
      c.edit(c.map("1"), (entries) => entries.find(({ vaddr }) => vaddr === ANON).vaddr += 4096n),
  ),
  "34-no-flag-present-last": refuses(
    "pagemap-flags",
    (c) => c.edit(c.map("3"), (entries) => entries.at(-1).flags = 0),
  ),
  "35-lost-range-in-last": refuses(
    "pages-exact",
    (c) => c.edit(c.map("3"), (entries) => entries.splice(1, 1)),
  ),
  "c1-reencoded": restores(async (c) => {
    for (const link of ["1", "2", "3"]) {
      await c.crit("decode", "-i", `@/${link}`, "-o", `@/json${link}`, "--pretty");
      c.remove(link);
      await c.crit("encode", "-i", `@/json${link}`, "-o", `@/${link}`);
    }
  }),
  "c2-edited": restores(async (c) => {
    c.move("3", "before");
    const edit = `core-${c.pid}.img:[0].tc.comm=renamed`;
    await c.crit("edit", "@/before", "-o", "@/3", "--set", edit);
  }),
  "c3-to-4.1": restores((c) => c.convert("4.1", "1", "2", "3")),
  "c4-last-to-4.1": restores((c) => c.convert("4.1", "3")),
  "c5-to-3.18": restores((c) => c.convert("3.18", "1", "2", "3")),
  "c6-to-4.1-and-back": restores(async (c) => {
    await c.convert("4.1", "1", "2", "3");
    await c.convert("4.2", "1", "2", "3");
  }),
  "v1-all-1.0": restores((c) => c.convert("1.0", "1", "2", "3")),
  "v2-only-last-1.0": refuses("parent-format", (c) => c.convert("1.0", "3")),
  "v3-only-first-1.0": refuses("parent-format", (c) => c.convert("1.0", "1")),
  "v4-last-4.2-on-parents-4.1": restores((c) => c.convert("4.1", "1", "2")),
};

/** Makes the last dump of a chain one without pages in a parent, alone in the directory. */
async function flatten(c: Chain): Promise<void> {
  await c.crit("flatten", "@/3", "-o", "@/flat");
  c.remove("1", "2", "3");
  c.move("flat", "3");
}

/** Copies images of the dump whose names match into a directory that becomes its parent. */
function addParent(c: Chain, images: RegExp): void {
  Deno.mkdirSync(c.at("2"));
  for (const { name } of Deno.readDirSync(c.at("3"))) {
    if (images.test(name)) Deno.copyFileSync(c.at(`3/${name}`), c.at(`2/${name}`));
  }
  c.link("3/parent", "../2");
}

/** A case of a dump that needs nothing of its parent. */
const alone = (of: Case): Case => ({
  ...of,
  make: async (c) => {
    await flatten(c);
    await of.make(c);
  },
});

/** Dumps that need nothing of their parents. */
const UNNEEDED: Readonly<Record<string, Case>> = {
  "n-gone": alone(refuses("parent-link", (c) => c.link("3/parent", "../gone"))),
  "n-dangling": alone(refuses("parent-link", (c) => {
    addParent(c, /\.img$/);
    c.link("2/parent", "../gone");
  })),
  "n-file": alone(refuses("parent-link", (c) => {
    c.write("file");
    c.link("3/parent", "../file");
  })),
  "n-garbage": alone(refuses("parent-whole parent-spare", (c) => {
    addParent(c, /^pagemap-\d+\.img$/);
    c.spoil(`2/pagemap-${c.kid}.img`, 0, 8);
  })),
  "n-shm": alone(refuses("parent-whole", (c) => {
    addParent(c, /^(pagemap|pages)-.*\.img$/);
    for (const { name } of Deno.readDirSync(c.at("2"))) {
      if (name.startsWith("pagemap-shmem-")) c.spoil(`2/${name}`, 0, 8);
    }
  })),
  "n-self": alone(refuses("parent-link", (c) => c.link("3/parent", "../3"))),
  "n-empty": alone(restores((c) => addParent(c, /^$/))),
  "n-nopages": alone(restores((c) => addParent(c, /^pagemap-.*\.img$/), "parent-spare")),
};

/** Those that are tried on the project's own chain, where there is no other. */
const TELLING = [
  "00-good",
  "01-cut-1-pages1-one-page",
  "02-cut-2-pages1-one-page",
  "10-circle",
  "18-inventory-of-2-gone",
  "22-pages-longer-1",
  "23-pagesid-swapped-in-1",
  "25-entry-removed-in-2",
  "31-lazy-only-in-1",
  "v3-only-first-1.0",
  "n-gone",
  "n-garbage",
  "n-self",
  "n-empty",
  "n-nopages",
];

const BESIDE = `${SHARED}chains/chain`;
const all: Readonly<Record<string, Case>> = { ...CASES, ...UNNEEDED };

for (const [name, { criu, make, rules }] of Object.entries(all)) {
  const test = async (from: string) => {
    using chain = new Chain(from);
    await make(chain);
    const report = await checked(chain.at("3"));
    const lines = linesOf(report).join("\n");
    assert.equal(report.counts.error > 0 ? "refuses" : "restores", criu, lines);
    const found = report.findings.filter(({ rule }) => rule.severity !== "note");
    assert.deepEqual(new Set(found.map(({ rule }) => rule.id)), new Set(rules), lines);
  };
  if (TELLING.includes(name)) {
    Deno.test(`CRIU ${criu} ${name}, of the project's own chain`, () =>
      test(`${ROOT}fixtures/chain`));
  }
  Deno.test({
    name: `CRIU ${criu} ${name}`,
    ignore: isWithout("../shared/chains", isDirectory(BESIDE)),
    fn: () => test(BESIDE),
  });
}

Deno.test({
  name: "the cases match those that were tried with CRIU, and have the same results",
  ignore: isWithout("../shared/chains", isDirectory(BESIDE)),
  fn() {
    const rows = Deno.readTextFileSync(`${SHARED}chains/AGREEMENT.md`).split("\n")
      .filter((line) => /^\| (\d\d|[cv]\d|n-)/.test(line))
      .map((line) => line.split("|").map((cell) => cell.trim()));
    const verdicts = rows.map(([, name, , criu]) => {
      const isEqual = /^(CRIU )?works/.test(criu!);
      return [name!.replace(/ \(.*/, ""), isEqual ? "restores" : "refuses"];
    });
    assert.equal(verdicts.length, 59);
    const ours = Object.entries(all).map(([name, { criu }]) => [name, criu]);
    assert.deepEqual(Object.fromEntries(ours), Object.fromEntries(verdicts));
  },
});
