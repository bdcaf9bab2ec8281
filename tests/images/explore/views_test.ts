/** Views of dumps: CRIU's own tool's text where it has one, and what it cannot do. */

import assert from "node:assert/strict";
import { jsonText } from "../../../cli/terminal/json_text.ts";
import type { Dump } from "../../../images/dump/dump.ts";
import { openDump } from "../../../images/dump/open.ts";
import { views } from "../../../images/explore/mod.ts";
import type { ViewName } from "../../../images/explore/names.ts";
import type { ViewOptions } from "../../../images/explore/view.ts";
import { decodeObjects } from "../../../images/image/objects.ts";
import "../../../mod.ts";
import { DumpCopy, dumpsIn, isNotSwept, SHARED, THOROUGH } from "../../dumps.ts";
import { ROOT } from "../../programs.ts";

type Json = Record<string, unknown>;

const OWN = `${ROOT}fixtures/dumps`;
const REFERENCE = ["ps", "fds", "mems", "rss"];

/** What a view shows, as rows of JSON and as lines of text. */
function look(
  dump: Dump,
  name: string,
  options: Partial<ViewOptions> = {},
): { rows: Json[]; lines: readonly string[] } {
  const { rows, layout } = views[name as ViewName].show(dump, { tasks: dump.tasks, ...options });
  const lines = "lines" in layout ? layout.lines : layout.cells.map((cells) => cells.join(" "));
  return { rows: JSON.parse(jsonText(rows)), lines };
}

async function lookAt(path: string, name: string, options?: Partial<ViewOptions>) {
  using dump = await openDump(path);
  const found = look(dump, name, options);
  assert.deepEqual(dump.allFaults, []);
  return found;
}

function textOf(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return undefined;
  }
}

/** Compares with all texts of CRIU's own tool; gives how many there were. */
async function compare(dumps: string, golden: string): Promise<number> {
  let compared = 0;
  for (const name of dumpsIn(dumps)) {
    using dump = await openDump(`${dumps}/${name}`);
    for (const view of REFERENCE) {
      const expected = textOf(`${golden}/${name}/x-${view}.txt`);
      if (expected === undefined) continue;
      const text = look(dump, view).lines.map((line) => `${line}\n`).join("");
      assert.equal(text, expected, `${name} ${view}`);
      compared++;
    }
  }
  return compared;
}

Deno.test("ps, fds, mems and rss print what CRIU's tool prints, byte for byte", async () => {
  assert.equal(await compare(OWN, `${ROOT}fixtures/views`), 15);
});

Deno.test({
  name: "ps, fds, mems and rss print what CRIU's tool prints for every dump beside the checkout",
  ignore: isNotSwept(),
  async fn() {
    assert.equal(await compare(`${SHARED}dumps`, `${SHARED}golden`), 132);
  },
});

/** What is wrong with a dump, apart from pages that a copy goes without for their size. */
function faultsOf(dump: Dump): string[] {
  const isLeftOut = (image = "") => /^pages-\d+\.img$/.test(image) && !dump.has(image);
  return dump.allFaults.filter(({ place }) => !isLeftOut(place.image)).map(({ message }) =>
    message
  );
}

/** Looks at every dump with every view; numbers are compared with what plain JSON says. */
async function sweep(dumps: string): Promise<void> {
  for (const path of dumpsIn(dumps)) {
    using dump = await openDump(`${dumps}/${path}`);
    for (const [name, view] of Object.entries(views)) {
      const { rows, lines } = look(dump, name, { args: true, tree: true });
      const where = `${path} ${name}`;
      if (!REFERENCE.includes(name)) assert.equal(rows.length, lines.length, where);
      for (const key of new Set(rows.flatMap((row) => Object.keys(row)))) {
        assert(key in view.keys, `${where}: ${key} is not documented`);
      }
    }
    assert.deepEqual(faultsOf(dump), [], path);
  }
}

Deno.test("every view shows every dump without faults, with documented keys", async () => {
  await sweep(OWN);
});

Deno.test({
  name: "every view shows every dump beside the checkout without faults",
  ignore: isNotSwept(),
  fn: () => sweep(`${SHARED}dumps`),
});

