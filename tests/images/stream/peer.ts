/**
 * A test peer: plays CRIU's part in both directions, as a process of its own.
 *
 * `deno run -A peer.ts` reads scenarios, an object of JSON on each line, and prints a line of JSON
 * with what it saw of each. All its calls block, as CRIU's do.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { decodeMessage, encodeMessage } from "../../../images/codec/objects.ts";
import { loadSystemCalls } from "../../../images/stream/ffi.ts";
import { encodeRecord, RecordReader } from "../../../images/stream/protocol.ts";
import { check, Errno, type SystemCalls } from "../../../images/stream/system.ts";

/** The system calls that the peer makes. */
export const system: SystemCalls = loadSystemCalls();

/** How a restore asks for images. */
export interface RestoreScenario {
  socket: string;
  names: string[];
  /** Whether to open all pipes before reading from the last back to the first. */
  allOpen?: boolean;
  /** Read so many bytes of each image, then close. */
  stopAfter?: number;
  /** Milliseconds to pause before each read. */
  pause?: number;
  /** Do not hash: only count. */
  countOnly?: boolean;
}

/** What a restore saw, by image name. */
export type RestoreOutcome = Record<string, { exists: boolean; size?: number; sha256?: string }>;

/** How a dump writes images. */
export interface DumpScenario {
  socket: string;
  directory: string;
  /** In this order. */
  names: string[];
  /** Whether to open all pipes and write to them in turns; otherwise one after the other. */
  allOpen?: boolean;
  /** Milliseconds to pause after each piece. */
  pause?: number;
  /** Bytes written at a time. */
  piece?: number;
}

/** Scenarios one after the other, each with its name. */
export type Series = Array<[name: string, scenario: unknown]>;

/** One step of a peer that does not behave. */
export type Step =
  /** Sends bytes. */
  | { send: number[] }
  /** Sends a request. */
  | { request: string }
  /** Reads an answer. */
  | { reply: true }
  /** Sends a byte with a descriptor; of a pipe, the other end is kept. */
  | { descriptor: "pipe-read" | "pipe-write" | "file" }
  /** Reads, writes or closes the end of the pipe that was kept last and is still open. */
  | { readPipe: true }
  | { writePipe: number[] }
  | { closePipe: true }
  /** Writes to that pipe until it is broken. */
  | { awaitBroken: true }
  | { sleep: number }
  /** Waits for the other side to close the connection. */
  | { awaitClose: true };

/** A peer that does not behave; its connection stays open to the end of its series if `stays`. */
export interface Misbehaviour {
  socket: string;
  steps: Step[];
  stays?: boolean;
}

/** What became of the steps: for those with an outcome, that. */
export type StepOutcome = Array<string | number | boolean>;

/** Milliseconds to wait for the server. */
const CONNECT_LIMIT = 20_000;

function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

/** Connects, as soon as somebody listens. */
export function connect(path: string): number {
  const until = performance.now() + CONNECT_LIMIT;
  for (;;) {
    const socket = check(system, system.socket({ blocking: true }), "socket");
    const result = system.connect(socket, path);
    if (result >= 0) return socket;
    system.close(socket);
    const early = result === -Errno.noEntry || result === -Errno.connectionRefused;
    if (!early || performance.now() > until) check(system, result, path);
    pause(10);
  }
}

function sendAll(descriptor: number, bytes: Uint8Array): void {
  for (let rest = bytes; rest.length > 0;) {
    rest = rest.subarray(check(system, system.write(descriptor, rest), "write"));
  }
}

/** Asks for an image. */
export function request(socket: number, filename: string): void {
  sendAll(socket, encodeRecord(encodeMessage("img_streamer_request_entry", { filename })));
}

/** Reads whether the image exists. */
export function reply(socket: number): boolean {
  const reader = new RecordReader();
  for (;;) {
    const count = check(system, system.read(socket, reader.wanted), "reply");
    if (count === 0) throw new Error("the connection was closed instead of a reply");
    const message = reader.took(count);
    if (message !== undefined) {
      return decodeMessage("img_streamer_reply_entry", message).exists as boolean;
    }
  }
}

/** Hands one end of a new pipe over and gives the other. */
export function handOver(socket: number, end: "read" | "write"): number {
  const ends = system.pipe();
  if (typeof ends === "number") throw new Error("pipe");
  check(system, system.send(socket, new Uint8Array(1), ends[end]), "send");
  system.close(ends[end]);
  return ends[end === "read" ? "write" : "read"];
}

