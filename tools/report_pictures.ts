/**
 * Makes the pictures of the report in docs/: `deno run -A tools/report_pictures.ts`. Needs chromium.
 *
 * @module
 */

import { chromium } from "npm:playwright-core@1.65.1";
import { ROOT } from "./measuring.ts";

/** What each picture shows: a dump and a place in its report. */
const PICTURES = [
  { name: "report-task", dump: "fixtures/dumps/shloop", hash: "task-1517" },
  { name: "report-memory", dump: "fixtures/dumps/shloop", hash: "memory" },
];

const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
const page = await browser.newPage({ viewport: { width: 1100, height: 720 } });
for (const { name, dump, hash } of PICTURES) {
  const report = await Deno.makeTempFile({ suffix: ".html" });
  await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", `${ROOT}main.ts`, "report", `${ROOT}${dump}`, "-o", report],
  }).output();
  await page.goto(`file://${report}#${hash}`);
  await page.waitForSelector("section:not([hidden]) h2");
  await page.waitForTimeout(300);
  await page.screenshot({ path: `${ROOT}docs/${name}.png` });
  await Deno.remove(report);
}
await browser.close();