Deno.test({
  name: "the rows of views match the JSON of CRIU's tool in number",
  ignore: isNotSwept(),
  async fn() {
    let compared = 0;
    for (const path of dumpsIn(`${SHARED}dumps`)) {
      using dump = await openDump(`${SHARED}dumps/${path}`);
      /** Entries of the images of these names; undefined where the tool cannot print one. */
      const golden = (pattern: RegExp): Json[] | undefined => {
        const names = [...dump.source.files.keys()].filter((name) => pattern.test(name));
        const texts = names.map((name) => textOf(`${SHARED}golden/${path}/${name}.json`));
        if (texts.includes(undefined)) return undefined;
        return texts.flatMap((text) => JSON.parse(text!).entries);
      };
      const check = (view: string, expected: number | undefined, isMeant = (_: Json) => true) => {
        if (expected === undefined) return;
        assert.equal(look(dump, view).rows.filter(isMeant).length, expected, `${path} ${view}`);
        compared++;
      };
      const cores = golden(/^core-\d+\.img$/);
      check("ps", golden(/^pstree\.img$/)?.length);
      check("threads", cores?.length);
      check("locks", golden(/^filelocks\.img$/)?.length);
      const files = golden(/^files\.img$/)?.filter(({ type }) => /SK$/.test(String(type)));
      const kinds = golden(/^(inetsk|unixsk|packetsk|netlinksk)\.img$/);
      check("sk", files && kinds && files.length + kinds.length);
      const vmas = golden(/^mm-\d+\.img$/)?.flatMap((mm) => (mm.vmas ?? []) as Json[]);
      const vmasApart = golden(/^vmas-\d+\.img$/);
      check("mems", vmas && vmas.length + vmasApart!.length, ({ kind }) => kind !== "exe");
      check("mounts", golden(/^mountpoints-\d+\.img$/)?.length);
      const limits = cores?.flatMap(({ tc }) =>
        ((tc as Json | undefined)?.rlimits as Json | undefined)?.rlimits ?? []
      );
      check("limits", limits && limits.length + golden(/^rlimit-\d+\.img$/)!.length);
    }
    assert(compared > 230, `${compared} counts`);
  },
});

Deno.test("a dead task is shown as dead, without files and memory", async () => {
  const path = `${OWN}/zombie_leader.ns`;
  const tree = await lookAt(path, "ps", { tree: true });
  assert.deepEqual(tree.lines.slice(1).map((line) => line.slice(24)), [
    "zombie_leader",
    "├── zombie_leader",
    "└── zombie_leader",
    "    └── zombie_leader <dead>",
  ]);
  const states = tree.rows.map(({ pid, state }) => [pid, state]);
  assert.deepEqual(new Map(states as Array<[number, string]>).get(6), "dead");
  for (const view of ["fds", "mems", "rss"]) {
    const { rows, lines } = await lookAt(path, view);
    assert(lines.includes("6 <dead>"), view);
    assert(!rows.some(({ pid }) => pid === 6), view);
  }
  const { rows } = await lookAt(path, "threads");
  assert.deepEqual(rows.filter(({ pid }) => pid === 6).map(({ state }) => state), ["dead"]);
});

Deno.test("a dump of image version 1.0 shows the same as its newest form", async () => {
  const path = `${OWN}/legacy-v1.0`;
  const { rows: sockets } = await lookAt(path, "sk");
  const listener = sockets.find(({ state, family }) => state === "LISTEN" && family === "INET")!;
  assert.equal(listener.local, "127.0.0.1:18080");
  const connection = sockets.find(({ receive_queue }) => receive_queue === 96)!;
  assert.equal(connection.peer, "127.0.0.1:18080");
  assert(sockets.some(({ local }) => local === "@pyapp-abstract"));
  const { rows: areas } = await lookAt(path, "mems");
  assert.equal(areas.length, 78);
  const { rows: dumped } = await lookAt(path, "rss");
  assert(dumped.every(({ pages, in: place }) => Number(pages) > 0 && place === "pages"));
  const { rows: limits } = await lookAt(path, "limits");
  assert.deepEqual(limits.find(({ resource }) => resource === "NOFILE"), {
    pid: 17936,
    resource: "NOFILE",
    soft: 20000,
    hard: 20000,
    unit: "",
  });
  assert.equal(limits.find(({ resource }) => resource === "CPU")!.soft, null);
  const { rows: signals } = await lookAt(path, "signals");
  assert.deepEqual(signals.find(({ what }) => what === "caught")!.signals, ["INT", "ALRM", "33"]);
  assert.deepEqual(signals.find(({ what }) => what === "ignored")!.signals, ["PIPE", "XFSZ"]);
  const { rows: timers } = await lookAt(path, "timers");
  assert.deepEqual(timers.map(({ kind }) => kind), ["itimer", "posix", "timerfd"]);
  const { rows: locks } = await lookAt(path, "locks");
  assert.deepEqual(locks.map(({ kind, type }) => [kind, type]), [
    ["FLOCK", "WRITE"],
    ["POSIX", "WRITE"],
    ["POSIX", "READ"],
  ]);
});

