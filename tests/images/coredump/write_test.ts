import assert from "node:assert/strict";
import { type CoreSink, writeRuns } from "../../../images/coredump/write.ts";

const SMALL = new Uint8Array(4);
const LARGE = new Uint8Array(1 << 20);

function later(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Writes small runs at once and large ones in the background. */
function sinkOf(writeLarge: (bytes: Uint8Array) => Promise<void>, steps: string[] = []): CoreSink {
  return {
    write: (bytes) => {
      if (bytes.length === LARGE.length) return writeLarge(bytes);
      steps.push(`write ${bytes.length}`);
    },
    skip: (length) => void steps.push(`skip ${length}`),
  };
}

Deno.test("runs are written in their order, one at a time", async () => {
  const steps: string[] = [];
  const counts: number[] = [];
  const sink = sinkOf(async (bytes) => {
    steps.push("begin");
    await later(5);
    steps.push(`end ${bytes.length}`);
  }, steps);
  await writeRuns([SMALL, LARGE, 4096, LARGE, LARGE], sink, (count) => void counts.push(count));
  const large = ["begin", `end ${LARGE.length}`];
  assert.deepEqual(steps, ["write 4", ...large, "skip 4096", ...large, ...large]);
  assert.deepEqual(counts, [4, LARGE.length, 4096, LARGE.length, LARGE.length]);
});

Deno.test("the next run is made while a large one is written", async () => {
  const steps: string[] = [];
  function* runs(): Generator<Uint8Array> {
    for (let i = 0; i < 2; i++) {
      steps.push("make");
      yield LARGE;
    }
  }
  const sink = sinkOf(async () => {
    await later(5);
    steps.push("written");
  });
  await writeRuns(runs(), sink);
  assert.deepEqual(steps, ["make", "make", "written", "written"]);
});

Deno.test("a write that fails while signals are handled is reported", async () => {
  const sink = sinkOf(async () => {
    await later(0);
    throw new Deno.errors.WriteZero("the disk is full");
  });
  await assert.rejects(writeRuns([LARGE, LARGE], sink, () => later(20)), /the disk is full/);
});

Deno.test("a pending write is completed if the next run fails", async () => {
  let isWritten = false;
  const sink = sinkOf(async () => {
    await later(5);
    isWritten = true;
  });
  function* runs(): Generator<Uint8Array> {
    yield LARGE;
    throw new Error("the pages are gone");
  }
  await assert.rejects(writeRuns(runs(), sink), /the pages are gone/);
  assert.equal(isWritten, true);
});
