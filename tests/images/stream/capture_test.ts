import assert from "node:assert/strict";
import { CritError } from "../../../images/errors.ts";
import {
  capture,
  type CaptureOptions,
  type CaptureSummary,
  type KeptImages,
} from "../../../images/stream/capture.ts";
import { DirectorySink } from "../../../images/stream/directory.ts";
import type { DumpSink } from "../../../images/stream/store.ts";
import { play } from "../../play.ts";
import { INVENTORY, manyImages, pattern, readDirectory, Scratch, system } from "../../scratch.ts";
import { Sleeper } from "../../criu.ts";
import type { Step } from "./peer.ts";

const SOCKET = "streamer-capture.sock";

async function captureInto(
  directory: string,
  options: Partial<CaptureOptions> = {},
): Promise<CaptureSummary> {
  try {
    return await capture(system, () => new DirectorySink(system, directory), {
      socketDirectory: directory,
      ...options,
    });
  } finally {
    assert.throws(() => Deno.lstatSync(`${directory}/${SOCKET}`));
  }
}

function exists(path: string): boolean {
  try {
    return Deno.lstatSync(path) !== undefined;
  } catch {
    return false;
  }
}

/** Names in a directory, and in directories in it. */
function tree(path: string): string[] {
  return [...Deno.readDirSync(path)].flatMap(({ name, isDirectory }) =>
    isDirectory ? [`${name}/`, ...tree(`${path}/${name}`).map((inner) => `${name}/${inner}`)] : name
  ).sort();
}

function assertError(ended: unknown, kind: CritError["kind"], message: RegExp): void {
  assert.ok(ended instanceof CritError, `no error: ${JSON.stringify(ended)}`);
  assert.equal(ended.kind, kind);
  assert.match(ended.message, message);
}

const INVENTORY_STEPS: Step[] = [
  { request: "inventory.img" },
  { descriptor: "pipe-read" },
  { writePipe: [...INVENTORY] },
];

Deno.test("data from CRIU is received after its process has ended", async () => {
  using scratch = new Scratch();
  const from = scratch.directory("from", { "inventory.img": INVENTORY });
  const out = scratch.directory("out");
  await using criu = await Sleeper.start();
  const { promise: hasEnded, resolve: end } = Promise.withResolvers<void>();
  const late = new Proxy(system, {
    get: (calls, key) =>
      key === "pollLater"
        ? async (...args: Parameters<typeof calls.pollLater>) => {
          await hasEnded;
          return await calls.pollLater(...args);
        }
        : Reflect.get(calls, key),
  });
  const captured = capture(late, () => new DirectorySink(late, out), {
    socketDirectory: out,
    criu: criu.pid,
  });
  await play("dump", {
    socket: `${out}/${SOCKET}`,
    directory: from,
    names: ["inventory.img"],
    allOpen: true,
  });
  await criu.kill();
  end();
  assert.deepEqual(await captured, { files: 1, edited: 0, bytes: INVENTORY.length });
  assert.deepEqual(readDirectory(out), { "inventory.img": INVENTORY });
});

Deno.test("images that CRIU sends one by one are written unchanged", async () => {
  using scratch = new Scratch();
  const files = manyImages(40);
  const from = scratch.directory("from", files);
  const out = scratch.directory("out", { "dump.log": new Uint8Array(3) });
  const captured = captureInto(out);
  const names = Object.keys(files);
  await play("dump", { socket: `${out}/${SOCKET}`, directory: from, names });
  const bytes = Object.values(files).reduce((sum, file) => sum + file.length, 0);
  assert.deepEqual(await captured, { files: 41, edited: 0, bytes });
  assert.deepEqual(readDirectory(out), { ...files, "dump.log": new Uint8Array(3) });
  assert.deepEqual(tree(out), [...names, "dump.log"].sort());
});

Deno.test("200 open pipes are written in turns", async () => {
  using scratch = new Scratch();
  const files = manyImages(200);
  const from = scratch.directory("from", files);
  const out = scratch.directory("out");
  const captured = captureInto(out);
  await play("dump", {
    socket: `${out}/${SOCKET}`,
    directory: from,
    names: Object.keys(files),
    allOpen: true,
    piece: 7000,
  });
  assert.equal((await captured).files, 201);
  assert.deepEqual(readDirectory(out), files);
});

Deno.test("capture waits for a slow writer", async () => {
  using scratch = new Scratch();
  const files = { "pages-1.img": pattern(200_000, 1), "inventory.img": INVENTORY };
  const from = scratch.directory("from", files);
  const out = scratch.directory("out");
  const captured = captureInto(out);
  await play("dump", {
    socket: `${out}/${SOCKET}`,
    directory: from,
    names: Object.keys(files),
    piece: 30_000,
    pause: 30,
  });
  await captured;
  assert.deepEqual(readDirectory(out), files);
});

