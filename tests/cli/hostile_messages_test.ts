/** Messages that are made to take much memory: bounded by their size, or refused by a limit that is named. */

import assert from "node:assert/strict";
import { encodeImage } from "../../mod.ts";
import { THOROUGH } from "../dumps.ts";
import { IS_OLD_DENO, lacks, ROOT } from "../programs.ts";
import { readDirectory, Scratch } from "../scratch.ts";
import { Running } from "./running.ts";

const ignore = lacks("sh");

/** MiB that crit takes whatever it does; an older Deno takes some 40 more for itself. */
const BASE = IS_OLD_DENO ? 140 : 100;

/** Runs that crit has to stay below a limit: how much garbage waits depends on the machine. */
const TRIES = 3;

/** Runs crit until it takes at most so many MiB, and gives how the last run ended. */
async function within(most: number, args: string[]) {
  const peaks: number[] = [];
  for (;;) {
    const running = new Running(args);
    const ended = await running.watch(running.ended());
    peaks.push(running.peak);
    if (running.peak < most) return ended;
    assert.ok(peaks.length < TRIES, `${args.join(" ")}: ${peaks.join(", ")} MiB, not ${most}`);
  }
}

/** Field 999, a number, so many times. */
const unknownFields = (count: number) =>
  new Uint8Array(count * 3).map((_, i) => [0xb8, 0x3e, 0x01][i % 3]!);

Deno.test({
  name: "millions of unknown fields take eight times their bytes at most, or are refused",
  ignore,
  async fn() {
    using scratch = new Scratch();
    const json = `${scratch.path}/utsns-1.img.json`;
    const image = `${scratch.path}/utsns-1.img`;
    const raw = unknownFields(THOROUGH ? 5_000_000 : 1_500_000);
    const entry = `{"nodename": "a", "domainname": "b", "?": "${raw.toBase64()}"}`;
    Deno.writeTextFileSync(json, `{"magic": "UTSNS", "entries": [${entry}]}`);
    const most = BASE + 8 * raw.length / 2 ** 20;
    assert.equal((await within(most, ["encode", "-i", json, "-o", image])).code, 0);
    assert.ok(Deno.statSync(image).size > raw.length);
    assert.equal((await within(most, ["decode", "-i", image, "-o", `${json}.2`])).code, 0);
    for (
      const args of [
        ["edit", image, "-o", `${image}.2`, "--set", "[0].nodename=c"],
        ...THOROUGH ? [["edit", image, "-o", `${image}.2`, "--filter", "cat"]] : [],
        ["get", image, "[0].nodename"],
      ]
    ) {
      const { code, stderr } = await within(most, args);
      assert.equal(code, 5);
      assert.match(stderr, /^crit: [^\n]*a message of more than 524288 fields cannot be taken/);
    }
    const { code } = await within(most, ["get", image, "[0]"]);
    assert.equal(code, 0);
  },
});

Deno.test({
  name: "a list of tens of thousands of tasks without images is refused",
  ignore,
  async fn() {
    using scratch = new Scratch();
    const dump = scratch.directory("dump", readDirectory(`${ROOT}fixtures/dumps/shloop`));
    const task = { ppid: 1517, pgid: 1517, sid: 1517 };
    const entries = Array.from({ length: THOROUGH ? 80_000 : 20_000 }, (_, i) => ({
      ...task,
      pid: 10_000 + i,
      threads: [10_000 + i],
    }));
    const first = { ...task, pid: 1517, ppid: 0, threads: [1517] };
    const image = encodeImage({ type: "PSTREE", entries: [first, ...entries] });
    Deno.writeFileSync(`${dump}/pstree.img`, image);
    const most = BASE + (8 * image.length + 300 * entries.length) / 2 ** 20;
    const commands = [["stats"], ["check"], ["x", "ps"], ["preflight"]];
    for (const args of THOROUGH ? commands : commands.slice(1, 3)) {
      const [command, ...more] = args as [string, ...string[]];
      const { code, stderr } = await within(most, [command, dump, ...more]);
      assert.equal(code, 5);
      assert.match(
        stderr,
        /pstree\.img: it lists \d+0001 processes and threads, [^\n]* at most 10000/,
      );
    }
  },
});
