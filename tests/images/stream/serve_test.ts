import assert from "node:assert/strict";
import { HeldFile, type ImageFile, type ImageSource } from "../../../images/dump/source.ts";
import { CritError } from "../../../images/errors.ts";
import { serve, type ServeOptions, type ServeSummary } from "../../../images/stream/serve.ts";
import { SystemDirectory } from "../../../images/stream/system_file.ts";
import { play } from "../../play.ts";
import { manyImages, pattern, Scratch, seen, system } from "../../scratch.ts";
import type { Step } from "./peer.ts";

const SOCKET = "streamer-serve.sock";

/** Serves a directory in itself. */
async function serveDirectory(
  directory: string,
  options: Partial<ServeOptions> = {},
): Promise<ServeSummary> {
  const source = new SystemDirectory(system, directory);
  try {
    return await serve(system, source, { socketDirectory: directory, ...options });
  } finally {
    source[Symbol.dispose]();
    assert.throws(() => Deno.lstatSync(`${options.socketDirectory ?? directory}/${SOCKET}`));
  }
}

/** Serves to a peer that goes through the steps; gives its outcome and the error of the server. */
async function serveTo(directory: string, steps: Step[], options: Partial<ServeOptions> = {}) {
  const served = serveDirectory(directory, options).catch((error: unknown) => error);
  const outcome = await play("misbehave", { socket: `${directory}/${SOCKET}`, steps });
  return { outcome, ended: await served };
}

function assertError(ended: unknown, kind: CritError["kind"], message: RegExp): void {
  assert.ok(ended instanceof CritError, `no error: ${JSON.stringify(ended)}`);
  assert.equal(ended.kind, kind);
  assert.match(ended.message, message);
}

Deno.test("images are served unchanged, and missing ones are reported", async () => {
  using scratch = new Scratch();
  const files = manyImages(40);
  const directory = scratch.directory("dump", files);
  const served = serveDirectory(directory);
  const names = Object.keys(files).flatMap((name) => [name, `absent-${name}`]);
  const outcome = await play("restore", { socket: `${directory}/${SOCKET}`, names });
  const absent = Object.keys(files).map((name) => [`absent-${name}`, { exists: false }]);
  assert.deepEqual(outcome, { ...seen(files), ...Object.fromEntries(absent) });
  const bytes = Object.values(files).reduce((sum, file) => sum + file.length, 0);
  const summary = { files: 41, absent: 41, edited: 0, bytes, closedEarly: 0 };
  assert.deepEqual(await served, summary);
});

Deno.test("200 open pipes are read in reverse order", async () => {
  using scratch = new Scratch();
  const files = manyImages(200);
  const directory = scratch.directory("dump", files);
  const served = serveDirectory(directory);
  const scenario = { socket: `${directory}/${SOCKET}`, names: Object.keys(files), allOpen: true };
  assert.deepEqual(await play("restore", scenario), seen(files));
  assert.equal((await served).files, 201);
});

Deno.test("a slow reader receives all bytes", async () => {
  using scratch = new Scratch();
  const files = { "pages-1.img": pattern(3_000_000, 1) };
  const directory = scratch.directory("dump", files);
  const served = serveDirectory(directory);
  const scenario = { socket: `${directory}/${SOCKET}`, names: Object.keys(files), pause: 30 };
  assert.deepEqual(await play("restore", scenario), seen(files));
  await served;
});

Deno.test("a reader may close early", async () => {
  using scratch = new Scratch();
  const files = { "pages-1.img": pattern(3_000_000, 1), "a.img": pattern(100, 2) };
  const directory = scratch.directory("dump", files);
  const served = serveDirectory(directory);
  const names = ["pages-1.img", "a.img", "pages-1.img"];
  const scenario = { socket: `${directory}/${SOCKET}`, names, stopAfter: 1000 };
  assert.equal((await play("restore", scenario))["pages-1.img"]?.size, 1000);
  const summary = await served;
  assert.equal(summary.files, 3);
  assert.equal(summary.closedEarly, 2);
});

Deno.test("the reader receives edited images", async () => {
  using scratch = new Scratch();
  const files = {
    "a.img": pattern(300_000, 1),
    "b.img": pattern(3, 2),
    "c.img": new Uint8Array(),
    "d.img": pattern(5, 4),
  };
  const directory = scratch.directory("dump", files);
  const served = serveDirectory(directory, {
    edits: (name) => {
      if (name === "a.img") return (bytes) => bytes.toReversed();
      if (name === "c.img") return () => Promise.resolve(pattern(200_000, 9));
      return name === "d.img" ? (bytes) => bytes.slice() : "pass";
    },
  });
  const names = Object.keys(files);
  const scenario = { socket: `${directory}/${SOCKET}`, names, allOpen: true };
  const expected = { ...files, "a.img": files["a.img"].toReversed(), "c.img": pattern(200_000, 9) };
  assert.deepEqual(await play("restore", scenario), seen(expected));
  assert.equal((await served).edited, 2);
});

