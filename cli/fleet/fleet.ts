/**
 * Processes many dumps, several at once, and reports their outcomes in order, even if some fail.
 *
 * @module
 */

import { yieldToEventLoop } from "../terminal/interrupt.ts";
import { Progress } from "../terminal/progress.ts";
import { type DumpOutcome, FleetThread, type FleetWork, mayStart } from "./work.ts";

/** Options for many dumps. */
export interface FleetOptions<O> {
  /** Number of dumps at a time. */
  readonly jobs: number;
  /** Options for each dump. */
  readonly options: O;
  /** Files with image types of the user. */
  readonly plugins: readonly string[];
}

/** Outcomes that may wait for an earlier one, for each job. */
const WAITING = 16;

/**
 * Processes dumps.
 *
 * @param onOutcome receives each outcome, in the order of the paths; returns whether it counts
 * @returns the worst exit code
 */
export async function lookAtAll<O, R>(
  work: FleetWork<O, R>,
  paths: readonly string[],
  { jobs, options, plugins }: FleetOptions<O>,
  onOutcome: (path: string, outcome: DumpOutcome<R>) => boolean,
): Promise<number> {
  using progress = new Progress(
    "dumps",
    paths.length === 1 ? undefined : paths.length,
    undefined,
    String,
  );
  let worst = 0;
  const done = (path: string, outcome: DumpOutcome<R>) => {
    progress.clear();
    if (onOutcome(path, outcome)) worst = Math.max(worst, outcome.code);
    progress.advance(1);
  };
  const threads = Math.min(jobs, paths.length);
  if (threads <= 1 || !mayStart(work.url)) {
    for (const path of paths) {
      done(path, await work.run(path, options));
      const turn = yieldToEventLoop();
      if (turn !== undefined) await turn;
    }
    return worst;
  }
  const order = new InOrder<DumpOutcome<R>>(
    threads * WAITING,
    (i, outcome) => done(paths[i]!, outcome),
  );
  let next = 0;
  const runThread = async () => {
    let thread = new FleetThread(work, plugins);
    try {
      while (next < paths.length) {
        const index = next++;
        await order.room(index);
        const outcome = await thread.run(paths[index]!, options).catch(() => {
          // A thread that ran out of memory only loses its own dump.
          thread[Symbol.dispose]();
          thread = new FleetThread(work, plugins);
          return lost<R>(paths[index]!);
        });
        order.add(index, outcome);
      }
    } finally {
      thread[Symbol.dispose]();
    }
  };
  await Promise.all(Array.from({ length: threads }, runThread));
  return worst;
}

/** Exit code for a bug in crit, or for too little memory. */
const BUG = 70;

function lost<R>(path: string): DumpOutcome<R> {
  const line = `crit: internal error: ${path}: the thread that looked at it died`;
  return { code: BUG, result: undefined, lines: [line] };
}

/** Puts values that arrive in any order into the order of their numbers. */
class InOrder<T> {
  readonly #waiting = new Map<number, T>();
  #next = 0;
  #onRoom: Array<() => void> = [];

  /** @param most largest distance of a number from the next one in order */
  constructor(readonly most: number, readonly give: (index: number, item: T) => void) {}

  /** Waits until a number is near enough to the next one in order. */
  async room(index: number): Promise<void> {
    while (index >= this.#next + this.most) {
      await new Promise<void>((resolve) => this.#onRoom.push(resolve));
    }
  }

  add(index: number, item: T): void {
    this.#waiting.set(index, item);
    for (let next = this.#waiting.get(this.#next); next !== undefined;) {
      this.#waiting.delete(this.#next);
      this.give(this.#next++, next);
      next = this.#waiting.get(this.#next);
    }
    for (const resolve of this.#onRoom.splice(0)) resolve();
  }
}
