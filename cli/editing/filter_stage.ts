/** Filters: programs that the user's shell runs with an image's JSON. @module */

import { splitGlob } from "../../images/bytes/glob.ts";
import { filterImage, type FilterRunner, type FilterSetting } from "../../images/edit/filter.ts";
import type { Stage } from "../../images/edit/session.ts";
import { checkEditedSize } from "../../images/edit/size.ts";
import { CritError, dataError } from "../../images/errors.ts";
import { onSignal, yieldToEventLoop } from "../terminal/interrupt.ts";
import { writeBytes } from "../terminal/terminal.ts";

/** Limits of filters. */
export interface FilterLimits {
  /** Milliseconds after which a filter is killed; no limit unless given. */
  readonly timeout?: number;
  /** Ends filters, with the signal's reason as the error. */
  readonly signal?: AbortSignal;
}

/**
 * Makes the stage for `--filter`.
 *
 * @throws {CritError} `usage` without a command
 */
export function filterStage(
  text: string,
  { pretty, bigNumbers }: Omit<FilterSetting, "runner">,
  limits: FilterLimits,
): Stage {
  const { files, rest: command } = splitGlob(text);
  if (command.trim() === "") throw new CritError("usage", `--filter ${text}: there is no command`);
  const setting = { runner: new ShellRunner(limits), pretty, bigNumbers };
  return {
    text,
    files,
    edit(name, image) {
      checkEditedSize(name, image.length);
      return filterImage(setting, command, name, image);
    },
  };
}

/** Bytes of a filter's standard error that are kept. */
const MOST_SAID = 8192;

/** Runs filters with `sh -c`, each in its own process group. */
class ShellRunner implements FilterRunner {
  constructor(readonly limits: FilterLimits) {}

  async run(
    command: string,
    json: Iterable<Uint8Array>,
    onOutput: (bytes: Uint8Array) => void,
  ): Promise<void> {
    this.limits.signal?.throwIfAborted();
    using child = new Child(command, this.limits);
    const said = child.said();
    // All three at once: a filter may write before it has read everything, or never read at all.
    const [, , errors] = await child.orEnd(Promise.all([
      child.write(json),
      child.read(onOutput),
      said,
    ]));
    const { success, code, signal } = await child.status;
    child.throwIfStopped();
    if (!success) {
      const how = signal === null ? `ended with code ${code}` : `was ended by ${signal}`;
      const words = errors.trim();
      throw dataError(`the filter ${JSON.stringify(command)} ${how}${words && `: ${words}`}`);
    }
    if (errors !== "") writeBytes(new TextEncoder().encode(errors), "stderr");
  }
}

/** A running filter; any remaining process is killed at the end. */
class Child implements Disposable {
  readonly #process: Deno.ChildProcess;
  readonly #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #onAbort = () => this.#stop(this.limits.signal!.reason);
  #stopped: { reason: unknown } | undefined;
  #ended = false;
  #forget = () => {};

  constructor(readonly command: string, readonly limits: FilterLimits) {
    const { timeout, signal } = limits;
    if (signal === undefined) {
      // Before the filter starts: a signal without a listener would leave it running.
      this.#forget = onSignal(() => this.#kill());
      yieldToEventLoop();
    }
    this.#process = new Deno.Command("sh", {
      args: ["-c", command],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
      detached: true,
    }).spawn();
    if (timeout !== undefined && timeout !== Infinity) {
      const reason = `the filter ${JSON.stringify(command)} had not finished after ${
        timeout / 1000
      } s`;
      this.#timer = setTimeout(() => this.#stop(dataError(reason)), timeout);
    }
    signal?.addEventListener("abort", this.#onAbort);
  }

  get status(): Promise<Deno.CommandStatus> {
    return this.#process.status.then((status) => {
      this.#ended = true;
      return status;
    });
  }

  /** Writes its input, until it stops reading. */
  async write(json: Iterable<Uint8Array>): Promise<void> {
    const writer = this.#process.stdin.getWriter();
    for (const piece of json) {
      if (!await succeeds(writer.write(piece))) return;
    }
    await succeeds(writer.close());
  }

  /** Reads its output. */
  async read(onOutput: (bytes: Uint8Array) => void): Promise<void> {
    for await (const bytes of this.#process.stdout) onOutput(bytes);
  }

  /** Reads its standard error; excess output is dropped. */
  async said(): Promise<string> {
    let text = "";
    const decoder = new TextDecoder();
    for await (const bytes of this.#process.stderr) {
      if (text.length < MOST_SAID) text += decoder.decode(bytes, { stream: true });
    }
    return text.slice(0, MOST_SAID);
  }

  /** Returns the result of `work`; kills the filter if it fails. */
  async orEnd<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      this.#kill();
      this.throwIfStopped();
      throw error;
    }
  }

  /** Throws the reason for which the filter was killed, if it was. */
  throwIfStopped(): void {
    if (this.#stopped !== undefined) throw this.#stopped.reason;
  }

  #stop(reason: unknown): void {
    this.#stopped ??= { reason };
    this.#kill();
  }

  /** Kills the whole group, because processes of the shell may keep the pipes open. */
  #kill(): void {
    try {
      Deno.kill(-this.#process.pid, "SIGKILL");
    } catch {
      // No process of the group is left.
    }
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#forget();
    this.limits.signal?.removeEventListener("abort", this.#onAbort);
    if (!this.#ended) this.#kill();
  }
}

/**
 * Whether a write succeeded; the exit code of a filter that stops reading shows whether it failed.
 */
function succeeds(write: Promise<void>): Promise<boolean> {
  return write.then(() => true, () => false);
}