Deno.test("rss shows which pages are in the parent", async () => {
  const { rows } = await lookAt(`${OWN}/incremental/3-dump`, "rss");
  assert.deepEqual(new Set(rows.map((row) => row.in)), new Set(["pages", "parent"]));
});

Deno.test("mems names memory that poses as a file, and System V segments", async () => {
  const { rows } = await lookAt(`${OWN}/sysvipc`, "mems");
  assert(rows.some(({ kind, shared }) => kind === "sysv" && shared === true));
  const incremental = await lookAt(`${OWN}/incremental/3-dump`, "mems");
  assert(incremental.rows.some(({ kind, name }) => kind === "memfd" && name === "/dev/zero"));
});

Deno.test("arguments and environment come from memory", async () => {
  const { rows } = await lookAt(`${OWN}/shloop`, "ps", { args: true });
  assert.deepEqual(rows.map(({ args }) => args), [["sh", "/srv/shloop/loop.sh"], ["sleep", "1"]]);
  const env = await lookAt(`${OWN}/shloop`, "env");
  assert(env.rows.some(({ name }) => name === "PWD"));
});

Deno.test("a view of one task has nothing of the others", async () => {
  using dump = await openDump(`${OWN}/shloop`);
  const tasks = dump.tasks.slice(1);
  for (const name of Object.keys(views)) {
    for (const row of look(dump, name, { tasks }).rows) {
      if ("pid" in row) assert.equal(row.pid, tasks[0]!.pid, name);
    }
  }
});

Deno.test("circular parent links hide no task", async () => {
  using copy = new DumpCopy(`${OWN}/shloop`);
  const { encodeImage } = await import("../../../mod.ts");
  const path = `${copy.path}/pstree.img`;
  const image = decodeObjects(Deno.readFileSync(path));
  image.entries[0]!.ppid = image.entries[1]!.pid;
  Deno.writeFileSync(path, encodeImage(image));
  const { lines } = await lookAt(copy.path, "ps");
  assert.equal(lines.length, 3);
});

/** Damages each image of a dump in turn, in each way, and looks at it with every view. */
async function damage(from: string): Promise<void> {
  using copy = new DumpCopy(from);
  for (const [index, { name, isFile }] of [...Deno.readDirSync(from)].entries()) {
    if (!isFile) continue;
    const path = `${copy.path}/${name}`;
    const whole = Deno.readFileSync(path);
    const some = [3, Math.floor(whole.length / 2)];
    const cuts = THOROUGH ? [0, ...some, 9, whole.length - 1, -1] : [0, ...some, -1];
    // Most views look at tasks, whose images have all that; the others have two ways in turn.
    const isOfTasks = /^(pstree|core-\d+|mm-\d+)\.img$/.test(name);
    const chosen = cuts.filter((_, i) => THOROUGH || isOfTasks || i % 2 === index % 2);
    for (const length of new Set(chosen)) {
      if (length < 0) Deno.removeSync(path);
      else Deno.writeFileSync(path, whole.subarray(0, length));
      using dump = await openDump(copy.path);
      for (const view of Object.keys(views)) look(dump, view, { args: true, tree: true });
      for (const fault of faultsOf(dump)) assert(fault.startsWith(`${name}: `), fault);
      if (/^(pstree|core-\d+)\.img$/.test(name)) assert(dump.allFaults.length > 0, name);
    }
    Deno.writeFileSync(path, whole);
  }
}

Deno.test("if an image is missing, empty or cut, views show the rest and report the image", async () => {
  await damage(`${OWN}/shloop`);
  if (THOROUGH) await damage(`${OWN}/legacy-v1.0`);
});
