/** What a report shows is what the other commands print. */

import assert from "node:assert/strict";
import type { Browser, Page } from "npm:playwright-core@1.65.1";
import { binarySize } from "../../../../images/bytes/sizes.ts";
import { views } from "../../../../images/explore/mod.ts";
import type { ViewName } from "../../../../images/explore/names.ts";
import "../../../../plugins/mod.ts";
import { DumpCopy } from "../../../dumps.ts";
import { criOFiles, podmanFiles } from "../../../images/container/engines.ts";
import { engineArchive } from "../../../images/oci/layouts.ts";
import { crit, isInstalled, ROOT } from "../../../programs.ts";
import { Scratch } from "../../../scratch.ts";
import { multiplyDump } from "../../../../tools/multiply_dump.ts";
import {
  browserTest,
  factsOf,
  goTo,
  jsonOf,
  type ShownCell,
  tableOf,
  withReport,
} from "./browser.ts";

const DUMPS = `${ROOT}fixtures/dumps`;

browserTest("the numbers of a report", [
  ["views: every row of crit x", everyView],
  ["tasks: crit x of each task, areas and pages", everyTask],
  ["summary, kinds, images, times: crit stats", figures],
  ["a chain: what each step added", chain],
  ["a container's facts: crit container", container],
  ["a container whose changes are damaged", damagedChanges],
  ["findings: crit check, with links to tasks", findings],
  ["restore: crit preflight", restore],
  ["a comparison: crit diff", comparison],
], true);

/** A value of JSON, as far as these tests look at it. */
type Value = string | number | boolean | null | undefined | readonly Value[] | {
  readonly [key: string]: Value;
};

/** Keys of amounts of bytes: the exact number is what the cell's title has. */
const BYTES = /^(size|(receive|send)_(queue|buffer))$/;

/** Columns that a report writes in words of its own. */
const WRITTEN: Readonly<Record<string, (value: Value, row: Record<string, Value>) => string>> = {
  "fds.flags": (value) => value === 1 ? "close-on-exec" : "",
  "limits.soft": (value, { unit }) => limitText(value, unit),
  "limits.hard": (value, { unit }) => limitText(value, unit),
  "locks.length": (value) => value === 0 ? "to the end" : `${value}`,
  "signals.tid": (value) => `${value ?? "whole task"}`,
  "signals.signals": (value) => (value as string[]).join(", ") || "none",
  "creds.uids": (value) => `${[...new Set(value as number[])]}`,
  "creds.gids": (value) => `${[...new Set(value as number[])]}`,
};

/** Columns whose form no simple rule gives: durations, and sets of capabilities in few words. */
const OTHERS =
  /^(timers\.(value|interval)|creds\.(effective|permitted|inheritable|bounding|ambient)|limits\.unit)$/;

function limitText(value: Value, unit: Value): string {
  if (value === null || value === undefined) return "unlimited";
  if (unit === "B") return binarySize(Number(value));
  return `${Number(value).toLocaleString("en")}${unit === "" ? "" : ` ${unit}`}`;
}

function textOf(value: Value): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value)) return value.map(textOf).join(", ");
  if (typeof value === "object") {
    const { pid, fd, use } = value as Record<string, Value>;
    return `${pid} ${fd ?? use}`;
  }
  // Bytes that are not UTF-8 are halves of surrogate pairs in JSON.
  return `${value}`.replace(
    /[\udc80-\udcff]/g,
    (unit) => `\\x${(unit.charCodeAt(0) - 0xdc00).toString(16)}`,
  );
}

/** Compares the table of a view with what `crit x` prints. */
function assertSame(
  name: ViewName,
  shown: readonly Map<string, ShownCell>[],
  rows: readonly Record<string, Value>[],
): number {
  assert.equal(shown.length, rows.length, `rows of ${name}`);
  let compared = 0;
  for (const [i, row] of rows.entries()) {
    for (const [key, doc] of Object.entries(views[name].keys)) {
      const cell = shown[i]!.get(doc);
      const value = row[key];
      const written = WRITTEN[`${name}.${key}`];
      if (OTHERS.test(`${name}.${key}`)) continue;
      if (cell === undefined) {
        // Columns without any value are left out; the page of a task does not repeat its pid.
        assert(key === "pid" || textOf(value) === "", `${name}: no column ${key}`);
        continue;
      }
      const isSize = BYTES.test(key) && typeof value === "number";
      const expected = isSize ? `${value} bytes` : written?.(value, row) ?? textOf(value);
      assert.equal(isSize ? cell.title : cell.text, expected, `${name} ${i} ${key}`);
      compared++;
    }
  }
  return compared;
}