Deno.test("a failed edit closes the connection, and open pipes are finished", async () => {
  using scratch = new Scratch();
  const directory = scratch.directory("dump", {
    "a.img": pattern(3000, 1),
    "b.img": pattern(3, 2),
  });
  const edits = (name: string) => {
    if (name !== "b.img") return "pass" as const;
    return () => {
      throw new CritError("data", "no such field");
    };
  };
  const { outcome, ended } = await serveTo(directory, [
    { request: "a.img" },
    { reply: true },
    { descriptor: "pipe-write" },
    { request: "b.img" },
    { awaitClose: true },
    { readPipe: true },
    { readPipe: true },
  ], { edits });
  assert.deepEqual(outcome, [true, "closed", 3000, 0]);
  assertError(ended, "data", /^b\.img: no such field$/);
});

Deno.test("an image larger than the pipe is finished after a failure", async () => {
  using scratch = new Scratch();
  const files = { "a.img": pattern(65_536 + 65_536, 1) };
  const directory = scratch.directory("dump", files);
  const { outcome, ended } = await serveTo(directory, [
    { request: "a.img" },
    { reply: true },
    { descriptor: "pipe-write" },
    { send: [255, 255, 255, 255] },
    { awaitClose: true },
    { readPipe: true },
    { sleep: 100 },
    { readPipe: true },
    { sleep: 100 },
    { readPipe: true },
  ]);
  assert.deepEqual(outcome, [true, "closed", 65_536, 65_536, 0]);
  assertError(ended, "data", /4294967295 bytes/);
});

Deno.test("peers that break the protocol find the connection closed", async (t) => {
  using scratch = new Scratch();
  const directory = scratch.directory("dump", { "a.img": pattern(3000, 1) });
  scratch.directory("dump/sub");
  await Deno.symlink("/etc/passwd", `${directory}/link.img`);
  const cases: Array<[name: string, steps: Step[], message: RegExp]> = [
    ["a name with a slash", [{ request: "sub/x" }, { awaitClose: true }], /bare file name/],
    ["the parent directory", [{ request: ".." }, { awaitClose: true }], /not the name of a file/],
    ["a path outside", [{ request: "../../etc/passwd" }, { awaitClose: true }], /bare file name/],
    ["a directory", [{ request: "sub" }, { awaitClose: true }], /sub: it is not a regular file/],
    ["a huge record", [{ send: [1, 0, 1, 0] }, { awaitClose: true }], /65537 bytes/],
    ["a damaged record", [{ send: [2, 0, 0, 0, 10, 9] }, { awaitClose: true }], /./],
    [
      "a byte without a pipe",
      [{ request: "a.img" }, { reply: true }, { send: [0] }, { awaitClose: true }],
      /a\.img: CRIU sent no pipe/,
    ],
    [
      "the wrong end",
      [{ request: "a.img" }, { reply: true }, { descriptor: "pipe-read" }, { awaitClose: true }],
      /wrong end/,
    ],
    [
      "not a pipe",
      [{ request: "a.img" }, { reply: true }, { descriptor: "file" }, { awaitClose: true }],
      /something else than a pipe/,
    ],
    ["gone in a record", [{ send: [5, 0, 0] }], /middle of a request/],
    ["gone before its answer", [{ request: "a.img" }], /middle of a request/],
    ["gone before its pipe", [{ request: "a.img" }, { reply: true }], /a\.img: CRIU closed/],
  ];
  for (const [name, steps, message] of cases) {
    await t.step(name, async () => {
      const { outcome, ended } = await serveTo(directory, steps);
      if (steps.some((step) => "awaitClose" in step)) assert.equal(outcome.at(-1), "closed");
      assertError(ended, "data", message);
    });
  }
});

Deno.test("serving ends with an error if the peer never reads", async () => {
  using scratch = new Scratch();
  const directory = scratch.directory("dump", { "a.img": pattern(3_000_000, 1) });
  const steps: Step[] = [
    { request: "a.img" },
    { reply: true },
    { descriptor: "pipe-write" },
    { awaitClose: true },
  ];
  const { outcome, ended } = await serveTo(directory, steps, { timeout: 200 });
  assert.deepEqual(outcome, [true, "closed"]);
  assertError(ended, "data", /^a\.img: CRIU moved nothing for 0\.2 s$/);
});

Deno.test("serving ends with an error if the peer stops within a request", async () => {
  using scratch = new Scratch();
  const directory = scratch.directory("dump");
  const steps: Step[] = [{ send: [5] }, { awaitClose: true }];
  const { outcome, ended } = await serveTo(directory, steps, { timeout: 200 });
  assert.deepEqual(outcome, ["closed"]);
  assertError(ended, "data", /stopped in the middle of a request/);
});

Deno.test("a silent connection is not taken for CRIU's", async () => {
  using scratch = new Scratch();
  const files = { "a.img": pattern(3000, 1) };
  const directory = scratch.directory("dump", files);
  const served = serveDirectory(directory);
  const socket = `${directory}/${SOCKET}`;
  const outcome = await play("series", [
    ["misbehave", { socket, steps: [] }],
    ["misbehave", { socket, steps: [], stays: true }],
    ["restore", { socket, names: ["a.img"] }],
  ]);
  assert.deepEqual(outcome[2], seen(files));
  assert.equal((await served).files, 1);
});

