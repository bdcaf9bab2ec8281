/** The poll loop over system calls that a script plays. */

import assert from "node:assert/strict";
import { type Mishap, PollLoop, type Waiter } from "../../../images/stream/loop.ts";
import { Errno, Poll, type PollSet, type SystemCalls } from "../../../images/stream/system.ts";

const WAKE = 1000;

/** What one `poll` finds: outcomes by descriptor, or an error number. */
type Finding = Record<number, number> | number;

/** System calls of which only `poll` and the wake pipe work. */
class Script {
  readonly closed: number[] = [];
  readonly polled: number[][] = [];

  constructor(readonly now: Finding[], readonly later: Finding[] = []) {}

  get system(): SystemCalls {
    const calls: Partial<SystemCalls> = {
      pipe: () => ({ read: WAKE, write: WAKE + 1 }),
      write: () => 1,
      close: (descriptor) => this.closed.push(descriptor),
      describe: (errno) => `error ${errno}`,
      poll: (set) => this.#find(set, this.now.shift() ?? {}),
      pollLater: (set) => Promise.resolve(this.#find(set, this.later.shift() ?? {})),
    };
    return calls as SystemCalls;
  }

  #find({ count, words }: PollSet, finding: Finding): number {
    const descriptors = Array.from({ length: count }, (_, i) => words[2 * i]!);
    this.polled.push(descriptors.filter((descriptor) => descriptor !== WAKE));
    if (typeof finding === "number") return finding;
    descriptors.forEach((descriptor, i) => {
      words[2 * i + 1] = words[2 * i + 1]! | ((finding[descriptor] ?? 0) << 16);
    });
    return Object.keys(finding).length;
  }
}

/** A waiter that is done after `times` events. */
class Counter implements Waiter {
  readonly events = Poll.in;
  goesOn: readonly Mishap[] = [];

  goesOnAfter(event: Mishap): boolean {
    return this.goesOn.includes(event);
  }
  timeout = Infinity;
  closed = 0;
  seen: number[] = [];

  constructor(readonly descriptor: number, readonly times: number, readonly error?: Error) {}

  ready(outcome: number): boolean {
    this.seen.push(outcome);
    if (this.error !== undefined) throw this.error;
    return this.seen.length < this.times;
  }

  stalled(): Error {
    return new Error(`${this.descriptor} stalled`);
  }

  close(): void {
    this.closed++;
  }
}

/** Runs a loop for which no time passes. */
async function runLoop(script: Script, waiters: Waiter[], signal?: AbortSignal): Promise<unknown> {
  const loop = new PollLoop(script.system, signal, () => 0);
  for (const waiter of waiters) loop.add(waiter);
  try {
    await loop.run();
    return undefined;
  } catch (error) {
    return error;
  }
}

Deno.test("each waiter is called with its own outcome until it is done", async () => {
  const [a, b] = [new Counter(5, 2), new Counter(6, 1)];
  const script = new Script([{ 6: Poll.in }, { 5: Poll.in }, {}], [{ 5: Poll.hangUp }]);
  // The first turn goes by the other thread, as does every one that finds nothing.
  script.later.unshift({ 5: Poll.in });
  assert.equal(await runLoop(script, [a, b]), undefined);
  assert.deepEqual([a.seen, b.seen], [[Poll.in, Poll.in], [Poll.in]]);
  assert.deepEqual([a.closed, b.closed], [1, 1]);
  assert.deepEqual(script.closed, [WAKE, WAKE + 1]);
  assert.deepEqual(script.polled.slice(0, 3), [[5, 6], [5, 6], [5]]);
});

Deno.test("an interrupted poll is repeated; a failed one ends the loop", async () => {
  const again = new Counter(5, 1);
  const interrupted = new Script([-Errno.interrupted], [-1, -1, { 5: Poll.in }]);
  assert.equal(await runLoop(interrupted, [again]), undefined);
  const failed = new Counter(5, 1);
  const error = await runLoop(new Script([-Errno.invalid], [-1]), [failed]);
  assert.match((error as Error).message, /poll: error 22/);
  assert.equal(failed.closed, 1);
});

Deno.test("after a failure, only waiters that ask for it continue", async () => {
  const failing = new Counter(5, 9, new Error("broken"));
  const [bound, free] = [new Counter(6, 9), new Counter(7, 2)];
  free.goesOn = ["failure"];
  const script = new Script([{ 7: Poll.in }, { 7: Poll.in }], [{ 5: Poll.in, 6: Poll.in }]);
  const error = await runLoop(script, [failing, bound, free]);
  assert.equal((error as Error).message, "broken");
  assert.deepEqual([failing.closed, bound.closed, free.closed], [1, 1, 1]);
  assert.deepEqual(bound.seen, []);
  assert.deepEqual(free.seen, [Poll.in, Poll.in]);
});

Deno.test("waiters fail after their timeout without progress", async () => {
  const [patient, impatient] = [new Counter(5, 1), new Counter(6, 1)];
  patient.timeout = 20;
  impatient.timeout = 10;
  const error = await runLoop(new Script([], []), [patient, impatient]);
  assert.equal((error as Error).message, "6 stalled");
  assert.deepEqual([patient.closed, impatient.closed], [1, 1]);
});

Deno.test("after a signal, waiters that ask for it continue and the others end", async () => {
  const [bound, free] = [new Counter(6, 9), new Counter(7, 2)];
  bound.goesOn = ["failure"];
  free.goesOn = ["signal"];
  const script = new Script([{ 7: Poll.in }, { 7: Poll.in }], [{ 7: Poll.in }]);
  const error = await runLoop(script, [bound, free], AbortSignal.abort(new Error("enough")));
  assert.equal((error as Error).message, "enough");
  assert.deepEqual([bound.closed, free.closed], [1, 1]);
  assert.deepEqual([bound.seen, free.seen.length], [[], 2]);
});

Deno.test("the loop ends if all remaining waiters are idle", async () => {
  const [idle, busy] = [new Counter(5, 9), new Counter(6, 1)];
  Object.assign(idle, { isIdle: true });
  const script = new Script([{ 6: Poll.in }], [{ 6: Poll.in }]);
  assert.equal(await runLoop(script, [idle, busy]), undefined);
  assert.deepEqual([idle.closed, busy.closed], [1, 1]);
});

Deno.test("a signal ends the loop and closes everything", async () => {
  const waiter = new Counter(5, 9);
  const script = new Script([], [{ [WAKE]: Poll.in }]);
  const error = await runLoop(script, [waiter], AbortSignal.abort(new Error("enough")));
  assert.equal((error as Error).message, "enough");
  assert.equal(waiter.closed, 1);
});
