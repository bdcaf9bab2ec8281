/** The page of `crit report` in a real browser: how it behaves. */

import assert from "node:assert/strict";
import { AxeBuilder } from "npm:@axe-core/playwright@4.14.0";
import type { Browser, Page } from "npm:playwright-core@1.65.1";
import { DumpCopy, THOROUGH } from "../../../dumps.ts";
import { crit, isInstalled, ROOT, runProgram } from "../../../programs.ts";
import { browserTest, goTo, jsonOf, withReport } from "./browser.ts";
import { multiplyDump } from "../../../../tools/multiply_dump.ts";
import { Scratch } from "../../../scratch.ts";

const DUMPS = `${ROOT}fixtures/dumps`;

browserTest("the page of a report", [
  ["folds, searches, hovers and links", behaviour],
  ["works with the keyboard", keyboard],
  ["is dark or light by the reader's setting", colours],
  ["prints every section", printed],
  ["is as narrow as a telephone", narrow],
  ["lists of thousands hold the rows in sight", long],
  ["labels of the graph do not lie over one another", graph],
  ["has no serious accessibility finding, light and dark", accessible],
  ["leaves out secrets with --redact", redacted],
  ["looks as docs/REPORT.md shows it", pictures],
]);

async function taskNames(page: Page): Promise<string[]> {
  return await page.locator("#tasks tbody tr:not(.space) a").allTextContents();
}

