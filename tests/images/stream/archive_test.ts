/** Archives as places to serve from and to capture to. */

import assert from "node:assert/strict";
import { openDump } from "../../../images/dump/open.ts";
import { CritError } from "../../../images/errors.ts";
import { ArchiveSink } from "../../../images/stream/archive_sink.ts";
import { openServedArchive } from "../../../images/stream/archive_source.ts";
import { capture } from "../../../images/stream/capture.ts";
import { serve } from "../../../images/stream/serve.ts";
import type { SystemCalls } from "../../../images/stream/system.ts";
import "../../../plugins/mod.ts";
import { isQuick } from "../../dumps.ts";
import { lacks } from "../../programs.ts";
import { play } from "../../play.ts";
import {
  INVENTORY,
  manyImages,
  pattern,
  readDirectory,
  Scratch,
  seen,
  system,
} from "../../scratch.ts";
import { run, tar } from "../archive/archives.ts";

const ignore = lacks("tar", "gzip", "zstd");
const COMPRESSIONS = [undefined, "gzip", "zstd"] as const;

/** The files beside others in a directory, hidden ones included. */
function namesIn(path: string): string[] {
  return [...Deno.readDirSync(path)].map(({ name }) => name).sort();
}

/** Captures a dump of these files into an archive. */
async function captureInto(
  scratch: Scratch,
  archive: string,
  files: Record<string, Uint8Array>,
  options: {
    compression?: "gzip" | "zstd";
    config?: Uint8Array;
    allOpen?: boolean;
    calls?: SystemCalls;
  } = {},
) {
  const directory = scratch.directory(`dump-${archive.split("/").at(-1)}`, files);
  const sockets = scratch.directory("sockets");
  const calls = options.calls ?? system;
  const captured = capture(calls, () => new ArchiveSink(calls, archive, options), {
    socketDirectory: sockets,
  });
  const names = Object.keys(files);
  const socket = `${sockets}/streamer-capture.sock`;
  const scenario = { socket, directory, names, allOpen: options.allOpen, piece: 7000 };
  const [summary, played] = await Promise.allSettled([captured, play("dump", scenario)]);
  if (summary.status === "rejected") throw summary.reason;
  assert.equal(played.status, "fulfilled");
  return summary.value;
}

for (const compression of COMPRESSIONS) {
  Deno.test({
    name: `what is captured into an archive (${compression ?? "plain"}), tar unpacks`,
    ignore: ignore || compression === "gzip" && isQuick(),
    async fn() {
      using scratch = new Scratch();
      const files = { "pages-1.img": pattern(2_000_000, 7), ...manyImages(100) };
      const archive = `${scratch.path}/a.tar`;
      const summary = await captureInto(scratch, archive, files, { compression, allOpen: true });
      const bytes = Object.values(files).reduce((sum, { length }) => sum + length, 0);
      assert.deepEqual(summary, { files: 102, edited: 0, bytes });
      const out = scratch.directory("out");
      await run("tar", ["-xf", archive, "-C", out]);
      assert.deepEqual(readDirectory(out), files);
      const listing = (await run("tar", ["-tf", archive])).trim().split("\n");
      assert.equal(listing.at(-1), "pages-1.img");
      assert.ok(listing.indexOf("inventory.img") <= 2);
      assert.equal(Deno.statSync(archive).mode! & 0o777, 0o600);
    },
  });
}

Deno.test({
  name: "an archive with an engine's configuration has the layout of engines",
  ignore,
  async fn() {
    using scratch = new Scratch();
    const files = manyImages(5);
    const archive = `${scratch.path}/a.tar`;
    const config = new TextEncoder().encode('{"id": "abc"}');
    await captureInto(scratch, archive, files, { config });
    const out = scratch.directory("out");
    await run("tar", ["-xf", archive, "-C", out]);
    assert.deepEqual(readDirectory(`${out}/checkpoint`), files);
    assert.deepEqual(readDirectory(out), { "config.dump": config });
    const listing = (await run("tar", ["-tf", archive])).split("\n");
    assert.equal(listing[0], "config.dump");
  },
});

