import assert from "node:assert/strict";
import { ROOT, runProgram } from "../../programs.ts";
import { play } from "../../play.ts";
import { pattern, Scratch } from "../../scratch.ts";
import type { Misbehaviour, Series, Step } from "./peer.ts";

/** Ways to end badly, in both directions. */
const endings = (openPipe: Step[]): Step[][] => [
  [{ send: [1, 2] }],
  [{ request: "../a.img" }, { awaitClose: true }],
  [...openPipe],
  [...openPipe, { closePipe: true }],
  [...openPipe, ...openPipe.map((step) => "request" in step ? { request: "b.img" } : step)],
  [...openPipe, { request: "b.img" }],
  [...openPipe, { send: [255, 255, 255, 255] }, { awaitClose: true }],
  [...openPipe, { request: "b.img" }, { descriptor: "file" }, { awaitClose: true }],
  [...openPipe, { awaitClose: true }],
];

const directions: Record<string, Step[]> = {
  serve: [{ request: "a.img" }, { reply: true }, { descriptor: "pipe-write" }],
  capture: [{ request: "a.img" }, { descriptor: "pipe-read" }],
};

for (const [direction, openPipe] of Object.entries(directions)) {
  Deno.test(`${direction}: a process that meets bad peers keeps no descriptor of them`, async () => {
    using scratch = new Scratch();
    const files = { "a.img": pattern(3_000_000, 1), "b.img": pattern(1000, 2) };
    const directory = scratch.directory("dump", files);
    const cases = endings(openPipe);
    const peers: Series = [...cases, ...cases, ...cases].map((steps, i) => {
      const socket = `${scratch.directory(`dump/${i}`)}/streamer-${direction}.sock`;
      return ["misbehave", { socket, steps } satisfies Misbehaviour];
    });
    const server = `${ROOT}tests/images/stream/server.ts`;
    const args = ["run", "-A", "--no-check", server, direction, directory, String(peers.length)];
    const [ended] = await Promise.all([runProgram(Deno.execPath(), args), play("series", peers)]);
    const counts = ended.stdout.trim().split("\n").map(Number);
    assert.equal(counts.length, peers.length, ended.stderr);
    // The process opens a few for itself, once each; what a case leaks, it leaks in each pass.
    const after = [1, 2, 3].map((pass) => counts[pass * cases.length - 1]!);
    assert.ok(after[1] === after[0] || after[2] === after[1], `open after each pass: ${after}`);
  });
}
