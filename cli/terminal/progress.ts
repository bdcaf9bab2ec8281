/** A progress bar for long work. @module */

import { binarySize } from "../../images/bytes/sizes.ts";
import { onSignal } from "./interrupt.ts";
import { isTerminal, terminalWidth, writeBytes } from "./terminal.ts";

/** Milliseconds before a bar appears. */
const DELAY = 1000;
/** Milliseconds between two updates of the bar. */
const INTERVAL = 100;
/** Columns of the bar itself. */
const BAR_WIDTH = 24;

/** Output and clock of a bar. */
export interface ProgressPart {
  /** Whether the bar is drawn. */
  readonly visible: boolean;
  /** Width of the terminal, which may change. */
  readonly columns: () => number;
  /** Writes to the terminal. */
  readonly write: (text: string) => void;
  /** Milliseconds since a fixed moment. */
  readonly now: () => number;
}

/** Standard error, visible if it is a terminal. */
export function terminalStage(): ProgressPart {
  const encoder = new TextEncoder();
  return {
    visible: isTerminal("stderr"),
    columns: terminalWidth,
    write: (text) => writeBytes(encoder.encode(text), "stderr"),
    now: () => performance.now(),
  };
}

/**
 * Shows the progress of work on one line of standard error, only on a terminal and only once the
 * work has lasted a second. The line disappears when the work ends.
 *
 * ```ts
 * using progress = new Progress("decode", fileSize);
 * for (const chunk of chunks) progress.advance(chunk.length);
 * ```
 */
export class Progress implements Disposable {
  readonly #start: number;
  #drawn = -Infinity;
  #isShown = false;
  #done = 0;
  #forget: (() => void) | undefined;

  /**
   * Starts the clock.
   *
   * @param label the work in a word or two
   * @param total bytes of the whole work; undefined if unknown
   * @param amount formats a number of bytes, or of another unit
   */
  constructor(
    readonly label: string,
    readonly total?: number,
    readonly stage: ProgressPart = terminalStage(),
    readonly amount: (done: number) => string = binarySize,
  ) {
    this.#start = stage.visible ? stage.now() : 0;
  }

  /** Counts further bytes as done. */
  advance(bytes: number): void {
    this.#done += bytes;
    if (!this.stage.visible) return;
    const now = this.stage.now();
    if (now - this.#start < DELAY || now - this.#drawn < INTERVAL) return;
    this.#drawn = now;
    this.#isShown = true;
    // An interrupt leaves a clean line to the shell.
    this.#forget ??= onSignal(() => this.clear());
    this.stage.write(`\r${this.#line(now - this.#start)}\x1b[K`);
  }

  /** Clears the line, so that a warning can be printed; the bar reappears. */
  clear(): void {
    if (this.#isShown) this.stage.write("\r\x1b[K");
    this.#isShown = false;
  }

  /** Ends the bar. */
  [Symbol.dispose](): void {
    this.clear();
    this.#forget?.();
  }

  #line(elapsed: number): string {
    const perSecond = this.#done / (elapsed / 1000);
    const rate = `${this.amount(Math.round(perSecond))}/s`;
    const done = this.amount(this.#done);
    if (this.total === undefined) return this.#fit([`${this.label}  ${done}`, rate]);
    const share = this.total > 0 ? Math.min(1, this.#done / this.total) : 1;
    const left = Math.max(0, this.total - this.#done) / perSecond;
    const filled = Math.round(share * BAR_WIDTH);
    const bar = `[${"=".repeat(filled)}${" ".repeat(BAR_WIDTH - filled)}]`;
    const percent = `${Math.floor(share * 100)}%`.padStart(4);
    return this.#fit([
      `${this.label} ${percent}`,
      bar,
      `${done} of ${this.amount(this.total)}`,
      rate,
      `${duration(left)} left`,
    ]);
  }

  /** The parts from the left that fit on one line. */
  #fit(parts: readonly string[]): string {
    let line = "";
    for (const part of parts) {
      const longer = line === "" ? part : `${line}  ${part}`;
      if (longer.length >= this.stage.columns()) break;
      line = longer;
    }
    return line;
  }
}

/** `1:02:03` or `2:03` for a number of seconds. */
function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "?:??";
  const whole = Math.ceil(seconds);
  const two = (number: number) => String(number).padStart(2, "0");
  const minutes = `${Math.floor(whole / 60) % 60}`;
  const hours = Math.floor(whole / 3600);
  const tail = two(whole % 60);
  return hours > 0 ? `${hours}:${minutes.padStart(2, "0")}:${tail}` : `${minutes}:${tail}`;
}
