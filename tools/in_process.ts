/** Runs command lines of a checkout of crit in one process, in a few milliseconds each. @module */

import { joined } from "./captured.ts";

const WORKER = new URL("in_process_worker.ts", import.meta.url).pathname;

/** A command line to run. */
export interface Question {
  args: readonly string[];
  /** The current directory. */
  directory: string;
  /** A file for standard input, which is empty by default. */
  input?: string;
}

/** The header of an answer. */
export interface Answer {
  /** The exit code; -1 if `run` threw. */
  code: number;
  /** Peak memory of the process meanwhile, in KiB. */
  peak: number;
  /** Number of bytes of standard output and error, which follow. */
  stdout: number;
  stderr: number;
}

/** Result of a command line. */
export interface Ended {
  code: number;
  peak: number;
  stdout: Uint8Array;
  stderr: Uint8Array;
  /** The reason why there is no answer: a timeout, or the end of the process. */
  lost?: "hang" | "crash";
}

/** Limits of the process. */
export interface Limits {
  /** Timeout of one command line in seconds; none by default. */
  seconds?: number;
  /** Options of V8, such as `--max-old-space-size=512`. */
  v8Flags?: string;
}

/** A process that runs command lines. */
export class CritProcess implements AsyncDisposable {
  readonly #checkout: string;
  readonly #limits: Limits;
  #child: Deno.ChildProcess | undefined;
  #reader: FrameReader | undefined;
  #writer: WritableStreamDefaultWriter<Uint8Array> | undefined;

  /** @param checkout absolute path of a checkout of crit */
  constructor(checkout: string, limits: Limits = {}) {
    this.#checkout = checkout;
    this.#limits = limits;
  }

  /** Runs a command line; one at a time. */
  async run(question: Question): Promise<Ended> {
    this.#start();
    const { seconds } = this.#limits;
    let isLate = false;
    const timer = seconds === undefined ? undefined : setTimeout(() => {
      isLate = true;
      this.#child?.kill("SIGKILL");
    }, seconds * 1000);
    try {
      await this.#writer!.write(new TextEncoder().encode(`${JSON.stringify(question)}\n`));
      const head: Answer = JSON.parse(new TextDecoder().decode(await this.#reader!.line()));
      const stdout = await this.#reader!.bytes(head.stdout);
      const stderr = await this.#reader!.bytes(head.stderr);
      return { code: head.code, peak: head.peak, stdout, stderr };
    } catch {
      const { code } = await this.#child!.status;
      this.#child = undefined;
      const none = new Uint8Array();
      return { code, peak: 0, stdout: none, stderr: none, lost: isLate ? "hang" : "crash" };
    } finally {
      clearTimeout(timer);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child === undefined) return;
    await this.#writer!.close();
    await this.#child.status;
    await this.#reader!.cancel();
  }

  #start(): void {
    if (this.#child !== undefined) return;
    const { v8Flags } = this.#limits;
    const flags = v8Flags === undefined ? [] : [`--v8-flags=${v8Flags}`];
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--quiet", ...flags, WORKER, this.#checkout],
      env: { NO_COLOR: "1" },
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#reader = new FrameReader(this.#child.stdout);
    this.#writer = this.#child.stdin.getWriter();
  }
}

/** Reads lines and counted bytes from a stream. */
class FrameReader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #rest = new Uint8Array();

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#reader = stream.getReader();
  }

  async line(): Promise<Uint8Array> {
    const pieces: Uint8Array[] = [];
    for (;;) {
      const end = this.#rest.indexOf(0x0a);
      pieces.push(this.#take(end < 0 ? this.#rest.length : end));
      if (end >= 0) break;
      await this.#fill();
    }
    this.#take(1);
    return joined(pieces);
  }

  async bytes(count: number): Promise<Uint8Array> {
    const pieces: Uint8Array[] = [];
    for (let left = count; left > 0;) {
      if (this.#rest.length === 0) await this.#fill();
      const piece = this.#take(Math.min(left, this.#rest.length));
      pieces.push(piece);
      left -= piece.length;
    }
    return joined(pieces);
  }

  cancel(): Promise<void> {
    return this.#reader.cancel();
  }

  async #fill(): Promise<void> {
    const { value } = await this.#reader.read();
    if (value === undefined) throw new Error("the process has ended");
    this.#rest = new Uint8Array(value);
  }

  #take(count: number): Uint8Array {
    const taken = this.#rest.subarray(0, count);
    this.#rest = this.#rest.subarray(count);
    return taken;
  }
}
