/** Common part of `crit serve` and `crit capture`: signals, the log, and messages. @module */

import { CritError, OutputError } from "../../images/errors.ts";
import type { StreamOptions } from "../../images/stream/connection.ts";
import { check, Errno, type SystemCalls } from "../../images/stream/system.ts";
import type { OptionValues } from "../line/command.ts";
import { environment } from "../terminal/environment.ts";
import { jsonOf } from "../terminal/json_text.ts";
import { warn, writeText } from "../terminal/terminal.ts";
import type { streamOptions } from "./stream_options.ts";

/** Values of the options of both commands. */
export type StreamArguments = OptionValues<typeof streamOptions>;

/** One direction of streaming. */
export interface Direction<Summary> {
  /** Streams, and returns a summary. */
  work(options: StreamOptions): Promise<Summary>;
  /** Describes a summary as a phrase. */
  describe(summary: Summary): string;
}

/**
 * Streams in one direction, until CRIU is done or a signal ends it.
 *
 * @param directory directory of the socket unless `--socket-dir` is given
 * @returns the exit code: 0, or 128 and the number of the signal
 */
export async function stream<Summary>(
  system: SystemCalls,
  directory: string,
  args: StreamArguments,
  direction: Direction<Summary>,
): Promise<number> {
  const log = args.log === undefined ? undefined : openLog(system, args.log);
  using signals = new Signals();
  try {
    const summary = await direction.work({
      socketDirectory: args.socketDir ?? directory,
      timeout: milliseconds(args.timeout),
      connectPatience: milliseconds(args.connectTimeout ?? 0),
      criu: args.criuPid,
      signal: signals.signal,
      onListening: (path) => {
        say(args.json ? jsonOf({ listening: path }) : path);
        if (log !== undefined) leaveTerminal(system, log);
      },
    });
    if (args.json) say(jsonOf(summary));
    else warn(`crit: ${direction.describe(summary)}`);
    return 0;
  } catch (error) {
    if (error instanceof Interrupt) return 128 + error.number;
    throw error;
  }
}

/**
 * Returns the given path.
 *
 * @throws {CritError} `usage` if there is none
 */
export function neededPath(path: string | undefined, value: string, command: string): string {
  if (path !== undefined) return path;
  const reason = `${command}: ${value} is missing`;
  throw new CritError("usage", reason, {}, `see crit help ${command}`);
}

/** Seconds of an option as milliseconds; 0 is no limit. */
function milliseconds(seconds: number): number {
  return seconds === 0 ? Infinity : seconds * 1000;
}

/** Writes a line to standard output, and ignores a closed pipe. */
function say(line: string): void {
  try {
    writeText(`${line}\n`);
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

/** Opens the log. As a hook, crit writes to a directory that it cannot trust. */
function openLog(system: SystemCalls, path: string): number {
  const isHook = environment("CRTOOLS_SCRIPT_ACTION") !== undefined;
  const log = system.open(path, isHook ? "append-unlinked" : "append");
  if (log !== -Errno.loop) return check(system, log, path);
  throw new OutputError("file", "the log is a symbolic link, which is not followed", {
    image: path,
  });
}

/** Redirects standard output and error to the log, and begins a session without a terminal. */
function leaveTerminal(system: SystemCalls, log: number): void {
  system.newSession();
  for (const descriptor of [1, 2]) check(system, system.duplicate(log, descriptor), "the log");
  system.close(log);
}

/** Thrown when a signal interrupts streaming. */
export class Interrupt extends Error {
  constructor(readonly number: number) {
    super(`signal ${number}`);
  }
}

/** Signals that end a stream, with their numbers. */
const NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

/** Listens to signals until it is disposed of. */
class Signals implements Disposable {
  readonly #abort = new AbortController();
  readonly #listeners = Object.entries(NUMBERS).map(([name, number]) => {
    const listener = () => {
      // The first signal keeps everything that the dump has sent; the second one ends at once.
      if (this.#abort.signal.aborted) Deno.exit(128 + number);
      this.#abort.abort(new Interrupt(number));
    };
    Deno.addSignalListener(name as keyof typeof NUMBERS, listener);
    return { name: name as keyof typeof NUMBERS, listener };
  });

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  [Symbol.dispose](): void {
    for (const { name, listener } of this.#listeners) Deno.removeSignalListener(name, listener);
  }
}