Deno.test("serving ends if nobody connects", async () => {
  using scratch = new Scratch();
  const directory = scratch.directory("dump");
  const ended = await serveDirectory(directory, { connectPatience: 50 }).catch((e: unknown) => e);
  assertError(ended, "file", /did not connect within 0\.05 s/);
});

Deno.test("a signal ends serving", async () => {
  using scratch = new Scratch();
  const directory = scratch.directory("dump");
  const abort = new AbortController();
  const ended = serveDirectory(directory, { signal: abort.signal }).catch((e: unknown) => e);
  setTimeout(() => abort.abort(new Error("enough")), 50);
  assert.equal((await ended as Error).message, "enough");
});

Deno.test("the socket has mode 0600, and a stale one is replaced", async () => {
  using scratch = new Scratch();
  const directory = scratch.directory("dump");
  const path = `${directory}/${SOCKET}`;
  const stale = system.socket({ blocking: true });
  assert.equal(system.bind(stale, path), 0);
  system.close(stale);
  let mode: number | null = null;
  await serveDirectory(directory, {
    connectPatience: 10,
    onListening: (path) => mode = Deno.lstatSync(path).mode,
  }).catch(() => {});
  assert.equal((mode ?? 0) & 0o777, 0o600);
});

Deno.test("a file or a used socket at the socket's path is not replaced", async () => {
  using scratch = new Scratch();
  const directory = scratch.directory("dump", { [SOCKET]: new Uint8Array(3) });
  const attempt = async () => {
    const source = new SystemDirectory(system, directory);
    const ended = serve(system, source, { socketDirectory: directory, connectPatience: 10 });
    return await ended.catch((error: unknown) => error).finally(() => source[Symbol.dispose]());
  };
  assertError(await attempt(), "file", /exists already and is not a socket/);
  assert.equal(Deno.readFileSync(`${directory}/${SOCKET}`).length, 3);
  Deno.removeSync(`${directory}/${SOCKET}`);
  const other = system.socket({ blocking: true });
  assert.equal(system.bind(other, `${directory}/${SOCKET}`), 0);
  assert.equal(system.listen(other), 0);
  assertError(await attempt(), "file", /another program listens there already/);
  assert.ok(Deno.lstatSync(`${directory}/${SOCKET}`).isSocket);
  system.close(other);
});

Deno.test("the socket's directory may have a path longer than a socket address", async () => {
  using scratch = new Scratch();
  const files = { "a.img": pattern(10, 1) };
  const directory = scratch.directory("dump", files);
  const deep = scratch.directory(`${"d".repeat(90)}/${"e".repeat(90)}`);
  const short = `${scratch.path}/short`;
  await Deno.symlink(deep, short);
  const served = serveDirectory(directory, { socketDirectory: deep });
  const scenario = { socket: `${short}/${SOCKET}`, names: ["a.img"] };
  assert.deepEqual(await play("restore", scenario), seen(files));
  await served;
});

Deno.test("serving from a missing directory fails", async () => {
  using scratch = new Scratch();
  const path = `${scratch.path}/none`;
  assert.throws(() => new SystemDirectory(system, path), {
    kind: "file",
    message: /none: no such/,
  });
  const source = sourceOf({});
  const ended = serve(system, source, { socketDirectory: path });
  assertError(await ended.catch((error: unknown) => error), "file", /none: no such file/);
});

/** A source of files that the kernel cannot read by itself. */
function sourceOf(files: Record<string, ImageFile>): ImageSource {
  return {
    path: "memory",
    identity: "memory",
    files: new Map(Object.entries(files).map(([name, { size }]) => [name, size])),
    parentLink: undefined,
    open: (name) => files[name]!,
    openParent: () => assert.fail("it has no parent"),
    [Symbol.dispose]: () => {},
  };
}

Deno.test("a source without descriptors is served", async () => {
  using scratch = new Scratch();
  const directory = scratch.directory("sockets");
  const bytes = pattern(500_000, 3);
  const source = sourceOf({ "a.img": new HeldFile("a.img", bytes) });
  const served = serve(system, source, { socketDirectory: directory });
  const socket = `${directory}/${SOCKET}`;
  const outcome = await play("restore", { socket, names: ["a.img", "b.img"] });
  assert.deepEqual(outcome, { ...seen({ "a.img": bytes }), "b.img": { exists: false } });
  assert.equal((await served).bytes, bytes.length);
});

Deno.test("an image that has shrunk is an error", async () => {
  using scratch = new Scratch();
  const directory = scratch.directory("sockets");
  const file: ImageFile = { name: "a.img", size: 10, read: () => 0, [Symbol.dispose]() {} };
  const served = serve(system, sourceOf({ "a.img": file }), { socketDirectory: directory })
    .catch((e: unknown) => e);
  await play("restore", { socket: `${directory}/${SOCKET}`, names: ["a.img"] });
  assertError(await served, "data", /a\.img: it ended after 0 of 10 bytes/);
});