async function everyView(browser: Browser): Promise<void> {
  let compared = 0;
  for (const dump of [`${DUMPS}/pyapp`, `${DUMPS}/shm.ns`]) {
    await withReport(browser, [dump, "--offline"], async (page) => {
      await goTo(page, "views");
      for (const name of ["files", "sk", "net", "mounts", "ns", "locks", "timers"] as const) {
        const rows = await jsonOf("x", dump, name);
        if (rows.length === 0) continue;
        const shown = await tableOf(page, `#view-${name}`);
        if (name === "mounts") {
          // The page has them as a tree.
          const targets = (list: readonly string[]) => [...list].sort();
          assert.deepEqual(
            targets(shown.map((row) => row.get(views.mounts.keys.target!)!.text)),
            targets(rows.map(({ target }: { target: string }) => target)),
          );
          compared += rows.length;
        } else if (name !== "net") compared += assertSame(name, shown, rows);
        else assert.equal(shown.length, rows.length);
      }
    });
  }
  assert(compared > 500, `${compared} cells`);
}

async function everyTask(browser: Browser): Promise<void> {
  const dump = `${DUMPS}/shloop`;
  await withReport(browser, [dump, "--offline"], async (page) => {
    const tasks = await jsonOf("x", dump, "ps", "--args");
    await goTo(page, "tasks");
    const list = await tableOf(page, "#tasks");
    for (const [i, { pid, comm, state, threads, pgid, sid }] of tasks.entries()) {
      const row = list[i]!;
      const text = (title: string) => row.get(title)!.text.replace(/^[▾▸]/, "");
      assert.deepEqual(
        [text("PID"), text("Task"), text("State"), text("Threads"), text("Group"), text("Session")],
        [pid, comm, state, threads, pgid, sid].map(String),
      );
      const rss = await jsonOf("x", dump, "rss", "-p", `${pid}`);
      const bytes = rss.reduce(
        (sum: number, { pages }: { pages: number }) => sum + pages * 4096,
        0,
      );
      assert.equal(row.get("bytes of memory that are in the dump")!.title, `${bytes} bytes`);
    }
    for (const { pid, args } of tasks) await onePage(page, dump, pid, args);
  });
}

async function onePage(page: Page, dump: string, pid: number, args: string[]): Promise<void> {
  await goTo(page, `task-${pid}`);
  for (const name of ["fds", "threads", "limits", "signals", "creds", "cpu"] as const) {
    const rows = await jsonOf("x", dump, name, "-p", `${pid}`);
    assert(assertSame(name, await tableOf(page, `#task #view-${name}`), rows) > 0, name);
  }
  const words = await page.locator("#task .words span").allTextContents();
  assert.deepEqual(words, args);
  const env = await jsonOf("x", dump, "env", "-p", `${pid}`);
  assert.deepEqual(
    await page.locator("#task .texts li").allTextContents(),
    env.map(({ name, value }: { name: string; value: string }) => `${name}=${value}`),
  );
  const areas = (await jsonOf("x", dump, "mems", "-p", `${pid}`))
    .filter(({ start }: { start?: string }) => start !== undefined);
  const labels = await page.locator("#task .area").evaluateAll((boxes) =>
    boxes.map((box) => box.getAttribute("aria-label") ?? "")
  );
  assert.equal(labels.length, areas.length);
  for (const [i, { start, end, prot, size }] of areas.entries()) {
    assert(labels[i]!.startsWith(`${start}-${end}, ${prot}, `), labels[i]);
    assert(labels[i]!.includes(`, ${binarySize(size)}`), labels[i]);
  }
}