function restore(scenario: RestoreScenario): RestoreOutcome {
  const socket = connect(scenario.socket);
  const outcome: RestoreOutcome = {};
  const opened: Array<[string, number]> = [];
  const buffer = new Uint8Array(1 << 20);
  const readOne = (name: string, pipe: number) => {
    const hash = createHash("sha256");
    let size = 0;
    for (;;) {
      if (scenario.pause) pause(scenario.pause);
      const most = Math.min(buffer.length, (scenario.stopAfter ?? Infinity) - size);
      if (most === 0) break;
      const count = check(system, system.read(pipe, buffer.subarray(0, most)), name);
      if (count === 0) break;
      if (!scenario.countOnly) hash.update(buffer.subarray(0, count));
      size += count;
    }
    system.close(pipe);
    outcome[name] = { exists: true, size, sha256: hash.digest("hex") };
  };
  for (const name of scenario.names) {
    request(socket, name);
    if (!reply(socket)) {
      outcome[name] = { exists: false };
      continue;
    }
    const pipe = handOver(socket, "write");
    if (scenario.allOpen) opened.push([name, pipe]);
    else readOne(name, pipe);
  }
  for (const [name, pipe] of opened.reverse()) readOne(name, pipe);
  system.close(socket);
  return outcome;
}

function dump(scenario: DumpScenario): number {
  const socket = connect(scenario.socket);
  const buffer = new Uint8Array(scenario.piece ?? 1 << 20);
  const open = (name: string) => {
    request(socket, name);
    const file = Deno.openSync(`${scenario.directory}/${name}`);
    return { file, pipe: handOver(socket, "read") };
  };
  /** Writes one piece; false at the end. */
  const step = ({ file, pipe }: { file: Deno.FsFile; pipe: number }) => {
    const count = file.readSync(buffer);
    if (count === null) {
      file.close();
      system.close(pipe);
      return false;
    }
    sendAll(pipe, buffer.subarray(0, count));
    if (scenario.pause) pause(scenario.pause);
    return true;
  };
  if (scenario.allOpen) {
    let pipes = scenario.names.map(open);
    while (pipes.length > 0) pipes = pipes.filter(step);
  } else {
    for (const name of scenario.names) {
      const one = open(name);
      while (step(one));
    }
  }
  system.close(socket);
  return scenario.names.length;
}

/** Descriptors that stay open to the end of a series. */
const staying: number[] = [];

function misbehave({ socket: path, steps, stays }: Misbehaviour): StepOutcome {
  const socket = connect(path);
  const outcome: StepOutcome = [];
  const buffer = new Uint8Array(1 << 16);
  const kept: number[] = [];
  for (const step of steps) {
    if ("send" in step) sendAll(socket, Uint8Array.from(step.send));
    else if ("request" in step) request(socket, step.request);
    else if ("reply" in step) outcome.push(reply(socket));
    else if ("sleep" in step) pause(step.sleep);
    else if ("descriptor" in step) {
      if (step.descriptor === "file") {
        const file = check(system, system.open("/", "directory"), "/");
        check(system, system.send(socket, new Uint8Array(1), file), "send");
      } else kept.push(handOver(socket, step.descriptor === "pipe-read" ? "read" : "write"));
    } else if ("readPipe" in step) outcome.push(Math.max(-1, system.read(kept.at(-1)!, buffer)));
    else if ("closePipe" in step) system.close(kept.pop()!);
    else if ("awaitBroken" in step) {
      while (system.write(kept.at(-1)!, Uint8Array.of(1)) > 0) pause(10);
      outcome.push("broken");
    } else if ("writePipe" in step) {
      outcome.push(system.write(kept.at(-1)!, Uint8Array.from(step.writePipe)));
    } else {
      const count = system.read(socket, buffer);
      outcome.push(count === 0 || count === -Errno.connectionReset ? "closed" : "open");
    }
  }
  if (stays) staying.push(socket, ...kept);
  else for (const descriptor of [socket, ...kept]) system.close(descriptor);
  return outcome;
}

function series(scenarios: Series): unknown[] {
  return scenarios.map(([name, scenario]) => play[name]!(scenario as never));
}

const play: Record<string, (scenario: never) => unknown> = { restore, dump, misbehave, series };

/** Lines of standard input; each is waited for. */
function* lines(): Generator<string> {
  const buffer = new Uint8Array(1 << 16);
  const decoder = new TextDecoder();
  let text = "";
  for (let count = Deno.stdin.readSync(buffer); count !== null;) {
    text += decoder.decode(buffer.subarray(0, count), { stream: true });
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n")) {
      yield text.slice(0, end);
      text = text.slice(end + 1);
    }
    count = Deno.stdin.readSync(buffer);
  }
}

if (import.meta.main) {
  for (const line of lines()) {
    const { name, scenario } = JSON.parse(line) as { name: string; scenario: never };
    console.log(JSON.stringify(play[name]!(scenario)));
    for (const descriptor of staying.splice(0)) system.close(descriptor);
  }
}
