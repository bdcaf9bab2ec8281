/** What a real CRIU streams: into archives and out of them, converted, flattened, broken off. */

import assert from "node:assert/strict";
import { checkDump } from "../../lib/check.ts";
import { convertDump } from "../../lib/convert.ts";
import { openDump, writeDump } from "../../lib/dump.ts";
import { editDump } from "../../lib/edit.ts";
import { captureDump, serveDump } from "../../lib/stream.ts";
import { decodeImage, encodeImage } from "../../mod.ts";
import { Running, STREAMING_MEMORY } from "../cli/running.ts";
import { isQuick } from "../dumps.ts";
import { CRIT, crit, isWithout, lacks } from "../programs.ts";
import { json, processes } from "./proc.ts";
import { type Criu, Everything, RELEASES, textOf, until } from "./real.ts";

const ignore = isWithout("a real CRIU (tools/fetch_criu.sh trixie, sid)", RELEASES.length === 2) ||
  lacks("gcc", "tar", "zstd");
const [older, newer] = RELEASES as [Criu, Criu];

/** What the first process says of itself when nothing was edited. */
const UNCHANGED = ["everything", "78", "0123456789", "321", "42", "before"];

/** Waits until there is something at a path. */
async function untilThere(path: string): Promise<void> {
  const look = () => {
    try {
      return Deno.lstatSync(path);
    } catch {
      return undefined;
    }
  };
  await until(look, path);
}

/** Waits for crit, which must be content; gives what it printed. */
async function contentOf(running: Running): Promise<string> {
  const { code, stdout, stderr } = await running.ended();
  assert.equal(code, 0, stderr);
  return stdout;
}

/** Starts `crit capture` in a directory of processes, which waits for CRIU. */
async function capturing(place: Everything, ...args: string[]): Promise<Running> {
  const running = new Running(["capture", place.path("taken"), ...args]);
  await untilThere(place.path("taken/streamer-capture.sock"));
  return running;
}

/** Restores what crit serves with these words. */
async function restoreServed(place: Everything, criu: Criu, ...args: string[]): Promise<string> {
  const sockets = place.path("served");
  Deno.mkdirSync(sockets);
  const running = new Running(["serve", ...args, "--socket-dir", sockets, "--json"]);
  await untilThere(`${sockets}/streamer-serve.sock`);
  await place.restore(criu, sockets, "--stream");
  return await contentOf(running);
}

for (const ending of ["tar", "tar.gz", "tar.zst"]) {
  Deno.test({
    name: `a dump is captured into a .${ending} and restored from it`,
    ignore: ignore || ending !== "tar.zst" && isQuick(),
    async fn() {
      await using place = await Everything.start({ sockets: true });
      const archive = place.path(`dump.${ending}`);
      const capture = await capturing(place, "--archive", archive, "--json");
      const dumped = await place.dump(newer, place.path("taken"), "--stream");
      assert.equal(dumped, undefined);
      const { files } = JSON.parse((await contentOf(capture)).trim().split("\n").at(-1)!);
      assert.equal((await json<{ errors: number }>("check", archive)).errors, 0);
      const said = await restoreServed(place, newer, archive);
      const served = JSON.parse(said.trim().split("\n").at(-1)!);
      assert(served.files > 30 && served.files <= files, said);
      assert.deepEqual(await place.seen(), UNCHANGED);
      assert.equal(processes(place.pid).length, 12);
    },
  });
}

Deno.test({
  name: "the hooks capture a dump into an archive, and restore it edited from there",
  ignore: ignore || isQuick(),
  async fn() {
    await using place = await Everything.start({ sockets: true });
    const [images, archive] = [place.path("images"), place.path("dump.tar.zst")];
    const script = (name: string, ...args: string[]) => {
      const words = [...CRIT, ...args].map((word) => `'${word}'`).join(" ");
      Deno.writeTextFileSync(place.path(name), `#!/bin/sh\nexec ${words}\n`, { mode: 0o755 });
      return ["--stream", "--action-script", place.path(name)];
    };
    const capture = script("capture.sh", "capture", "--hook", "--archive", archive);
    assert.equal(await place.dump(newer, images, ...capture), undefined);
    await untilThere(archive);
    const edit = ["--filter", "core-*.img=sed 's/level-0/edited/'"];
    const serve = script("serve.sh", "serve", archive, "--hook", ...edit);
    await place.restore(newer, images, ...serve);
    assert.deepEqual(await place.seen(), UNCHANGED);
    const names = processes(place.pid).map(({ comm }) => comm);
    assert.deepEqual([names.includes("edited"), names.includes("level-0")], [true, false]);
  },
});

