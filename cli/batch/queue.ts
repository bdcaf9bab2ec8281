/**
 * A queue of jobs in shared memory, from which several threads take work.
 *
 * @module
 */

/** Words of the shared memory before those of the jobs. */
const HEAD = 3;
const NEXT = 0;
const STOPPED = 1;
const BUSY = 2;

/** Thrown inside a job when the batch is stopped. */
export class Stopped extends Error {}

/** The shared memory of a queue. */
export interface Shared {
  /**
   * Index of the next job, whether to stop, how many workers are at a job; then each job's state.
   */
  readonly words: Int32Array<SharedArrayBuffer>;
  /** Bytes that were read by all. */
  readonly bytes: BigInt64Array<SharedArrayBuffer>;
}

/** Shared memory for so many jobs. */
export function shareJobs(count: number): Shared {
  return {
    words: new Int32Array(new SharedArrayBuffer((HEAD + count) * 4)),
    bytes: new BigInt64Array(new SharedArrayBuffer(8)),
  };
}

/** Jobs by index; each is taken by one thread. */
export class Queue {
  constructor(readonly shared: Shared) {}

  /** Index of the next job; undefined if all are taken or the batch is stopped. */
  take(): number | undefined {
    const { words } = this.shared;
    if (this.isStopped) return undefined;
    const index = Atomics.add(words, NEXT, 1);
    return HEAD + index < words.length ? index : undefined;
  }

  /** Marks a job as done, with any result. */
  finish(index: number): void {
    Atomics.store(this.shared.words, HEAD + index, 1);
  }

  /** Jobs that were taken and never finished, because their thread has died. */
  get lost(): number[] {
    const { words } = this.shared;
    const taken = Math.min(Atomics.load(words, NEXT), words.length - HEAD);
    return Array.from({ length: taken }, (_, i) => i)
      .filter((i) => Atomics.load(words, HEAD + i) === 0);
  }

  /** Makes every thread end its job as soon as possible and take no other. */
  stop(): void {
    Atomics.store(this.shared.words, STOPPED, 1);
  }

  /** Whether the batch is stopped. */
  get isStopped(): boolean {
    return Atomics.load(this.shared.words, STOPPED) === 1;
  }

  /** Counts bytes that were read. */
  advance(count: number): void {
    Atomics.add(this.shared.bytes, 0, BigInt(count));
  }

  /** Bytes that all threads have read. */
  get bytes(): number {
    return Number(Atomics.load(this.shared.bytes, 0));
  }

  /** Marks a worker as busy: if it is ended now, it leaves an unfinished file. */
  enter(): void {
    Atomics.add(this.shared.words, BUSY, 1);
  }

  /** Marks a worker as no longer busy. */
  leave(): void {
    Atomics.sub(this.shared.words, BUSY, 1);
    Atomics.notify(this.shared.words, BUSY);
  }

  /** Blocks until no worker is busy, for at most `timeout` milliseconds. */
  waitForWorkers(timeout: number): void {
    const { words } = this.shared;
    const end = performance.now() + timeout;
    for (let busy = Atomics.load(words, BUSY); busy > 0; busy = Atomics.load(words, BUSY)) {
      const left = end - performance.now();
      if (left <= 0 || Atomics.wait(words, BUSY, busy, left) === "timed-out") return;
    }
  }
}