Deno.test("captured images are edited", async () => {
  using scratch = new Scratch();
  const files = {
    "a.img": pattern(300_000, 1),
    "b.img": pattern(3, 2),
    "inventory.img": INVENTORY,
  };
  const from = scratch.directory("from", files);
  const out = scratch.directory("out");
  const captured = captureInto(out, {
    edits: (name) => {
      if (name === "a.img") return (bytes) => Promise.resolve(bytes.toReversed());
      return name === "inventory.img" ? (bytes) => bytes.subarray(0, 8) : "pass";
    },
  });
  const names = Object.keys(files);
  await play("dump", { socket: `${out}/${SOCKET}`, directory: from, names, allOpen: true });
  assert.equal((await captured).edited, 2);
  assert.deepEqual(readDirectory(out), {
    "a.img": files["a.img"].toReversed(),
    "b.img": files["b.img"],
    "inventory.img": INVENTORY.subarray(0, 8),
  });
});

/** Captures from a peer that goes through the steps; gives its outcome and how capture ended. */
async function captureFrom(out: string, steps: Step[], options: Partial<CaptureOptions> = {}) {
  const captured = captureInto(out, options).catch((error: unknown) => error);
  const outcome = await play("misbehave", { socket: `${out}/${SOCKET}`, steps });
  return { outcome, ended: await captured };
}

Deno.test("an unfinished capture stays marked, and no later capture deletes it", async () => {
  using scratch = new Scratch();
  const out = scratch.directory("out");
  const { ended } = await captureFrom(out, [
    { request: "files.img" },
    { descriptor: "pipe-read" },
    { writePipe: [1, 2, 3] },
  ]);
  assertError(ended, "data", /without writing inventory\.img: the dump is incomplete/);
  assert.deepEqual(tree(out), ["capture.incomplete/", "capture.incomplete/files.img"]);
  const again = await captureInto(out).catch((error: unknown) => error);
  assertError(again, "file", /it holds 1 image of an earlier capture.*there is no inventory\.img/);
  assert.deepEqual(tree(out), ["capture.incomplete/", "capture.incomplete/files.img"]);
});

Deno.test("a capture without images leaves no files, and allows the next one", async () => {
  using scratch = new Scratch();
  const out = scratch.directory("out");
  const ended = await captureInto(out, { connectPatience: 50 }).catch((error: unknown) => error);
  assertError(ended, "file", /did not connect within/);
  assert.deepEqual(tree(out), []);
  Deno.mkdirSync(`${out}/capture.incomplete`);
  const again = await captureFrom(out, INVENTORY_STEPS);
  assert.deepEqual(again.ended, { files: 1, edited: 0, bytes: INVENTORY.length });
  assert.deepEqual(tree(out), ["inventory.img"]);
});

Deno.test("a truncated inventory does not complete a dump", async () => {
  using scratch = new Scratch();
  for (const size of [0, 4, 8, INVENTORY.length - 1]) {
    const out = scratch.directory(`out-${size}`);
    const { ended } = await captureFrom(out, [
      { request: "inventory.img" },
      { descriptor: "pipe-read" },
      { writePipe: [...INVENTORY.subarray(0, size)] },
    ]);
    assertError(ended, "data", /^inventory\.img: it is cut short/);
    assert.deepEqual(tree(out), ["capture.incomplete/", "capture.incomplete/inventory.img"]);
  }
});

Deno.test("a directory with a dump is not changed, and CRIU fails at once", async () => {
  using scratch = new Scratch();
  const out = scratch.directory("out", { "inventory.img": INVENTORY });
  let listening = false;
  const ended = captureInto(out, { onListening: () => listening = true });
  assertError(await ended.catch((e: unknown) => e), "file", /it already holds a dump/);
  assert.equal(listening, false);
  assert.deepEqual(tree(out), ["inventory.img"]);
});

Deno.test("a second capture does not disturb the first", async () => {
  using scratch = new Scratch();
  const out = scratch.directory("out");
  const abort = new AbortController();
  const first = captureInto(out, { signal: abort.signal }).catch((error: unknown) => error);
  await new Promise((resolve) => setTimeout(resolve, 20));
  Deno.writeFileSync(`${out}/capture.incomplete/core-1.img`, new Uint8Array(1));
  const second = capture(system, () => new DirectorySink(system, out), { socketDirectory: out });
  assertError(await second.catch((e: unknown) => e), "file", /another program listens/);
  assert.deepEqual(tree(out).at(1), "capture.incomplete/core-1.img");
  abort.abort(new Error("enough"));
  assert.equal((await first as Error).message, "enough");
});

const FAILING = (name: string) => {
  if (name === "a.img") return (bytes: Uint8Array) => Promise.resolve(bytes.toReversed());
  if (name !== "b.img") return "pass" as const;
  return () => Promise.reject(new CritError("data", "no such field"));
};