async function figures(browser: Browser): Promise<void> {
  const dump = `${DUMPS}/pyapp`;
  const { tasks, memory, files, images, criu, release } = await jsonOf("stats", dump);
  await withReport(browser, [dump, "--offline"], async (page) => {
    const facts = await factsOf(page, "#overview");
    const all = Object.values(images as Record<string, { bytes: number }>)
      .reduce((sum, { bytes }) => sum + bytes, 0);
    const expected: Record<string, string> = {
      "Processes": tasks.count.toLocaleString("en"),
      "Threads": tasks.threads.toLocaleString("en"),
      "Open files": files.count.toLocaleString("en"),
      "Memory in the dump": binarySize(memory.present + memory.shared.present),
      "Memory mapped": binarySize(memory.mapped),
      "All files of the dump": binarySize(all),
      "Oldest CRIU that restores it": release.oldest_release,
      "Image version": release.image_version,
    };
    for (const [label, value] of Object.entries(expected)) assert.equal(facts.get(label), value);
    const bars = await page.locator("#overview .bars tr").allTextContents();
    const types = Object.entries(images as Record<string, { count: number; bytes: number }>);
    assert(types.length > 12);
    for (const [type, { count, bytes }] of types.slice(0, 12)) {
      const line = `${type} ${count} file${count === 1 ? "" : "s"}${binarySize(bytes)}`;
      assert(bars.includes(line), `${line} in ${bars}`);
    }
    const frozen = criu.dump.frozen_time;
    assert(bars.includes(`tasks frozen${(frozen / 1000).toFixed(1)} ms`), `${frozen}: ${bars}`);
    await goTo(page, "memory");
    const kinds = await tableOf(page, "#memory [aria-label='Memory by kind']");
    assert.equal(kinds.length, Object.keys(memory.by_kind).length);
    for (const row of kinds) {
      const kind = row.get("Kind")!.text.replaceAll(" ", "_");
      const { areas, mapped, present } = memory.by_kind[kind];
      assert.deepEqual(
        [row.get("Areas")!.text, row.get("Mapped")!.title, row.get("In this dump")!.title],
        [`${areas}`, `${mapped} bytes`, `${present} bytes`],
      );
    }
  });
}

async function chain(browser: Browser): Promise<void> {
  const dump = `${DUMPS}/incremental/3-dump`;
  const { memory } = await jsonOf("stats", dump);
  await withReport(browser, [dump, "--offline"], async (page) => {
    const rows = await page.locator("#overview .chain tbody tr").evaluateAll((rows) =>
      rows.map((row) =>
        [...row.children].map((cell) => cell.getAttribute("title") ?? cell.textContent)
      )
    );
    assert.deepEqual(rows.map(([, path]) => path!.split("/").at(-1)), [
      "1-predump",
      "2-predump",
      "3-dump",
    ]);
    const bytesOf = (text: string | null | undefined) => Number(/^(\d+) bytes$/.exec(text!)![1]);
    let used = 0;
    for (const [i, row] of rows.entries()) {
      const step = `${DUMPS}/incremental/${["1-predump", "2-predump", "3-dump"][i]}`;
      const own = await jsonOf("stats", step);
      assert.equal(bytesOf(row[5]), own.memory.present + own.memory.shared.present);
      assert(bytesOf(row[6]) <= bytesOf(row[5]));
      used += bytesOf(row[6]);
    }
    // What the steps have of the newest dump is its own pages and all that it takes from parents.
    const { present, in_parent, shared } = memory;
    assert.equal(used, present + in_parent + shared.present + shared.in_parent);
    assert.equal(bytesOf(rows[2]![6]), bytesOf(rows[2]![5]));
  });
}

async function container(browser: Browser): Promise<void> {
  if (!isInstalled("tar")) return;
  using scratch = new Scratch();
  for (const files of [criOFiles(), podmanFiles()]) {
    const archive = `${scratch.path}/${Object.keys(files).length}.tar`;
    await engineArchive(archive, `${DUMPS}/shloop`, files);
    const [known] = await jsonOf("container", archive);
    await withReport(browser, [archive, "--offline"], async (page) => {
      const facts = await factsOf(page, "#overview");
      assert.equal(facts.get("Name"), known.container_name);
      assert.equal(facts.get("ID"), known.id);
      assert.equal(facts.get("Image"), known.image);
      assert.equal(facts.get("Engine"), [known.engine, known.runtime].join(", "));
      assert.equal(facts.get("Pod") ?? null, known.pod.name ?? known.pod.id);
      assert.equal(facts.get("Kubernetes namespace") ?? null, known.pod.namespace);
      const addresses = known.networks.flatMap(({ addresses }: { addresses: string[] }) =>
        addresses
      );
      assert(addresses.length > 0);
      assert.equal(facts.get("IP address"), addresses.join(", "));
      assert.equal(facts.get("Created")!.slice(0, 10), known.created.slice(0, 10));
    });
  }
}

async function damagedChanges(browser: Browser): Promise<void> {
  if (!isInstalled("tar")) return;
  using scratch = new Scratch();
  const archive = `${scratch.path}/web.tar`;
  const files = { ...criOFiles(), "rootfs-diff.tar": "no archive".repeat(100) };
  await engineArchive(archive, `${DUMPS}/shloop`, files);
  await withReport(browser, [archive, "--offline"], async (page) => {
    assert.match(await page.textContent("#overview .faults") ?? "", /rootfs-diff\.tar/);
    assert.equal((await factsOf(page, "#overview")).get("Processes"), "2");
  });
}

