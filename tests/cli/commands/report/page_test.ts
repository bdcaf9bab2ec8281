/** The page of `crit report` in a real browser: what it shows, and what it never does. */

import assert from "node:assert/strict";
import { AxeBuilder } from "npm:@axe-core/playwright@4.14.0";
import { type Browser, chromium, type Page } from "npm:playwright-core@1.65.1";
import { encodeImage } from "../../../../images/image/objects.ts";
import { decodeObjects } from "../../../../images/image/objects.ts";
import "../../../../plugins/mod.ts";
import { DumpCopy, THOROUGH } from "../../../dumps.ts";
import { crit, ROOT } from "../../../programs.ts";

/** Where Debian's chromium is. */
const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find((path) => {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
});

/** Text that would run as script or markup if it ever became that. */
const HOSTILE =
  '<script>document.title="broken"</script>"onload=\'x\']]>\u202e<img src=x onerror=alert(1)>';

/** Makes a report and opens it; every request that leaves the page fails the test. */
async function withReport(
  browser: Browser,
  args: readonly string[],
  action: (page: Page, path: string) => Promise<void>,
): Promise<void> {
  const path = await Deno.makeTempFile({ suffix: ".html" });
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  const wrong: string[] = [];
  page.on("request", (request) => {
    if (!/^(file|data|blob):/.test(request.url())) wrong.push(`request ${request.url()}`);
  });
  page.on("pageerror", (error) => wrong.push(`error ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") wrong.push(`console ${message.text()}`);
  });
  page.on("dialog", (dialog) => wrong.push(`dialog ${dialog.message()}`));
  try {
    const { code, stderr } = await crit(["report", ...args, "-o", path]);
    assert(code === 0 || code === 3, stderr);
    await page.goto(`file://${path}`);
    await page.waitForSelector("h2");
    await action(page, path);
    assert.deepEqual(wrong, []);
  } finally {
    await context.close();
    await Deno.remove(path);
  }
}

/** The rows of a table on the page, as texts. */
async function rowsOf(page: Page, table: string): Promise<string[][]> {
  return await page.locator(`${table} tbody tr:not(.space)`).evaluateAll((rows) =>
    rows.map((row) => [...row.querySelectorAll("td")].map((cell) => cell.textContent ?? ""))
  );
}

async function serious(page: Page): Promise<string[]> {
  // Labels of the graph may lie over other nodes; the list below it says the same.
  const { violations } = await new AxeBuilder({ page }).exclude(".graph").analyze();
  return violations.filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200)}`);
}

Deno.test({
  name: "the report in a browser",
  ignore: CHROMIUM === undefined,
  // The browser's connection is closed at the end.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn(test) {
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
    try {
      await test.step("shows what crit x and crit stats say", () => sameNumbers(browser));
      await test.step("folds, searches, links and prints", () => behaviour(browser));
      await test.step("runs nothing of a dump", () => hostile(browser));
      await test.step("has no serious accessibility finding, light and dark", () =>
        accessible(browser));
      await test.step("leaves out secrets with --redact", () => redacted(browser));
      await test.step("compares two dumps", () => compared(browser));
    } finally {
      await browser.close();
    }
  },
});

async function sameNumbers(browser: Browser): Promise<void> {
  const dump = `${ROOT}fixtures/dumps/legacy-v1.0`;
  const json = async (...args: string[]) => JSON.parse((await crit([...args, "--json"])).stdout);
  await withReport(browser, [dump], async (page) => {
    const tasks = await json("x", dump, "ps");
    await page.goto(`${page.url().split("#")[0]}#tasks`);
    const shown = await rowsOf(page, "#tasks");
    assert.deepEqual(
      shown.map((row) => row[0]!.replace(/^[▾▸\s]*/, "").split(" ")[0]).sort(),
      tasks.map(({ pid }: { pid: number }) => `${pid}`).sort(),
    );
    const { tasks: counts } = await json("stats", dump);
    const facts = await page.locator("#overview .facts div").allTextContents();
    assert(facts.includes(`Processes${counts.count}`), facts.join());
    assert(facts.includes(`Threads${counts.threads}`), facts.join());
    const pid = tasks[0].pid;
    await page.goto(`${page.url().split("#")[0]}#task-${pid}`);
    await page.waitForSelector("#task #view-fds");
    const fds = await json("x", dump, "fds", "-p", `${pid}`);
    const rows = await rowsOf(page, "#task #view-fds");
    assert.deepEqual(rows.map(([fd]) => fd), fds.map(({ fd }: { fd: unknown }) => `${fd}`));
    const areas = await json("x", dump, "mems", "-p", `${pid}`);
    const drawn = await page.locator("#task .area").count();
    assert.equal(
      drawn,
      areas.filter(({ start }: { start?: string }) => start !== undefined).length,
    );
  });
}