Deno.test("after a failed edit all images remain as CRIU wrote them", async () => {
  using scratch = new Scratch();
  const files = { "a.img": pattern(9000, 1), "b.img": pattern(50, 2), "inventory.img": INVENTORY };
  const from = scratch.directory("from", files);
  const out = scratch.directory("out");
  const kept: KeptImages[] = [];
  const captured = captureInto(out, { edits: FAILING, onKept: (images) => kept.push(images) })
    .catch((error: unknown) => error);
  const names = Object.keys(files);
  await play("dump", { socket: `${out}/${SOCKET}`, directory: from, names, allOpen: true });
  assertError(await captured, "data", /^b\.img: no such field$/);
  const path = `${out}/capture.incomplete`;
  assert.deepEqual(kept, [{ path, files: 3, isWhole: true }]);
  assert.deepEqual(readDirectory(path), files);
  assert.deepEqual(tree(out).length, 4);
});

Deno.test("a failure stops CRIU, and images sent before are kept", async () => {
  using scratch = new Scratch();
  const out = scratch.directory("out");
  const abort = new AbortController();
  const kept: KeptImages[] = [];
  const captured = captureInto(out, {
    signal: abort.signal,
    onKept: (images) => kept.push(images),
  }).catch((error: unknown) => error);
  // All is in the sockets' and pipes' buffers before anything of it is read.
  const outcome = play("misbehave", {
    socket: `${out}/${SOCKET}`,
    steps: [
      { request: "a.img" },
      { descriptor: "pipe-read" },
      { writePipe: [1, 2, 3] },
      { closePipe: true },
      ...INVENTORY_STEPS,
      { closePipe: true },
      { awaitClose: true },
    ],
  });
  while (Deno.lstatSync(out) && !exists(`${out}/capture.incomplete/inventory.img`)) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  abort.abort(new Error("enough"));
  assert.equal((await captured as Error).message, "enough");
  assert.equal((await outcome).at(-1), "closed");
  assert.deepEqual(readDirectory(`${out}/capture.incomplete`), {
    "a.img": Uint8Array.of(1, 2, 3),
    "inventory.img": INVENTORY,
  });
  assert.equal(kept[0]?.files, 2);
});

Deno.test("peers that break the protocol find the connection closed", async (t) => {
  using scratch = new Scratch();
  const twice: Step[] = [{ request: "a.img" }, { descriptor: "pipe-read" }, { request: "a.img" }];
  const cases: Array<[name: string, steps: Step[], message: RegExp]> = [
    ["a name with a slash", [{ request: "../x" }, { awaitClose: true }], /bare file name/],
    ["the parent directory", [{ request: ".." }, { awaitClose: true }], /not the name of a file/],
    ["a file twice", [...twice, { awaitClose: true }], /a\.img: CRIU writes it a second time/],
    [
      "the wrong end",
      [{ request: "a.img" }, { descriptor: "pipe-write" }, { awaitClose: true }],
      /wrong end/,
    ],
    [
      "a request instead of a pipe",
      [{ request: "a.img" }, { request: "b.img" }, { awaitClose: true }],
      /a\.img: CRIU sent no pipe/,
    ],
    ["gone before its pipe", [{ request: "a.img" }], /a\.img: CRIU closed the connection/],
    ["gone in a record", [...INVENTORY_STEPS, { send: [9] }], /middle of a request/],
  ];
  for (const [index, [name, steps, message]] of cases.entries()) {
    await t.step(name, async () => {
      const out = scratch.directory(`case-${index}/out`);
      const { outcome, ended } = await captureFrom(out, steps);
      if (steps.some((step) => "awaitClose" in step)) assert.equal(outcome.at(-1), "closed");
      assertError(ended, "data", message);
      const inside = tree(`${scratch.path}/case-${index}`);
      assert.ok(inside.every((path) => path === "out/" || path.startsWith("out/capture.incompl")));
    });
  }
});

Deno.test("capture ends with an error if the peer never writes", async () => {
  using scratch = new Scratch();
  const out = scratch.directory("out");
  const steps: Step[] = [
    { request: "a.img" },
    { descriptor: "pipe-read" },
    { awaitClose: true },
  ];
  const { outcome, ended } = await captureFrom(out, steps, { timeout: 200 });
  assert.deepEqual(outcome, ["closed"]);
  assertError(ended, "data", /a\.img: CRIU moved nothing/);
});

Deno.test("a sink without descriptors receives the same bytes", async () => {
  using scratch = new Scratch();
  const files = manyImages(20);
  const from = scratch.directory("from", files);
  const sockets = scratch.directory("sockets");
  const taken: Record<string, number[]> = {};
  let committed = false;
  const sink: DumpSink = {
    incompleteAt: "nowhere",
    create(name) {
      const bytes: number[] = taken[name] = [];
      return Promise.resolve({
        write: (piece) => Promise.resolve(void bytes.push(...piece)),
        close() {},
      });
    },
    read: (name) => Promise.resolve(Uint8Array.from(taken[name]!)),
    replace: (name, bytes) => Promise.resolve(void (taken[name] = [...bytes])),
    commit: () => void (committed = true),
    close() {},
  };
  const captured = capture(system, () => sink, { socketDirectory: sockets });
  const names = Object.keys(files);
  await play("dump", { socket: `${sockets}/${SOCKET}`, directory: from, names, allOpen: true });
  await captured;
  assert.ok(committed);
  for (const name of names) assert.deepEqual(Uint8Array.from(taken[name]!), files[name]);
});
