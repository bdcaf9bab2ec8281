/** Pages of `crit report` in a real browser, which the tests look at. @module */

import assert from "node:assert/strict";
import { type Browser, chromium, type Page } from "npm:playwright-core@1.65.1";
import { isQuick, THOROUGH } from "../../../dumps.ts";
import { crit, isWithout } from "../../../programs.ts";

/** Where Debian's chromium is. */
const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find((path) => {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
});

/** A step of a test. */
export type Step = readonly [name: string, run: (browser: Browser) => Promise<void>];

/**
 * Tests that need a browser, which is started once for all of them. They take seconds: only the
 * first runs always, the others in thorough runs.
 *
 * @param isThorough if the first is left to thorough runs, too
 */
export function browserTest(name: string, steps: readonly Step[], isThorough = false): void {
  Deno.test({
    name,
    ignore: isWithout("chromium", CHROMIUM !== undefined) || isThorough && isQuick(),
    // The browser's connection is closed at the end.
    sanitizeOps: false,
    sanitizeResources: false,
    async fn(test) {
      const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
      try {
        for (const [name, run] of THOROUGH ? steps : steps.slice(0, 1)) {
          await test.step(name, () => run(browser));
        }
      } finally {
        await browser.close();
      }
    },
  });
}

/** Makes a report and opens it; every request that leaves the page and every error fails. */
export async function withReport(
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
    await seen(page);
    await action(page, path);
    assert.deepEqual(wrong, []);
  } finally {
    await context.close();
    await Deno.remove(path);
  }
}

/** Goes to a place of the report, as a link from outside does. */
export async function goTo(page: Page, hash: string): Promise<void> {
  await page.goto(`${page.url().split("#")[0]}#${hash}`);
  // The page hears of its new address a moment later, and then shows all of the place at once.
  const pid = /^task-(\d+)$/.exec(hash)?.[1];
  if (pid !== undefined) await page.waitForSelector(`#task h2 small:text-is("task ${pid}")`);
  else await page.waitForSelector(`[id="${hash}"]`);
}

/** Waits until something is shown. */
async function seen(page: Page): Promise<void> {
  await page.waitForSelector("section:not([hidden]) h2");
}

/** A cell of a table: its text, and the title of what is in it. */
export interface ShownCell {
  readonly text: string;
  readonly title: string | null;
}

/** The rows of a table, cells by the meaning of their column, which is the heading's title. */
export async function tableOf(page: Page, place: string): Promise<Map<string, ShownCell>[]> {
  const headings = await page.locator(`${place} thead th`).evaluateAll((cells) =>
    cells.map((cell) => cell.getAttribute("title") ?? cell.textContent ?? "")
  );
  const rows = await page.locator(`${place} tbody tr:not(.space)`).evaluateAll((rows) =>
    rows.map((row) =>
      [...row.querySelectorAll("td")].map((cell) => ({
        text: cell.textContent ?? "",
        title: cell.querySelector("[title]")?.getAttribute("title") ?? null,
      }))
    )
  );
  return rows.map((cells) => new Map(cells.map((cell, i) => [headings[i]!, cell])));
}

/** The facts at a place, by their labels. */
export async function factsOf(page: Page, place: string): Promise<Map<string, string>> {
  const facts = await page.locator(`${place} .facts > div`).evaluateAll((facts) =>
    facts.map((fact): [string, string] => [
      fact.querySelector("dt")?.textContent ?? "",
      fact.querySelector("dd")?.textContent ?? "",
    ])
  );
  return new Map(facts);
}

/** What a command prints with `--json`. */
// deno-lint-ignore no-explicit-any -- the tests read fields of many commands
export async function jsonOf(...args: string[]): Promise<any> {
  return JSON.parse((await crit([...args, "--json"])).stdout);
}
