/** crit from a URL: `deno run http://HOST/main.ts`, with nothing of the checkout at hand. */

import assert from "node:assert/strict";
import { imageToJson } from "../mod.ts";
import { isQuick } from "./dumps.ts";
import { ROOT, runProgram } from "./programs.ts";

const SERVED =
  /^\/((cli|images|lib|plugins|proto)\/([a-z_0-9]+\/)*[a-z_0-9]+|main|mod|version)\.ts$/;

/** A web server with the checkout's modules and nothing else. */
function serveModules(requests: string[]): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { pathname } = new URL(request.url);
    requests.push(pathname);
    if (!SERVED.test(pathname)) return new Response("no such module", { status: 404 });
    const text = await Deno.readTextFile(ROOT + pathname.slice(1));
    return new Response(text, { headers: { "content-type": "text/typescript; charset=utf-8" } });
  });
}

/**
 * Runs a served program in an empty directory, with an empty module cache.
 *
 * @param look at what it has written there, before that goes
 */
async function runRemotely(
  run: (origin: string) => { file: string; args: string[] },
  look: (directory: string) => void = () => {},
) {
  const requests: string[] = [];
  // Not below /dev, where temporary files may be: that takes all permissions.
  const directory = await Deno.makeTempDir({ dir: "/var/tmp" });
  const server = serveModules(requests);
  try {
    const host = `127.0.0.1:${server.addr.port}`;
    const { file, args } = run(`http://${host}`);
    const permissions = ["--allow-read", "--allow-env", `--allow-import=${host}`];
    permissions.push(`--allow-write=${directory}`);
    const program = ["run", "--quiet", "--no-config", "--no-lock", ...permissions, file, ...args];
    const ended = await runProgram(Deno.execPath(), program, {
      cwd: directory,
      env: { DENO_DIR: `${directory}/cache`, NO_PROXY: "127.0.0.1", no_proxy: "127.0.0.1" },
    });
    look(directory);
    return { ...ended, requests };
  } finally {
    await server.shutdown();
    await Deno.remove(directory, { recursive: true });
  }
}

// That a dump is decoded from a URL needs all that this needs.
Deno.test("the command line runs from a URL and decodes an image", {
  ignore: isQuick(),
}, async () => {
  const image = `${ROOT}fixtures/images/files.img`;
  const { code, stdout, stderr, requests } = await runRemotely((origin) => ({
    file: `${origin}/main.ts`,
    args: ["decode", "-i", image],
  }));
  assert.deepEqual([code, stderr], [0, ""]);
  assert.equal(stdout.trimEnd(), Deno.readTextFileSync(`${image}.json`).trimEnd());
  assert(requests.includes("/plugins/mod.ts"));
});

Deno.test("a whole dump is decoded from a URL, with workers that come from there too", async () => {
  const dump = `${ROOT}fixtures/dumps/shloop`;
  const decoded = new Map<string, string>();
  const { code, stdout, stderr, requests } = await runRemotely((origin) => ({
    file: `${origin}/main.ts`,
    args: ["decode", "-i", dump, "-o", "json", "-j", "3"],
  }), (directory) => {
    for (const { name } of Deno.readDirSync(`${directory}/json`)) {
      decoded.set(name, Deno.readTextFileSync(`${directory}/json/${name}`));
    }
  });
  assert.deepEqual([code, stdout, stderr], [0, "", ""]);
  const image = Deno.readFileSync(`${dump}/files.img`);
  assert.equal(decoded.get("files.img.json"), imageToJson(image));
  assert.equal(decoded.size, [...Deno.readDirSync(dump)].length);
  assert(requests.includes("/cli/batch/workers.ts"));
});

/** Packages that are in a module cache. */
function packagesIn(cache: string): string[] {
  try {
    return [...Deno.readDirSync(`${cache}/npm`)].flatMap(({ name }) =>
      [...Deno.readDirSync(`${cache}/npm/${name}`)].map((entry) => entry.name)
    );
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** What the program needs of npm: to decompress archives. */
const NEEDED = ["minipass", "minizlib"];

Deno.test("a first run downloads nothing that only tests and tools need", {
  ignore: isQuick(),
}, async () => {
  const dump = `${ROOT}fixtures/dumps/shloop`;
  const excess = (cache: string) => packagesIn(cache).filter((name) => !NEEDED.includes(name));
  const words = ["x", dump, "ps"];
  const remote = await runRemotely(
    (origin) => ({ file: `${origin}/main.ts`, args: words }),
    (directory) => assert.deepEqual(excess(`${directory}/cache`), []),
  );
  assert.equal(remote.code, 0, remote.stderr);
  const cache = await Deno.makeTempDir();
  try {
    const args = ["run", "--allow-read", "--allow-env", "main.ts", ...words];
    const options = { cwd: ROOT, env: { DENO_DIR: cache } };
    const { code, stdout, stderr } = await runProgram(Deno.execPath(), args, options);
    assert.deepEqual([code, stdout], [0, remote.stdout], stderr);
    assert.deepEqual(excess(cache), []);
  } finally {
    await Deno.remove(cache, { recursive: true });
  }
});

Deno.test("the library is imported from a URL", { ignore: isQuick() }, async () => {
  const image = `${ROOT}fixtures/images/pstree.img`;
  const program = (origin: string) => `
    import { decodeImage } from "${origin}/mod.ts";
    import { openDump } from "${origin}/lib/dump.ts";
    import { ps } from "${origin}/lib/views.ts";
    const dump = await openDump("${ROOT}fixtures/dumps/shloop");
    console.log([...ps.rows(dump)].map(({ comm }) => comm).join(" "));
    console.log(decodeImage(Deno.readFileSync("${image}")).type);`;
  const { code, stdout, stderr } = await runRemotely((origin) => ({
    file: `data:application/typescript,${encodeURIComponent(program(origin))}`,
    args: ["--"],
  }));
  assert.deepEqual([code, stdout, stderr], [0, "sh sleep\nPSTREE\n", ""]);
});
