/** The core of the library in a browser and in Node: images, dumps, views, checks, searches. */

import assert from "node:assert/strict";
import { chromium } from "npm:playwright-core@1.65.1";
import * as esbuild from "npm:esbuild@0.28.2";
import { isQuick } from "../dumps.ts";
import { lacks, ROOT, runProgram } from "../programs.ts";
import { Temporary } from "../cli/trees.ts";

const SHLOOP = `${ROOT}fixtures/dumps/shloop`;
const GOLDEN = `${ROOT}fixtures/images/files.img`;

/** What runs there; `given` has files by name, as base64. */
const PROGRAM = `
  import { decodeImage, encodeImage, imageToJson, ImageToJsonStream, jsonToImage } from "${ROOT}mod.ts";
  import { checkDump } from "${ROOT}lib/check.ts";
  import { dumpOf } from "${ROOT}lib/dump.ts";
  import { convertDump } from "${ROOT}lib/convert.ts";
  import { editDump } from "${ROOT}lib/edit.ts";
  import { searchMemory } from "${ROOT}lib/memory.ts";
  import { ps } from "${ROOT}lib/views.ts";

  export async function work(given) {
    const files = new Map(Object.entries(given.dump).map(([name, text]) => {
      return [name, Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))];
    }));
    const image = decodeImage(files.get("pstree.img"));
    const golden = Uint8Array.from(atob(given.golden), (letter) => letter.charCodeAt(0));
    const json = imageToJson(golden, { pretty: true });
    const stream = new Blob([golden]).stream().pipeThrough(new ImageToJsonStream());
    const same = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);
    const dump = dumpOf(files);
    const edited = await editDump(dump, { set: ["core-1517.img:[0].tc.comm=elsewhere"] });
    const older = convertDump(edited, "3.17.1");
    return {
      pids: image.entries.map(({ pid }) => pid),
      isBack: same(encodeImage(image), files.get("pstree.img")) && same(jsonToImage(json), golden),
      json,
      streamed: (await new Response(stream).text()).length,
      tasks: [...ps.rows(older)].map(({ pid, comm }) => [pid, comm]),
      findings: checkDump(dump).counts,
      found: [...searchMemory(dump, [{ kind: "text", text: "PATH=" }], { areas: ["stack"] })].length,
    };
  }`;

/** What it must come to. */
function assertRight(result: Record<string, unknown>, place: string): void {
  const { json, streamed, findings, found, ...others } = result;
  assert.deepEqual(others, {
    pids: [1517, 1520],
    isBack: true,
    tasks: [[1517, "elsewhere"], [1520, "sleep"]],
  }, place);
  assert.equal(json, Deno.readTextFileSync(`${GOLDEN}.pretty.json`).trimEnd(), place);
  assert.equal(streamed, Deno.readTextFileSync(`${GOLDEN}.json`).trimEnd().length, place);
  assert.equal((findings as { error: number }).error, 0, place);
  assert((found as number) > 0, place);
}

function given() {
  const base64 = (path: string) => Deno.readFileSync(path).toBase64();
  const dump = [...Deno.readDirSync(SHLOOP)].filter(({ isFile }) => isFile)
    .map(({ name }) => [name, base64(`${SHLOOP}/${name}`)]);
  return { golden: base64(GOLDEN), dump: Object.fromEntries(dump) };
}

/** Bundles the program for browsers; gives the directory of its modules, the first `main.js`. */
async function bundle(at: Temporary): Promise<string> {
  Deno.writeTextFileSync(at.at("main.js"), PROGRAM);
  const options = [
    "--quiet",
    "--platform=browser",
    "--code-splitting",
    `--outdir=${at.at("bundle")}`,
  ];
  const { code, stderr } = await runProgram(Deno.execPath(), [
    "bundle",
    ...options,
    at.at("main.js"),
  ]);
  assert.equal(code, 0, stderr);
  return at.at("bundle");
}

Deno.test({
  name: "a bundle works in a browser",
  ignore: lacks("chromium") || isQuick(),
  sanitizeResources: false,
  sanitizeOps: false,
  async fn() {
    using at = new Temporary();
    const directory = await bundle(at);
    const server = Deno.serve({ port: 0, onListen() {} }, async (request) => {
      const { pathname } = new URL(request.url);
      if (pathname === "/") return new Response("", { headers: { "content-type": "text/html" } });
      if (!pathname.endsWith(".js")) return new Response("", { status: 404 });
      const text = await Deno.readTextFile(`${directory}${pathname}`);
      return new Response(text, { headers: { "content-type": "text/javascript" } });
    });
    const browser = await chromium.launch({
      executablePath: "/usr/bin/chromium",
      args: ["--no-sandbox"],
    });
    try {
      const page = await browser.newPage();
      await page.goto(`http://localhost:${server.addr.port}/`);
      const result = await page.evaluate(async ([url, input]) => {
        const { work } = await import(url);
        return await work(input);
      }, ["/main.js", given()] as const);
      assertRight(result, "browser");
    } finally {
      await browser.close();
      await server.shutdown();
    }
  },
});

/** Stands for Map.groupBy, which Node has from 21 on. */
const GROUP_BY = `Map.groupBy ??= (items, keyOf) => {
  const groups = new Map();
  for (const item of items) {
    const key = keyOf(item);
    if (groups.has(key)) groups.get(key).push(item);
    else groups.set(key, [item]);
  }
  return groups;
};`;

Deno.test({
  name: "a bundle for Node 20 works in Node",
  ignore: lacks("node"),
  sanitizeResources: false,
  sanitizeOps: false,
  async fn() {
    using at = new Temporary();
    const directory = await bundle(at);
    await esbuild.build({
      entryPoints: [`${directory}/main.js`],
      bundle: true,
      splitting: true,
      format: "esm",
      platform: "node",
      target: "node20",
      banner: { js: GROUP_BY },
      outExtension: { ".js": ".mjs" },
      outdir: at.at("node"),
      logLevel: "error",
    });
    await esbuild.stop();
    Deno.writeTextFileSync(at.at("given.json"), JSON.stringify(given()));
    Deno.writeTextFileSync(
      at.at("run.mjs"),
      `import { readFileSync } from "node:fs";
      import { work } from "./node/main.mjs";
      console.log(JSON.stringify(await work(JSON.parse(readFileSync("${at.at("given.json")}")))));`,
    );
    const { code, stdout, stderr } = await runProgram("node", [at.at("run.mjs")]);
    assert.deepEqual([code, stderr], [0, ""]);
    assertRight(JSON.parse(stdout), "Node");
  },
});
