/** Scenarios of a peer, played in another process than the test's. @module */

import type {
  DumpScenario,
  Misbehaviour,
  RestoreOutcome,
  RestoreScenario,
  Series,
  StepOutcome,
} from "./images/stream/peer.ts";
import { ROOT } from "./programs.ts";

/** A process that plays scenarios, one at a time. */
class Peer {
  readonly #child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", `${ROOT}tests/images/stream/peer.ts`],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  readonly #input = this.#child.stdin.getWriter();
  readonly #output = this.#child.stdout.getReader();
  /** Whether it plays. */
  isBusy = false;

  async play(name: string, scenario: unknown): Promise<unknown> {
    this.isBusy = true;
    await this.#input.write(new TextEncoder().encode(`${JSON.stringify({ name, scenario })}\n`));
    let line = "";
    const decoder = new TextDecoder();
    while (!line.endsWith("\n")) {
      const { value, done } = await this.#output.read();
      if (done) throw new Error("the peer failed");
      line += decoder.decode(value, { stream: true });
    }
    this.isBusy = false;
    return JSON.parse(line);
  }

  async end(): Promise<void> {
    await this.#input.close();
    await this.#output.cancel();
    await this.#child.status;
  }
}

/** Started before the first test: one that starts in a test would have to end in it. It ends with them. */
const peer = new Peer();

/** Plays a scenario and gives what the peer saw. */
export function play(name: "restore", scenario: RestoreScenario): Promise<RestoreOutcome>;
export function play(name: "dump", scenario: DumpScenario): Promise<number>;
export function play(name: "series", scenario: Series): Promise<unknown[]>;
export function play(name: "misbehave", scenario: Misbehaviour): Promise<StepOutcome>;
export async function play(name: string, scenario: unknown): Promise<unknown> {
  if (!peer.isBusy) return await peer.play(name, scenario);
  const another = new Peer();
  try {
    return await another.play(name, scenario);
  } finally {
    await another.end();
  }
}
