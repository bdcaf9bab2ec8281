/**
 * Work that several threads take from one list, in shared memory.
 *
 * @module
 */

/** Words of the shared memory before those of the jobs. */
const HEAD = 3;
const NEXT = 0;
const STOPPED = 1;
const BUSY = 2;

/** Thrown inside a job when all work is to end. */
export class Stopped extends Error {}

/** What the threads of a queue share. */
export interface Shared {
  /** Index of the next job, whether to stop, how many workers are at a job; then each job's state. */
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

/** Jobs by index; each is taken once, whoever asks. */
export class Queue {
  constructor(readonly shared: Shared) {}

  /** Index of a job to do; undefined when all are taken or work is to end. */
  take(): number | undefined {
    const { words } = this.shared;
    if (this.isStopped) return undefined;
    const index = Atomics.add(words, NEXT, 1);
    return HEAD + index < words.length ? index : undefined;
  }

  /** Takes note that a job is done, whatever came of it. */
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

  /** Has every thread end its job as soon as it can, and take none. */
  stop(): void {
    Atomics.store(this.shared.words, STOPPED, 1);
  }

  /** Whether work is to end. */
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

  /** A worker is about to leave something unfinished behind if it is ended now. */
  enter(): void {
    Atomics.add(this.shared.words, BUSY, 1);
  }

  /** It is not any more. */
  leave(): void {
    Atomics.sub(this.shared.words, BUSY, 1);
    Atomics.notify(this.shared.words, BUSY);
  }

  /** Waits, and blocks, until no worker is busy, but no longer than so many milliseconds. */
  waitForWorkers(timeout: number): void {
    const { words } = this.shared;
    const end = performance.now() + timeout;
    for (let busy = Atomics.load(words, BUSY); busy > 0; busy = Atomics.load(words, BUSY)) {
      const left = end - performance.now();
      if (left <= 0 || Atomics.wait(words, BUSY, busy, left) === "timed-out") return;
    }
  }
}
