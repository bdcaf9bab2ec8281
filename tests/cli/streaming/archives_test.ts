/** `crit serve ARCHIVE` and `crit capture --archive`. */

import assert from "node:assert/strict";
import { tar } from "../../images/archive/archives.ts";
import type { RestoreOutcome, Series } from "../../images/stream/peer.ts";
import { isNotSwept, isQuick, SHARED, THOROUGH } from "../../dumps.ts";
import { crit, lacks, ROOT, runProgram } from "../../programs.ts";
import { play } from "../../play.ts";
import { INVENTORY, manyImages, pattern, readDirectory, Scratch, seen } from "../../scratch.ts";
import { until } from "../../waiting.ts";
import { Running } from "../running.ts";
import { endCriu, runHook } from "./hooks.ts";

const ignore = lacks("tar", "gzip", "zstd");

function dumpDirectories(path: string): string[] {
  let entries: Deno.DirEntry[];
  try {
    entries = [...Deno.readDirSync(path)];
  } catch {
    return [];
  }
  const below = entries.filter(({ isDirectory }) => isDirectory)
    .flatMap(({ name }) => dumpDirectories(`${path}/${name}`));
  // These are pre-dumps, or have pages in parents: they are not served as they are.
  const isServed = !/incremental\//.test(path);
  const isDump = entries.some(({ name }) => name === "inventory.img");
  return isDump && isServed ? [path, ...below] : below;
}

/** Names of what is in a directory, hidden files included. */
function namesIn(path: string): string[] {
  return [...Deno.readDirSync(path)].map(({ name }) => name).sort();
}

/** Captures dumps into archives, serves them from those, and compares. */
async function roundTrips(scratch: Scratch, paths: string[], ending: string): Promise<void> {
  const dumps = paths.map((path, i) => {
    const images = Object.entries(readDirectory(path)).filter(([name]) => name.endsWith(".img"));
    const files = Object.fromEntries(images);
    return { path, files, out: scratch.directory(`out-${i}`), archive: `dump${ending}` };
  });
  const peers: Series = dumps.flatMap(({ path: directory, files, out }) => {
    const names = Object.keys(files);
    const last = [...names.filter((name) => name !== "inventory.img"), "inventory.img"];
    const dump = { socket: `${out}/streamer-capture.sock`, directory, names: last, allOpen: true };
    const socket = `${out}/streamer-serve.sock`;
    const restore = { socket, names: ["tty-data.img", ...names], allOpen: true };
    return [["dump", dump], ["restore", restore]];
  });
  const played = play("series", peers);
  for (const { out, archive } of dumps) {
    for (const args of [["capture", "--archive"], ["serve"]]) {
      const { code, stderr } = await crit([...args, `${out}/${archive}`]);
      assert.equal(code, 0, stderr);
    }
  }
  const outcomes = await played;
  for (const [i, { path, files, out, archive }] of dumps.entries()) {
    const expected: RestoreOutcome = seen(files);
    if (!("tty-data.img" in files)) expected["tty-data.img"] = { exists: false };
    assert.deepEqual(outcomes[2 * i + 1], expected, path);
    assert.deepEqual(namesIn(out), [archive]);
    const unpacked = scratch.directory(`unpacked-${i}`);
    const args = ["-xf", `${out}/${archive}`, "-C", unpacked];
    assert.equal((await runProgram("tar", args)).code, 0);
    assert.deepEqual(readDirectory(unpacked), files, path);
  }
}

for (const ending of [".tar", ".tar.gz", ".tar.zst"]) {
  Deno.test({
    name: `dumps are captured into ${ending} and served from it, byte for byte`,
    ignore: ignore || (ending === ".tar.gz" && isQuick()),
    async fn() {
      using scratch = new Scratch();
      const many = scratch.directory("many", {
        ...manyImages(150),
        "pages-1.img": pattern(5_000_000, 2),
      });
      // A dump of a machine with another byte order is not served here.
      const own = dumpDirectories(`${ROOT}fixtures/dumps`)
        .filter((path) => !path.includes("/s390x"));
      // What the formats differ in does not depend on the dump.
      await roundTrips(
        scratch,
        [...ending === ".tar" && THOROUGH ? own : own.slice(0, 3), many],
        ending,
      );
    },
  });
}

Deno.test({
  name: "every shared dump is captured into an archive and served from it unchanged",
  ignore: ignore || isNotSwept(),
  async fn() {
    using scratch = new Scratch();
    await roundTrips(scratch, dumpDirectories(`${SHARED}dumps`), ".tar.zst");
  },
});

const DUMP = { "a.img": pattern(2000, 1), "inventory.img": INVENTORY };

Deno.test({
  name: "a checkpoint that a container engine exported is served from its archive",
  ignore,
  async fn() {
    using scratch = new Scratch();
    const directory = scratch.directory("export", { "config.dump": pattern(50, 1) });
    scratch.directory("export/checkpoint", DUMP);
    const archive = await tar(`${scratch.path}/checkpoint.tar.gz`, directory, "--gzip");
    const sockets = scratch.directory("sockets");
    for (const path of [archive, `${archive}/checkpoint`]) {
      const running = new Running(["serve", path, "--socket-dir", sockets]);
      const socket = `${sockets}/streamer-serve.sock`;
      const names = ["a.img", "config.dump", "inventory.img"];
      const outcome = await play("restore", { socket, names });
      assert.deepEqual(outcome, { ...seen(DUMP), "config.dump": { exists: false } });
      const { code, stderr } = await running.ended();
      assert.equal(code, 0, stderr);
      assert.match(
        stderr,
        /^crit: served 2 images, 2\.0 KiB, 0 edited \(1 asked for and absent\)\n$/,
      );
    }
  },
});