Deno.test({
  name: "a dump of an older release is converted while it is served to a newer one",
  ignore: ignore || isQuick(),
  async fn() {
    await using place = await Everything.start({ sockets: false });
    const dump = place.path("images");
    assert.equal(await place.dump(older, dump), undefined);
    await restoreServed(place, newer, dump, "--convert");
    assert.deepEqual(await place.seen(), UNCHANGED);
  },
});

/** Bits of `pagemap_entry.flags` (images/pagemap.proto). */
const [PARENT, PRESENT] = [1, 4];

/** Moves every other run of pages of a dump into a dump that it then builds upon. */
function splitDump(dump: string, parent: string): number {
  Deno.mkdirSync(parent);
  let moved = 0;
  const names = [...Deno.readDirSync(dump)].map(({ name }) => name)
    .filter((name) => /^pagemap-\d+\.img$/.test(name));
  for (const name of names) {
    const map = decodeImage(Deno.readFileSync(`${dump}/${name}`));
    assert(map.type === "PAGEMAP");
    const [head, ...ranges] = map.entries;
    assert("pages_id" in head!);
    const pages = `pages-${head.pages_id}.img`;
    const bytes = Deno.readFileSync(`${dump}/${pages}`);
    const [kept, given]: [Uint8Array[], Uint8Array[]] = [[], []];
    const below = [];
    let at = 0;
    for (const [i, range] of ranges.entries()) {
      assert("vaddr" in range);
      const count = Number(range.nr_pages ?? range.compat_nr_pages);
      if (((range.flags ?? 0) & PRESENT) === 0) continue;
      const part = bytes.subarray(at, at += count * 4096);
      if (i % 2 === 0) {
        kept.push(part);
        continue;
      }
      given.push(part);
      below.push({ ...range });
      range.flags = PARENT;
      moved += count;
    }
    Deno.writeFileSync(`${dump}/${name}`, encodeImage(map));
    Deno.writeFileSync(`${parent}/${name}`, encodeImage({ ...map, entries: [head, ...below] }));
    writePages(`${dump}/${pages}`, kept);
    writePages(`${parent}/${pages}`, given);
  }
  Deno.copyFileSync(`${dump}/inventory.img`, `${parent}/inventory.img`);
  Deno.symlinkSync("../parent", `${dump}/parent`);
  return moved;
}

function writePages(path: string, parts: readonly Uint8Array[]): void {
  using file = Deno.openSync(path, { write: true, create: true, truncate: true });
  for (const part of parts) {
    for (let done = 0; done < part.length;) done += file.writeSync(part.subarray(done));
  }
}

Deno.test({
  name: "an incremental dump is flattened while it is served, and on disk",
  ignore,
  async fn() {
    await using place = await Everything.start({ sockets: true });
    const [dump, flat] = [place.path("images"), place.path("flat")];
    assert.equal(await place.dump(newer, dump), undefined);
    assert(splitDump(dump, place.path("parent")) > 20);
    // CRIU itself restores the pair, so that it is one.
    await place.restore(newer, dump);
    assert.deepEqual(await place.seen(), UNCHANGED);
    await place.kill();
    await restoreServed(place, newer, dump, "--flatten");
    assert.deepEqual(await place.seen(), UNCHANGED);
    await place.kill();
    const { code, stderr } = await crit(["flatten", dump, "-o", flat]);
    assert.equal(code, 0, stderr);
    await place.restore(newer, flat);
    assert.deepEqual(await place.seen(), UNCHANGED);
  },
});

