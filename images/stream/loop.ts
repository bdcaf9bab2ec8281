/** A `poll` loop over a socket and the pipes of the images that are being transferred. @module */

import { check, Errno, Poll, type SystemCalls, systemError } from "./system.ts";

/** An event that ends the loop early: a waiter that fails, or the caller's signal. */
export type Mishap = "failure" | "signal";

/** A descriptor that the loop waits on. */
export interface Waiter {
  /** The descriptor to poll. */
  readonly descriptor: number;
  /** The events to wait for: `in` and `out` of {@link Poll}. */
  readonly events: number;
  /** Milliseconds to wait while no descriptor is ready; Infinity if the peer owes nothing. */
  readonly timeout: number;
  /** Whether the loop may end while this one still waits. */
  readonly isIdle?: boolean;
  /** Whether it continues after such an event elsewhere; it may prepare for that here. */
  goesOnAfter(event: Mishap): boolean;
  /** Does the work that needs no waiting; returns whether to continue waiting. */
  ready(outcome: number): boolean | Promise<boolean>;
  /** The error after the timeout; undefined if the waiter is removed without an error. */
  stalled(): Error | undefined;
  /** Releases its descriptors; called once, when it is done, has failed or is removed. */
  close(): void;
}

/** Milliseconds of a synchronous wait, which costs less than one on another thread. */
const BRIEF = 2;

/** Milliseconds that the loop may run before it yields to other events of the program. */
const TURN = 100;

/** Waits for all waiters at once until none is left. */
export class PollLoop {
  readonly #waiters = new Set<Waiter>();
  readonly #set = { count: 0, words: new Int32Array(64) };
  #failure: { error: unknown } | undefined;
  #isAborted = false;
  #lastTurn = -Infinity;
  /** Called when no descriptor is ready. */
  onQuiet: (() => void | Promise<void>) | undefined;

  /**
   * Creates a loop without waiters.
   *
   * @param signal ends the loop, with the signal's reason as the error
   * @param now milliseconds since a fixed moment
   */
  constructor(
    readonly system: SystemCalls,
    readonly signal?: AbortSignal,
    readonly now: () => number = () => performance.now(),
  ) {}

  /** Adds a waiter; may be called while the loop runs. */
  add(waiter: Waiter): void {
    this.#waiters.add(waiter);
  }

  /** Removes a waiter and closes it. */
  remove(waiter: Waiter): void {
    if (this.#waiters.delete(waiter)) waiter.close();
  }

  /** Removes a waiter without closing it. */
  release(waiter: Waiter): void {
    this.#waiters.delete(waiter);
  }

  /**
   * Runs until every waiter is done or idle. After a failure or signal, only the waiters whose
   * {@link Waiter.goesOnAfter} returns true continue.
   *
   * @throws the first exception of a waiter, or the signal's reason
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

  /** Waits for events; returns false if there are none to handle. */
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
      // The callback may have changed the waiters.
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

/** A pipe that ends a `poll` on another thread. */
class WakePipe {
  readonly descriptor: number;
  readonly #write: number;

  constructor(readonly system: SystemCalls) {
    const ends = system.pipe();
    if (typeof ends === "number") throw systemError(system, ends, "pipe");
    this.descriptor = ends.read;
    this.#write = ends.write;
  }

  /** Wakes the loop; the byte is never read, so the pipe stays readable. */
  ring(): void {
    this.system.write(this.#write, new Uint8Array(1));
  }

  close(): void {
    this.system.close(this.descriptor);
    this.system.close(this.#write);
  }
}