async function behaviour(browser: Browser): Promise<void> {
  await withReport(browser, [`${ROOT}fixtures/dumps/shloop`], async (page) => {
    await page.click("nav a[href='#tasks']");
    assert.equal((await rowsOf(page, "#tasks")).length, 2);
    await page.click("#tasks .fold");
    assert.equal((await rowsOf(page, "#tasks")).length, 1);
    assert.equal(await page.getAttribute("#tasks .fold", "aria-expanded"), "false");
    await page.click("#tasks .fold");
    assert.equal((await rowsOf(page, "#tasks")).length, 2);
    await page.fill("input[type=search]", "sleep");
    await page.waitForSelector(".results li a");
    await page.click(".results li a");
    await page.waitForSelector("#task h2");
    assert.match(page.url(), /#task-1520$/);
    await page.hover("#task .area");
    assert.match(await page.textContent("#task .detail") ?? "", /^0x[0-9a-f]+-0x[0-9a-f]+ /);
    await page.goto(`${page.url().split("#")[0]}#task-1517`);
    await page.waitForFunction(
      "document.querySelector('#task h2').textContent.includes('1517')",
    );
    const pdf = await page.pdf();
    assert(pdf.length > 10_000);
  });
}

async function hostile(browser: Browser): Promise<void> {
  using copy = new DumpCopy(`${ROOT}fixtures/dumps/shloop`);
  const long = HOSTILE + "A".repeat(10_240);
  for (const name of [...Deno.readDirSync(copy.path)].map(({ name }) => name)) {
    if (!/^(core-\d+|files)\.img$/.test(name)) continue;
    const path = `${copy.path}/${name}`;
    const image = decodeObjects(Deno.readFileSync(path));
    for (const entry of image.entries) {
      const { tc, reg } = entry as { tc?: { comm: string }; reg?: { name: string } };
      if (tc !== undefined) tc.comm = HOSTILE;
      if (reg !== undefined) reg.name = `/${long}`;
    }
    Deno.writeFileSync(path, encodeImage(image));
  }
  await withReport(browser, [copy.path], async (page) => {
    for (const hash of ["tasks", "task-1517", "memory", "connections", "views", "findings"]) {
      await page.goto(`${page.url().split("#")[0]}#${hash}`);
      await page.waitForTimeout(100);
      assert.equal(
        await page.locator("script").count(),
        await page.locator("body > script").count(),
      );
      assert.equal(await page.locator("img").count(), 0);
      const isWider = await page.evaluate(
        "document.documentElement.scrollWidth > innerWidth + 1",
      );
      assert.equal(isWider, false, `${hash} is wider than the window`);
    }
    assert.doesNotMatch(await page.title(), /broken/);
    assert.doesNotMatch(await page.textContent("main") ?? "", /\u202e/);
  });
}

async function accessible(browser: Browser): Promise<void> {
  await withReport(browser, [`${ROOT}fixtures/dumps/legacy-v1.0`], async (page) => {
    const [pid] = JSON.parse(
      (await crit(["x", `${ROOT}fixtures/dumps/legacy-v1.0`, "ps", "--json"])).stdout,
    ).map(({ pid }: { pid: number }) => pid);
    const task = `task-${pid}`;
    // Only colours differ in the dark: two places have all of them.
    const places = THOROUGH
      ? {
        light: ["overview", "tasks", task, "memory", "connections", "views"],
        dark: ["overview", task],
      }
      : { light: [task], dark: ["overview"] };
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      for (const hash of places[colorScheme]) {
        await page.goto(`${page.url().split("#")[0]}#${hash}`);
        await page.waitForTimeout(100);
        assert.deepEqual(await serious(page), [], `${colorScheme} ${hash}`);
      }
    }
  });
}

async function redacted(browser: Browser): Promise<void> {
  const dump = `${ROOT}fixtures/dumps/shloop`;
  const environment = JSON.parse((await crit(["x", dump, "env", "--json"])).stdout);
  await withReport(browser, [dump, "--redact"], async (page) => {
    await page.goto(`${page.url().split("#")[0]}#task-1517`);
    await page.waitForSelector("#task h2");
    const text = await page.textContent("#task") ?? "";
    assert.match(text, /Environment: left out/);
    assert(environment.length > 0);
    for (const { name, value } of environment) assert(!text.includes(`${name}=${value}`));
  });
}

async function compared(browser: Browser): Promise<void> {
  const chain = `${ROOT}fixtures/dumps/shloop`;
  using copy = new DumpCopy(chain);
  const { code } = await crit([
    "edit",
    `${copy.path}/pstree.img`,
    "--in-place",
    "--set",
    "[pid=1520].pgid=7",
  ]);
  assert.equal(code, 0);
  await withReport(browser, [copy.path, "--compare", chain], async (page) => {
    await page.goto(`${page.url().split("#")[0]}#comparison`);
    await page.waitForSelector("#view-compare-tasks");
    const rows = await rowsOf(page, "#view-compare-tasks");
    assert.deepEqual(rows.map((row) => row.join(" ")), ["1520 changed pgid 1517 7"]);
  });
}
