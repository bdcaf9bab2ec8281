/**
 * One `poll` loop over descriptors that move on their own: a socket, and a pipe for each image
 * that is under way.
 *
 * @module
 */

import { check, Errno, Poll, type SystemCalls, systemError } from "./system.ts";

/** What ends the loop before its time: a waiter that fails, or the caller's signal. */
export type Mishap = "failure" | "signal";

/** Something with a descriptor that the loop waits on. */
export interface Waiter {
  /** What is polled. */
  readonly descriptor: number;
  /** Which of {@link Poll}'s `in` and `out` to wait for. */
  readonly events: number;
  /** Milliseconds to wait while nothing at all moves; Infinity where the peer owes nothing. */
  readonly timeout: number;
  /** Whether the loop may end while it is still waiting. */
  readonly isIdle?: boolean;
  /** Whether it finishes what it does after a mishap elsewhere; it may get ready to. */
  goesOnAfter(event: Mishap): boolean;
  /** Does what can be done without waiting; gives whether there is more to wait for. */
  ready(outcome: number): boolean | Promise<boolean>;
  /** The error after the timeout; undefined if the waiter is then given up without one. */
  stalled(): Error | undefined;
  /** Releases its descriptors; called once, when it is done, has failed or is given up. */
  close(): void;
}

/** How long the loop waits by a plain call, which costs less than one on another thread. */
const BRIEF = 2;

/** How long the loop may go on without giving the program's other events a turn. */
const TURN = 100;

/** Waits for all waiters at once until none is left. */
export class PollLoop {
  readonly #waiters = new Set<Waiter>();
  readonly #set = { count: 0, words: new Int32Array(64) };
  #failure: { error: unknown } | undefined;
  #isAborted = false;
  #lastTurn = -Infinity;
  /** Called when nothing at all is ready. */
  onQuiet: (() => void | Promise<void>) | undefined;

  /**
   * Makes a loop that waits on nothing yet.
   *
   * @param signal ends the loop, with the signal's reason as the error
   * @param now milliseconds since some fixed moment
   */
  constructor(
    readonly system: SystemCalls,
    readonly signal?: AbortSignal,
    readonly now: () => number = () => performance.now(),
  ) {}

  /** Waits on one more; may be called while the loop runs. */
  add(waiter: Waiter): void {
    this.#waiters.add(waiter);
  }

  /** Gives one up, closing it. */
  remove(waiter: Waiter): void {
    if (this.#waiters.delete(waiter)) waiter.close();
  }

  /** Forgets one without closing it. */
  release(waiter: Waiter): void {
    this.#waiters.delete(waiter);
  }

  /**
   * Runs until every waiter is done or idle. After a mishap only those go on that say so.
   *
   * @throws whatever a waiter threw first, or the signal's reason
   */
  async run(): Promise<void> {
    const wake = new WakePipe(this.system);
    const onAbort = () => wake.ring();
    this.signal?.addEventListener("abort", onAbort);
    try {
      while ([...this.#waiters].some(({ isIdle }) => !isIdle)) {
        if (this.signal?.aborted && !this.#isAborted) this.#abort(this.signal.reason);
        else await this.#step(wake);
      }
    } finally {
      this.signal?.removeEventListener("abort", onAbort);
      for (const waiter of this.#waiters) this.remove(waiter);
      wake.close();
    }
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async #step(wake: WakePipe): Promise<void> {
    const waiters = [...this.#waiters];
    const words = this.#fill(waiters, wake);
    if (!await this.#wait(waiters)) return;
    for (const [i, waiter] of waiters.entries()) {
      const outcome = words[2 * i + 1]! >>> 16;
      if (outcome !== 0 && this.#waiters.has(waiter)) await this.#serve(waiter, outcome);
    }
  }

  #fill(waiters: readonly Waiter[], wake: WakePipe): Int32Array {
    const count = waiters.length + 1;
    if (this.#set.words.length < 2 * count) this.#set.words = new Int32Array(4 * count);
    const { words } = this.#set;
    waiters.forEach((waiter, i) => {
      words[2 * i] = waiter.descriptor;
      words[2 * i + 1] = waiter.events;
    });
    words[2 * count - 2] = wake.descriptor;
    words[2 * count - 1] = this.#isAborted ? 0 : Poll.in;
    this.#set.count = count;
    return words;
  }

  /** Waits for news; false when there is none to act on. */
  async #wait(waiters: readonly Waiter[]): Promise<boolean> {
    if (this.now() - this.#lastTurn < TURN) {
      const result = this.system.poll(this.#set, BRIEF);
      if (result > 0) return true;
      if (result < 0 && result !== -Errno.interrupted) check(this.system, result, "poll");
    }
    if (this.onQuiet !== undefined && !this.signal?.aborted) {
      const result = this.system.poll(this.#set, 0);
      if (result > 0) return true;
      await this.onQuiet();
      // It may have changed what there is to wait for.
      if (this.onQuiet === undefined) return false;
    }
    const limit = Math.min(...waiters.map((waiter) => waiter.timeout));
    const result = await this.system.pollLater(this.#set, limit === Infinity ? -1 : limit);
    this.#lastTurn = this.now();
    if (result === 0) {
      for (const waiter of waiters) {
        if (waiter.timeout > limit) continue;
        const error = waiter.stalled();
        if (error === undefined) this.remove(waiter);
        else this.#fail(waiter, error);
      }
    }
    return result > 0;
  }

  async #serve(waiter: Waiter, outcome: number): Promise<void> {
    try {
      if (await waiter.ready(outcome)) return;
    } catch (error) {
      this.#fail(waiter, error);
      return;
    }
    this.remove(waiter);
  }

  #fail(waiter: Waiter, error: unknown): void {
    this.#failure ??= { error };
    this.remove(waiter);
    this.#giveUp("failure");
  }

  #abort(reason: unknown): void {
    this.#isAborted = true;
    this.#failure ??= { error: reason };
    this.#giveUp("signal");
  }

  #giveUp(event: Mishap): void {
    for (const waiter of this.#waiters) if (!waiter.goesOnAfter(event)) this.remove(waiter);
  }
}

/** A pipe to oneself, which ends a `poll` that is waiting on another thread. */
class WakePipe {
  readonly descriptor: number;
  readonly #write: number;

  constructor(readonly system: SystemCalls) {
    const ends = system.pipe();
    if (typeof ends === "number") throw systemError(system, ends, "pipe");
    this.descriptor = ends.read;
    this.#write = ends.write;
  }

  /** Stays heard: nobody reads the byte. */
  ring(): void {
    this.system.write(this.#write, new Uint8Array(1));
  }

  close(): void {
    this.system.close(this.descriptor);
    this.system.close(this.#write);
  }
}