/** Holds 400 MiB that differ from page to page; at SIGUSR1 it writes what they hash to. */
const LARGE = `
import hashlib, mmap, os, random, signal, sys
place = sys.argv[1]
memory = mmap.mmap(-1, 400 << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
piece = random.Random(1).randbytes(1 << 20)
for i in range(400): memory[i << 20:(i + 1) << 20] = piece[i:] + piece[:i]
def put(name, text):
    with open(place + "/part", "w") as file: file.write(text)
    os.rename(place + "/part", place + "/" + name)
def tell(*_): put("seen", hashlib.sha256(memory).hexdigest())
signal.signal(signal.SIGUSR1, tell)
put("ready", str(os.getpid()))
while True: signal.pause()
`;

Deno.test({
  name: `400 MiB of memory go to CRIU and back in less than ${STREAMING_MEMORY} MiB`,
  ignore: ignore || isQuick() || lacks("setsid", "python3"),
  async fn() {
    await using place = await Everything.run((one) => [
      ...["setsid", "python3", "-c", LARGE, one.place],
    ]);
    const ask = async () => {
      Deno.removeSync(place.path("seen"));
      return await place.asked("SIGUSR1", () => textOf(place.path("seen")), "the sum");
    };
    Deno.writeTextFileSync(place.path("seen"), "");
    const sum = await ask();
    const capture = await capturing(place);
    const images = place.path("taken");
    assert.equal(await capture.watch(place.dump(newer, images, "--stream")), undefined);
    await contentOf(capture);
    const serve = new Running(["serve", images]);
    await untilThere(`${images}/streamer-serve.sock`);
    await serve.watch(place.restore(newer, images, "--stream"));
    await contentOf(serve);
    assert.equal(await ask(), sum);
    for (const { peak } of [capture, serve]) {
      assert(peak > 10 && peak < STREAMING_MEMORY, `${peak} MiB`);
    }
  },
});

Deno.test({
  name: "if CRIU aborts a dump, the capture fails and the processes survive",
  ignore,
  async fn() {
    await using place = await Everything.start({ sockets: true });
    const capture = await capturing(place);
    place.lockOptions = [];
    const dumped = await place.dump(newer, place.path("taken"), "--stream");
    assert.match(dumped!, /lock/i);
    const { code, stderr } = await capture.ended();
    assert.equal(code, 3, stderr);
    assert.match(stderr, /CRIU/);
    const left = [...Deno.readDirSync(place.path("taken"))].map(({ name }) => name);
    assert(!left.includes("inventory.img"), left.join(" "));
    assert.deepEqual(await place.seen(), UNCHANGED);
  },
});

Deno.test({
  name: "a program that uses the library captures, edits, converts, writes and serves",
  ignore,
  async fn() {
    await using place = await Everything.start({ sockets: false });
    const images = place.path("images");
    Deno.mkdirSync(images);
    let dumped: Promise<string | undefined> | undefined;
    const taken = await captureDump(images, {
      onListening: () => dumped = place.dump(older, images, "--stream"),
    });
    assert.equal(await dumped, undefined);
    assert(taken.files > 20);
    using dump = await openDump(images);
    assert.deepEqual(checkDump(dump).counts.error, 0);
    const core = `core-${place.pid}.img:[0]`;
    using edited = await editDump(dump, {
      set: [`${core}.tc.comm=by a program`, `${core}.thread_core.comm=by a program`],
      environment: [{ pid: place.pid, name: "WORD", value: "after" }],
    });
    const edits = ["by a program", ...UNCHANGED.slice(1, 5), "after"];
    await writeDump(edited, place.path("edited"));
    await place.restore(older, place.path("edited"));
    assert.deepEqual(await place.seen(), edits);
    await place.kill();
    using converted = convertDump(edited);
    const sockets = place.path("served");
    Deno.mkdirSync(sockets);
    let restored: Promise<void> | undefined;
    const served = await serveDump(converted, {
      socketDirectory: sockets,
      onListening: () => restored = place.restore(newer, sockets, "--stream"),
    });
    await restored;
    assert(served.files > 20);
    assert.deepEqual(await place.seen(), edits);
  },
});