async function findings(browser: Browser): Promise<void> {
  using copy = new DumpCopy(`${DUMPS}/shloop`);
  await Deno.remove(`${copy.path}/fs-1520.img`);
  const edit = ["--in-place", "--set", "[pid=1520].sid=99"];
  assert.equal((await crit(["edit", `${copy.path}/pstree.img`, ...edit])).code, 0);
  const report = await jsonOf("check", copy.path);
  assert(report.findings.length > 0);
  await withReport(browser, [copy.path, "--offline"], async (page) => {
    assert.match(await page.textContent("h1") ?? "", /broken/);
    await goTo(page, "findings");
    const shown = await page.locator("#findings .rule").evaluateAll((rules) =>
      rules.flatMap((rule) =>
        [...rule.querySelectorAll("tbody tr")].map((row) =>
          `${rule.id} ${row.querySelectorAll("td")[1]!.textContent}`
        )
      )
    );
    assert.deepEqual(
      shown.sort(),
      report.findings.map(({ rule, message }: { rule: string; message: string }) =>
        `finding-${rule} ${message}`
      ).sort(),
    );
    await page.locator("#findings tbody a[href='#task-1520']").first().click();
    await page.waitForSelector("#task .notes a");
    await page.click("#task .notes a");
    await page.waitForSelector("#findings:not([hidden])");
    const { rule } = report.findings[0];
    await goTo(page, `finding-${rule}`);
    assert(await page.locator(`#finding-${rule}`).isVisible());
  });
}

async function restore(browser: Browser): Promise<void> {
  const dump = `${DUMPS}/pyapp`;
  const { command, options, demands, losses } = await jsonOf("preflight", dump);
  await withReport(browser, [dump], async (page) => {
    await goTo(page, "restore");
    assert.equal(await page.textContent("#restore pre"), command);
    const shown = await tableOf(page, "#restore [aria-label=Options]");
    assert.equal(shown.length, options.length);
    const count = (state: string) =>
      demands.filter((demand: { state: string }) => demand.state === state).length;
    const listed = await tableOf(page, "#restore [aria-label=Demands]");
    assert.equal(listed.length, count("fails") + count("unknown"));
    for (const { what, found, state } of demands) {
      if (state === "ok") continue;
      const isThere = listed.some((row) =>
        row.get("Of")!.text === what && row.get("Found")!.text === found &&
        row.get("State")!.text === state
      );
      assert(isThere || /[^\x20-\x7e]/.test(what), what);
    }
    const fulfilled = await tableOf(page, "#restore [aria-label='Fulfilled demands']");
    const sum = fulfilled.reduce((sum, row) => sum + Number(row.get("Times")!.text), 0);
    assert.equal(sum, count("ok"));
    assert.equal((await tableOf(page, "#restore [aria-label=Losses]")).length, losses.length);
    await goTo(page, "machine");
    assert(await page.locator("#machine").isVisible());
  });
  await withReport(browser, [dump, "--offline"], async (page) => {
    await goTo(page, "restore");
    assert.equal(await page.locator("#restore [aria-label=Demands]").count(), 0);
  });
}

async function comparison(browser: Browser): Promise<void> {
  using copy = new DumpCopy(`${DUMPS}/shloop`);
  const edit = ["--in-place", "--set", "[pid=1520].pgid=7"];
  assert.equal((await crit(["edit", `${copy.path}/pstree.img`, ...edit])).code, 0);
  const args = [copy.path, "--compare", `${DUMPS}/shloop`, "--offline"];
  await withReport(browser, args, async (page) => {
    await goTo(page, "comparison");
    await page.waitForSelector("#view-compare-tasks");
    const rows = await page.locator("#view-compare-tasks tbody tr").evaluateAll((rows) =>
      rows.map((row) => [...row.children].map((cell) => cell.textContent).join(" "))
    );
    assert.deepEqual(rows, ["1520 changed pgid 1517 7"]);
  });
}

Deno.test("a report of one task is below 400 KiB, one of a hundred below 2 MiB", async () => {
  using scratch = new Scratch();
  const sizeOf = async (dump: string) => {
    const { code, stderr } = await crit(["report", dump, "-o", `${scratch.path}/report.html`]);
    assert(code === 0 || code === 3, stderr);
    return Deno.statSync(`${scratch.path}/report.html`).size;
  };
  assert(await sizeOf(`${DUMPS}/pyapp`) < 400 << 10);
  const { tasks } = multiplyDump(`${scratch.path}/hundred`, { tasks: 100 });
  assert.equal(tasks, 100);
  assert(await sizeOf(`${scratch.path}/hundred`) < 2 << 20);
});
