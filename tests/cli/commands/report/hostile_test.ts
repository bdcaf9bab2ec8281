/** A report of a dump whose names try to become markup, script or a broken layout. */

import assert from "node:assert/strict";
import type { Browser, Page } from "npm:playwright-core@1.65.1";
import { decodeObjects, encodeImage } from "../../../../images/image/objects.ts";
import "../../../../plugins/mod.ts";
import { DumpCopy } from "../../../dumps.ts";
import { criOFiles } from "../../../images/container/engines.ts";
import { engineArchive } from "../../../images/oci/layouts.ts";
import { isInstalled, ROOT } from "../../../programs.ts";
import { Scratch } from "../../../scratch.ts";
import { browserTest, goTo, withReport } from "./browser.ts";

/** Text that would run as script or markup if it ever became that. */
const HOSTILE =
  '<script>document.title="broken"</script>"onload=\'x\']]>\u202e<img src=x onerror=alert(1)>';
const LONG = HOSTILE + "A".repeat(10_240);

browserTest("a hostile dump", [
  ["commands, paths, sockets and environments run nothing", tasks],
  ["mounts and shared memory run nothing", mounts],
  ["what an engine wrote runs nothing", engine],
]);

/** Changes the entries of a dump's images. */
function change(path: string, names: RegExp, action: (entry: Record<string, unknown>) => void) {
  let count = 0;
  for (const { name } of [...Deno.readDirSync(path)]) {
    if (!names.test(name)) continue;
    const image = decodeObjects(Deno.readFileSync(`${path}/${name}`), { name });
    for (const entry of image.entries) action(entry as Record<string, unknown>);
    Deno.writeFileSync(`${path}/${name}`, encodeImage(image));
    count++;
  }
  assert(count > 0, `${names}`);
}

/** Looks at every place of a page, at two widths. */
async function looksSane(page: Page, places: readonly string[]): Promise<void> {
  for (const width of [1280, 400]) {
    await page.setViewportSize({ width, height: 900 });
    for (const hash of places) {
      await goTo(page, hash);
      const scripts = await page.locator("script").count();
      assert.equal(scripts, await page.locator("body > script").count());
      assert.equal(await page.locator("img, iframe, object, embed").count(), 0);
      const broad = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
      assert(Number(broad) <= 0, `${hash} is ${broad} pixels wider than ${width}`);
      const text = await page.textContent("main") ?? "";
      assert.doesNotMatch(text, /\u202e/);
    }
  }
  assert.doesNotMatch(await page.title(), /broken/);
}

async function tasks(browser: Browser): Promise<void> {
  using copy = new DumpCopy(`${ROOT}fixtures/dumps/shloop`);
  change(copy.path, /^core-\d+\.img$/, (entry) => {
    const { tc, thread_core } = entry as Record<string, Record<string, unknown> | undefined>;
    if (tc !== undefined) tc.comm = LONG;
    if (thread_core !== undefined) thread_core.comm = LONG;
  });
  change(copy.path, /^files\.img$/, ({ reg }) => {
    if (reg !== undefined) (reg as { name: string }).name = `/${LONG}`;
  });
  // The environment is in the pages; what is there is as long as what replaces it.
  const pages = [...Deno.readDirSync(copy.path)].map(({ name }) => name)
    .filter((name) => /^pages-\d+\.img$/.test(name));
  const mark = new TextEncoder().encode("\0PATH=");
  const hostile = new TextEncoder().encode("<script>\u202eAA");
  let replaced = 0;
  for (const name of pages) {
    const bytes = Deno.readFileSync(`${copy.path}/${name}`);
    for (let at = 0; at + hostile.length < bytes.length; at++) {
      if (!mark.every((byte, i) => bytes[at + i] === byte)) continue;
      bytes.set(hostile, at + mark.length);
      replaced++;
    }
    Deno.writeFileSync(`${copy.path}/${name}`, bytes);
  }
  assert(replaced > 0);
  await withReport(
    browser,
    [copy.path, "--compare", `${ROOT}fixtures/dumps/shloop`],
    async (page) => {
      const places = [
        "tasks",
        "task-1517",
        "memory",
        "connections",
        "views",
        "findings",
        "restore",
      ];
      await looksSane(page, ["overview", ...places, "comparison"]);
      await page.fill("input[type=search]", "<script>");
      await page.waitForSelector(".results li a");
      await goTo(page, "task-1517");
      await page.click("#task details:last-of-type summary");
      const texts = await page.textContent("#task .texts");
      assert.equal(texts, "PATH=<script>\\u202eAA");
      assert.doesNotMatch(await page.title(), /broken/);
    },
  );
}

async function mounts(browser: Browser): Promise<void> {
  using copy = new DumpCopy(`${ROOT}fixtures/dumps/shm.ns`);
  change(copy.path, /^mountpoints-\d+\.img$/, (entry) => {
    for (const key of ["mountpoint", "source", "options", "root", "fsname"]) {
      if (typeof entry[key] === "string") entry[key] = entry[key] + LONG;
    }
  });
  change(copy.path, /^memfd\.img$/, (entry) => {
    if ("name" in entry) entry.name = LONG;
  });
  change(copy.path, /^utsns-\d+\.img$/, (entry) => {
    for (const key of ["nodename", "domainname"]) entry[key] = LONG;
  });
  await withReport(browser, [copy.path], async (page) => {
    await goTo(page, "view-mounts");
    await page.waitForSelector("#view-mounts tbody tr");
    assert.match(await page.textContent("#view-mounts") ?? "", /onerror=alert/);
    await looksSane(page, ["overview", "views", "memory", "connections", "restore"]);
  });
}

async function engine(browser: Browser): Promise<void> {
  if (!isInstalled("tar")) return;
  using scratch = new Scratch();
  const files = Object.fromEntries(
    Object.entries(criOFiles()).map(([name, text]) => [
      name,
      typeof text === "string" && name.endsWith(".dump")
        ? text.replaceAll(/"(web|quay\.io[^"]*)"/g, () => JSON.stringify(LONG))
        : text,
    ]),
  );
  const archive = `${scratch.path}/"><script>alert(1)<`;
  await engineArchive(`${scratch.path}/plain.tar`, `${ROOT}fixtures/dumps/shloop`, files);
  const name = `${archive}\\script>.tar`;
  await Deno.rename(`${scratch.path}/plain.tar`, name);
  await withReport(browser, [name], async (page) => {
    assert.match(await page.textContent("#overview") ?? "", /onerror=alert/);
    await looksSane(page, ["overview", "restore"]);
  });
}