async function behaviour(browser: Browser): Promise<void> {
  await withReport(browser, [`${DUMPS}/shloop`, "--offline"], async (page) => {
    await page.click("header nav a[href='#tasks']");
    await page.waitForSelector("#tasks");
    assert.deepEqual(await taskNames(page), ["sh", "sleep"]);
    await page.click("#tasks .fold");
    assert.deepEqual(await taskNames(page), ["sh"]);
    assert.equal(await page.getAttribute("#tasks .fold", "aria-expanded"), "false");
    await page.click("text=Unfold all");
    assert.deepEqual(await taskNames(page), ["sh", "sleep"]);
    await page.click("text=Fold all");
    assert.deepEqual(await taskNames(page), ["sh"]);
    await page.fill("input[type=search]", "SLEEP");
    await page.waitForSelector(".results li a");
    await page.click(".results li a");
    await page.waitForSelector("#task h2");
    assert.match(page.url(), /#task-1520$/);
    assert.equal(await page.locator(".results").isVisible(), false);
    await page.fill("input[type=search]", "no such text anywhere");
    await page.waitForSelector("text=Nothing found.");
    await page.press("input[type=search]", "Escape");
    assert.equal(await page.locator(".results").isVisible(), false);
    await page.hover("#task .area");
    assert.match(await page.textContent("#task .detail") ?? "", /^0x[0-9a-f]+-0x[0-9a-f]+r/);
    await goTo(page, "task-1517");
    await page.goBack();
    await page.waitForSelector("#task h2 small:text-is('task 1520')");
    await page.click("#task .path a[href='#task-1517']");
    await page.waitForSelector("#task h2 small:text-is('task 1517')");
    await goTo(page, "tasks");
    await page.goto(`${page.url().split("#")[0]}#task-77`);
    await page.waitForSelector("text=There is no task 77.");
  });
}

async function keyboard(browser: Browser): Promise<void> {
  await withReport(browser, [`${DUMPS}/shloop`, "--offline"], async (page) => {
    await goTo(page, "task-1517");
    const stops = await page.locator("#task .area[tabindex='0']").count();
    assert.equal(stops, 1);
    await page.focus("#task .area");
    const first = await page.textContent("#task .detail");
    await page.keyboard.press("ArrowRight");
    const second = await page.textContent("#task .detail");
    assert.notEqual(second, first);
    await page.keyboard.press("End");
    await page.keyboard.press("Home");
    assert.equal(await page.textContent("#task .detail"), first);
    await page.fill("input[type=search]", "sleep");
    await page.waitForSelector(".results li a");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForSelector("#task h2 small:text-is('task 1520')");
  });
}

async function colours(browser: Browser): Promise<void> {
  await withReport(browser, [`${DUMPS}/shloop`, "--offline"], async (page) => {
    const lightness = async (colorScheme: "light" | "dark") => {
      await page.emulateMedia({ colorScheme });
      const numbers = await page.evaluate("getComputedStyle(document.body).backgroundColor");
      const [r, g, b] = /(\d+), (\d+), (\d+)/.exec(String(numbers))!.slice(1).map(Number);
      return (r! + g! + b!) / 3;
    };
    assert(await lightness("light") > 200);
    assert(await lightness("dark") < 60);
  });
}

async function printed(browser: Browser): Promise<void> {
  await withReport(browser, [`${DUMPS}/pyapp`], async (page) => {
    const pdf = await page.pdf();
    assert.equal(new TextDecoder().decode(pdf.subarray(0, 5)), "%PDF-");
    if (!isInstalled("pdftotext")) return;
    const path = await Deno.makeTempFile({ suffix: ".pdf" });
    try {
      await Deno.writeFile(path, pdf);
      const { stdout } = await runProgram("pdftotext", ["-layout", path, "-"]);
      for (const title of ["Overview", "Tasks", "Memory", "Connections", "Findings", "Restore"]) {
        assert.match(stdout, new RegExp(`^\\f?${title}$`, "m"));
      }
      assert.match(stdout, /python3/);
      assert.match(stdout, /anonymous private/);
      assert.match(stdout, /criu restore --images-dir/);
      assert.doesNotMatch(stdout, /Search everything|Unfold all/);
    } finally {
      await Deno.remove(path);
    }
  });
}

async function narrow(browser: Browser): Promise<void> {
  await withReport(browser, [`${DUMPS}/pyapp`], async (page) => {
    await page.setViewportSize({ width: 400, height: 800 });
    const places = ["overview", "tasks", "memory", "connections", "views", "restore", "task-2496"];
    for (const hash of places) {
      await goTo(page, hash);
      assert.equal(await page.evaluate("document.documentElement.scrollWidth"), 400, hash);
    }
  });
}

async function long(browser: Browser): Promise<void> {
  using scratch = new Scratch();
  const { tasks } = multiplyDump(`${scratch.path}/many`, { tasks: 400 });
  await withReport(browser, [`${scratch.path}/many`, "--offline"], async (page) => {
    await goTo(page, "tasks");
    const inPage = async () => (await taskNames(page)).length;
    assert(await inPage() < 100);
    assert.equal(
      await page.getAttribute("#tasks table", "aria-rowcount"),
      `${tasks + 1}`,
    );
    const first = await page.textContent("#tasks tbody tr:not(.space)");
    await page.locator("#tasks .rows").evaluate((list) => list.scrollTop = list.scrollHeight);
    await page.waitForSelector(`#tasks tbody tr[aria-rowindex="${tasks + 1}"]`);
    assert.notEqual(await page.textContent("#tasks tbody tr:not(.space)"), first);
    assert(await inPage() < 100);
    // The last task's page is in the last block.
    const last = (await page.locator("#tasks tbody tr:last-child a").getAttribute("href"))!;
    await page.click("#tasks tbody tr:last-child a");
    await page.waitForSelector(`#task h2 small:text-is("task ${last.slice(6)}")`);
    await page.click("text=All tasks");
    await page.click("text=Fold all");
    assert.equal(await inPage(), 1);
  });
}

async function graph(browser: Browser): Promise<void> {
  await withReport(browser, [`${DUMPS}/pyapp`, "--offline"], async (page) => {
    await goTo(page, "connections");
    const boxes = await page.locator(".graph text:not(.hidden)").evaluateAll((labels) =>
      labels.map((label) => {
        const { left, right, top, bottom } = label.getBoundingClientRect();
        return { left, right, top: top + 3, bottom: bottom - 3 };
      })
    );
    assert(boxes.length > 1);
    for (const [i, a] of boxes.entries()) {
      for (const b of boxes.slice(i + 1)) {
        const apart = a.right <= b.left || b.right <= a.left || a.bottom <= b.top ||
          b.bottom <= a.top;
        assert(apart, `label ${i} lies over another`);
      }
    }
    await page.hover(".graph .n-task rect");
    assert(await page.locator(".graph line.near").count() > 0);
  });
}

/** The pictures of docs/REPORT.md; with CRIT_PICTURES in the environment they are made anew. */
async function pictures(browser: Browser): Promise<void> {
  const text = await Deno.readTextFile(`${ROOT}docs/REPORT.md`);
  const places = { "report-task": "task-1517", "report-memory": "memory" };
  await withReport(browser, [`${DUMPS}/shloop`, "--offline"], async (page) => {
    await page.setViewportSize({ width: 1100, height: 720 });
    for (const [name, hash] of Object.entries(places)) {
      await goTo(page, hash);
      const png = await page.screenshot();
      const path = `${ROOT}docs/${name}.png`;
      if (Deno.env.has("CRIT_PICTURES")) await Deno.writeFile(path, png);
      assert(text.includes(`(${name}.png)`));
      // The header of a PNG has its width and height; fonts differ among machines.
      const sizeOf = (bytes: Uint8Array) => [...bytes.subarray(16, 24)];
      assert.deepEqual(sizeOf(await Deno.readFile(path)), sizeOf(png));
    }
  });
  assert.match(await Deno.readTextFile(`${ROOT}README.md`), /\(docs\/report-task\.png\)/);
}

async function serious(page: Page): Promise<string[]> {
  // A label of the graph has a halo between it and what it lies over, which the rule cannot see.
  const { violations } = await new AxeBuilder({ page }).exclude(".graph text").analyze();
  return violations.filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200)}`);
}

async function accessible(browser: Browser): Promise<void> {
  using copy = new DumpCopy(`${DUMPS}/pyapp`);
  await Deno.remove(`${copy.path}/fs-2496.img`);
  const all = ["overview", "tasks", "task-2496", "memory", "connections", "views", "findings"];
  // Only colours differ in the dark.
  const places = THOROUGH
    ? { light: [...all, "restore", "comparison"], dark: ["restore", "overview", "memory"] }
    : { light: ["task-2496", "memory", "findings"], dark: ["restore"] };
  const args = [copy.path, "--compare", `${DUMPS}/pyapp`];
  await withReport(browser, args, async (page) => {
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      for (const hash of places[colorScheme]) {
        await goTo(page, hash);
        assert.deepEqual(await serious(page), [], `${colorScheme} ${hash}`);
      }
    }
  });
}

async function redacted(browser: Browser): Promise<void> {
  const dump = `${DUMPS}/shloop`;
  const environment = await jsonOf("x", dump, "env");
  assert(environment.length > 0);
  await withReport(browser, [dump, "--redact"], async (page, path) => {
    await goTo(page, "task-1517");
    const text = await page.textContent("#task") ?? "";
    assert.match(text, /EnvironmentLeft out of this report/);
    assert.match(text, /Command lineLeft out of this report/);
    // Of the whole file, unpacked.
    const plain = JSON.stringify(await unpacked(path));
    for (const { name, value } of environment) assert(!plain.includes(`${name}=${value}`));
    assert.match(plain, /"args":0/);
    assert.doesNotMatch(plain, /"1000000"/);
  });
}

/** All data of a report. */
async function unpacked(path: string): Promise<unknown[]> {
  const blocks = (await Deno.readTextFile(path))
    .matchAll(/<script type="text\/plain" id="[^"]+">([^<]*)<\/script>/g);
  return await Promise.all([...blocks].map(async ([, text]) => {
    const bytes = Uint8Array.from(atob(text!), (letter) => letter.charCodeAt(0));
    const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return await new Response(plain).json();
  }));
}

Deno.test("--redact leaves out command lines and environments", async () => {
  using scratch = new Scratch();
  const contents = async (...options: string[]) => {
    const path = `${scratch.path}/report.html`;
    const { code, stderr } = await crit(["report", `${DUMPS}/shloop`, "-o", path, ...options]);
    assert.equal(code, 0, stderr);
    return JSON.stringify(await unpacked(path));
  };
  const [{ args }] = await jsonOf("x", `${DUMPS}/shloop`, "ps", "--args");
  const environment = await jsonOf("x", `${DUMPS}/shloop`, "env");
  const secrets = [
    JSON.stringify(args),
    ...environment.map(({ name, value }: { name: string; value: string }) => `${name}=${value}`),
  ];
  const [whole, redacted] = [await contents(), await contents("--redact")];
  for (const secret of secrets) {
    assert(whole.includes(secret), secret);
    assert(!redacted.includes(secret), secret);
  }
});