Deno.test("the socket of a capture into an archive is created in OUTDIR, if given", async () => {
  using scratch = new Scratch();
  const directory = scratch.directory("dump", DUMP);
  const archive = `${scratch.path}/a.tar`;
  const out = `${scratch.path}/new/images`;
  const running = new Running(["capture", "--archive", archive, out, "--json"]);
  const socket = `${out}/streamer-capture.sock`;
  await play("dump", { socket, directory, names: Object.keys(DUMP) });
  const { code, stdout, stderr } = await running.ended();
  assert.deepEqual([code, stderr], [0, ""]);
  const said = stdout.trim().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(said, [{ listening: socket }, { files: 2, edited: 0, bytes: 2010 }]);
  assert.deepEqual(namesIn(out), []);
  assert.ok(Deno.statSync(archive).size >= 2010);
});

Deno.test("the hooks capture a dump into an archive and serve it from there", async () => {
  using scratch = new Scratch();
  const directory = scratch.directory("dump", DUMP);
  const images = scratch.directory("images");
  const archive = `${scratch.path}/a.tar.gz`;
  const log = (command: string) => `${images}/crit-${command}.log`;
  const hooked = async (args: string[]) => {
    const ended = await runHook(scratch, [...args, "--hook"], "pre-stream", images);
    assert.deepEqual(ended, { code: 0, stdout: "", stderr: "" });
  };
  await hooked(["capture", "--archive", archive]);
  const capturing = `${images}/streamer-capture.sock`;
  await play("dump", { socket: capturing, directory, names: Object.keys(DUMP), allOpen: true });
  endCriu(scratch);
  await until(() => Deno.readTextFileSync(log("capture")) !== "");
  assert.match(Deno.readTextFileSync(log("capture")), /^crit: captured 2 images/);
  await hooked(["serve", archive]);
  const serving = `${images}/streamer-serve.sock`;
  assert.deepEqual(
    await play("restore", { socket: serving, names: Object.keys(DUMP) }),
    seen(DUMP),
  );
  await until(() => Deno.readTextFileSync(log("serve")) !== "");
  assert.match(Deno.readTextFileSync(log("serve")), /^crit: served 2 images/);
});

Deno.test("impossible requests are refused before crit waits for CRIU", async () => {
  using scratch = new Scratch();
  const path = (name: string) => `${scratch.path}/${name}`;
  Deno.writeTextFileSync(path("old.tar"), "old");
  Deno.writeFileSync(path("noise"), pattern(3000, 1));
  const lines: Array<[args: string[], code: number, stderr: RegExp]> = [
    [
      ["capture", "--archive", path("a.zip")],
      2,
      /its name has no ending of an archive \(use .tar/,
    ],
    [["capture", "--archive", path("old.tar")], 4, /old\.tar: it exists already$/],
    [["capture", "--archive", path("none/a.tar"), scratch.path], 4, /none: no such file/],
    [["serve", path("noise")], 3, /noise: it is neither an archive nor a directory$/],
    [["serve", path("noise/x")], 3, /noise: it is neither an archive nor a directory$/],
    [["serve", path("none")], 4, /none: no such file or directory$/],
  ];
  if (!ignore) {
    await tar(path("bare.tar"), scratch.directory("bare", { "pstree.img": pattern(9, 1) }));
    lines.push([["serve", path("bare.tar")], 3, /bare\.tar: no dump: there is no inventory\.img$/]);
  }
  // One after the other: two of them would make their socket in the same place.
  for (const [args, code, stderr] of lines) {
    const ended = await crit(args);
    assert.match(ended.stderr.trimEnd(), stderr);
    assert.match(ended.stderr, /^crit: [^\n]*\n$/, args.join(" "));
    assert.equal(ended.code, code);
  }
  assert.equal(Deno.readTextFileSync(path("old.tar")), "old");
});

Deno.test("a signal ends a capture into an archive without a trace", async () => {
  using scratch = new Scratch();
  const out = scratch.directory("out");
  const running = new Running(["capture", "--archive", `${out}/a.tar`]);
  const isListening = () => namesIn(out).includes("streamer-capture.sock");
  await until(isListening);
  running.child.kill("SIGTERM");
  assert.equal((await running.ended()).code, 143);
  assert.deepEqual(namesIn(out), []);
});

Deno.test("hundreds of MiB of pages are captured and served with an archive in less than 400 MiB", {
  ignore: isQuick(),
}, async () => {
  using scratch = new Scratch();
  const directory = scratch.directory("dump", DUMP);
  const size = 600 * 2 ** 20;
  Deno.openSync(`${directory}/pages-1.img`, { write: true, create: true }).close();
  Deno.truncateSync(`${directory}/pages-1.img`, size);
  const archive = `${scratch.path}/a.tar.zst`;
  const capturing = new Running(["capture", "--archive", archive]);
  await capturing.watch(play("dump", {
    socket: `${scratch.path}/streamer-capture.sock`,
    directory,
    names: ["pages-1.img", "inventory.img"],
  }));
  const captured = await capturing.watch(capturing.ended());
  assert.equal(captured.code, 0, captured.stderr);
  assert.ok(capturing.peak > 10 && capturing.peak < 400, `${capturing.peak} MiB`);
  const serving = new Running(["serve", archive]);
  const outcome = await serving.watch(play("restore", {
    socket: `${scratch.path}/streamer-serve.sock`,
    names: ["pages-1.img"],
    countOnly: true,
  }));
  assert.equal(outcome["pages-1.img"]?.size, size);
  assert.equal((await serving.ended()).code, 0);
  assert.ok(serving.peak > 10 && serving.peak < 400, `${serving.peak} MiB`);
});