Deno.test("bytes are copied if the kernel cannot splice them", async () => {
  using scratch = new Scratch();
  const copying: SystemCalls = new Proxy(system, {
    get: (calls, key) => key === "splice" ? () => -22 : Reflect.get(calls, key),
  });
  const files = manyImages(20);
  const archive = `${scratch.path}/a.tar`;
  await captureInto(scratch, archive, files, { allOpen: true, calls: copying });
  const source = await openServedArchive(copying, { kind: "archive", path: archive });
  const sockets = scratch.directory("sockets");
  const served = serve(copying, source, { socketDirectory: sockets });
  const socket = `${sockets}/streamer-serve.sock`;
  const names = Object.keys(files);
  assert.deepEqual(await play("restore", { socket, names, allOpen: true }), seen(files));
  await served;
  source[Symbol.dispose]();
});

Deno.test("a failed capture leaves the received images and no archive", async () => {
  using scratch = new Scratch();
  const out = scratch.directory("out");
  const files = { "a.img": pattern(1000, 1) };
  const captured = captureInto(scratch, `${out}/a.tar`, files);
  await assert.rejects(captured, /CRIU ended without writing inventory\.img/);
  assert.deepEqual(namesIn(out), ["a.tar.incomplete"]);
  assert.deepEqual(readDirectory(`${out}/a.tar.incomplete`), files);
  assert.throws(() => new ArchiveSink(system, `${out}/a.tar`, {}), /it holds 1 image/);
  assert.deepEqual(readDirectory(`${out}/a.tar.incomplete`), files);
});

Deno.test("a signal during the writing of the archive leaves the images", async () => {
  using scratch = new Scratch();
  const out = scratch.directory("out");
  const abort = new AbortController();
  const sink = new ArchiveSink(system, `${out}/a.tar.zst`, {
    compression: "zstd",
    signal: abort.signal,
  });
  const file = sink.create("pages-1.img");
  for (let i = 0; i < 20; i++) await file.write(pattern(1 << 20, i));
  file.close();
  const committed = Promise.resolve(sink.commit());
  abort.abort(new Error("enough"));
  await assert.rejects(committed, /enough/);
  sink.close();
  assert.deepEqual(namesIn(out), ["a.tar.zst.incomplete"]);
  assert.equal(Deno.statSync(`${out}/a.tar.zst.incomplete/pages-1.img`).size, 20 << 20);
});

Deno.test("an existing archive is not overwritten, even one that appears later", async () => {
  using scratch = new Scratch();
  const path = `${scratch.path}/a.tar`;
  const sink = new ArchiveSink(system, path, {});
  sink.create("a.img").close();
  assert.throws(() => sink.create("a.img"), /a\.img: CRIU writes it a second time/);
  Deno.writeTextFileSync(path, "old");
  assert.throws(() => new ArchiveSink(system, path, {}), /a\.tar: it exists already/);
  await assert.rejects(sink.commit(), /a\.tar: it exists already/);
  sink.close();
  assert.deepEqual(namesIn(scratch.path), ["a.tar", "a.tar.incomplete"]);
  assert.equal(Deno.readTextFileSync(path), "old");
  assert.throws(() => new ArchiveSink(system, `${scratch.path}/none/a.tar`, {}), /none: no such/);
});

Deno.test("interleaved images are each complete", async () => {
  using scratch = new Scratch();
  const path = `${scratch.path}/a.tar`;
  const sink = new ArchiveSink(system, path, {});
  const expected: Record<string, Uint8Array> = {};
  const files = Array.from({ length: 5 }, (_, i) => sink.create(`pages-${i}.img`));
  for (let turn = 0; turn < 30; turn++) {
    for (const [i, file] of files.entries()) {
      const bytes = pattern(turn * 997 + i, turn + i);
      await file.write(bytes);
      const name = `pages-${i}.img`;
      expected[name] = Buffer.concat([expected[name] ?? new Uint8Array(), bytes]);
    }
  }
  files.push(sink.create("inventory.img"));
  await files.at(-1)!.write(INVENTORY);
  for (const file of files) file.close();
  await sink.commit();
  sink.close();
  using dump = await openDump(path);
  for (const [name, bytes] of Object.entries(expected)) {
    const read = new Uint8Array(bytes.length + 1);
    assert.equal(dump.read(name, 0, read), bytes.length);
    assert.ok(Buffer.compare(read.subarray(0, bytes.length), bytes) === 0);
  }
});

for (const args of [[], ["--sparse"], ["--gzip"], ["--zstd"]]) {
  Deno.test({
    name: `an archive is served as the directory that it was made of: ${args[0] ?? "plain"}`,
    ignore: ignore || args[0] === "--gzip" && isQuick(),
    async fn() {
      using scratch = new Scratch();
      const pages = pattern(3_000_000, 1).fill(0, 100_000, 900_000);
      const files: Record<string, Uint8Array> = { ...manyImages(60), "pages-1.img": pages };
      const directory = scratch.directory("dump", files);
      await run("fallocate", ["--dig-holes", `${directory}/pages-1.img`]).catch(() => {});
      const archive = await tar(`${scratch.path}/a.tar`, directory, ...args);
      const source = await openServedArchive(system, { kind: "archive", path: archive });
      const served = serve(system, source, {
        socketDirectory: scratch.path,
        edits: (name) => name === "core-3.img" ? (bytes) => bytes.toReversed() : "pass",
      });
      const names = Object.keys(files);
      const scenario = { socket: `${scratch.path}/streamer-serve.sock`, allOpen: true };
      const outcome = await play("restore", { ...scenario, names: [...names, "memfd.img"] });
      const expected = { ...files, "core-3.img": files["core-3.img"]!.toReversed() };
      assert.deepEqual(outcome, { ...seen(expected), "memfd.img": { exists: false } });
      const { absent, edited } = await served;
      assert.deepEqual([absent, edited], [1, 1]);
      source[Symbol.dispose]();
    },
  });
}

Deno.test(
  "more large images than fit in memory are served concurrently from a compressed archive",
  {
    ignore: ignore || isQuick(),
  },
  async () => {
    using scratch = new Scratch();
    const files: Record<string, Uint8Array> = { "inventory.img": INVENTORY };
    for (let i = 0; i < 6; i++) {
      files[`pages-${i}.img`] = pattern(24 << 20, i).map((byte) => byte & 7);
    }
    const directory = scratch.directory("dump", files);
    const archive = await tar(`${scratch.path}/a.tar`, directory, "--use-compress-program=zstd -1");
    const source = await openServedArchive(system, { kind: "archive", path: archive });
    const served = serve(system, source, { socketDirectory: scratch.path });
    const socket = `${scratch.path}/streamer-serve.sock`;
    const names = Object.keys(files);
    assert.deepEqual(await play("restore", { socket, names, allOpen: true }), seen(files));
    await served;
    source[Symbol.dispose]();
  },
);

Deno.test("a damaged archive is not served", { ignore }, async () => {
  using scratch = new Scratch();
  const archive = await tar(`${scratch.path}/a.tar`, scratch.directory("dump", manyImages(5)));
  Deno.truncateSync(archive, 9000);
  await assert.rejects(
    openServedArchive(system, { kind: "archive", path: archive }),
    (error) => error instanceof CritError && /the archive is cut short/.test(error.message),
  );
  await assert.rejects(
    openServedArchive(system, { kind: "archive", path: `${scratch.path}/none` }),
    (error) => error instanceof CritError && error.kind === "file",
  );
});
