/**
 * How CRIU's `post-dump` hook learns whether the dump is whole. It connects to the socket on which
 * the dump is taken, beside CRIU, and sends a record; the answer comes once the dump is committed,
 * or is known never to be.
 *
 * @module
 */

import { encodeText } from "../bytes/utf8.ts";
import { CritError, dataError } from "../errors.ts";
import type { PollLoop, Waiter } from "./loop.ts";
import { CAPTURE_SOCKET, encodeRecord, RecordReader } from "./protocol.ts";
import { connectIn } from "./socket.ts";
import { check, Errno, Poll, type SystemCalls } from "./system.ts";

/** What is asked; no image has such a name. */
const QUESTION = "/is the dump whole?";

/** Milliseconds that whoever connects has to ask. */
const TIMEOUT = 10_000;

/** Those who have asked and wait for the answer. */
export class Askers {
  readonly #connections: number[] = [];

  constructor(readonly system: SystemCalls) {}

  /** Whether anybody waits. */
  get waiting(): boolean {
    return this.#connections.length > 0;
  }

  /** Takes a connection on which the question is to come; it is closed when it is answered. */
  accept(loop: PollLoop, descriptor: number): void {
    loop.add(new Asker(this.system, descriptor, loop, () => this.#connections.push(descriptor)));
  }

  /** Answers all of them: undefined when the dump is whole, else why it is not. */
  tell(error: unknown): void {
    const reason = error instanceof Error ? error.message : error && String(error);
    const answer = encodeRecord(encodeText(JSON.stringify({ whole: !reason, reason })));
    for (const connection of this.#connections.splice(0)) {
      this.system.write(connection, answer);
      this.system.close(connection);
    }
  }
}

/** A connection on which the question is to come. */
class Asker implements Waiter {
  readonly events = Poll.in;
  readonly isIdle = true;
  readonly timeout = TIMEOUT;
  readonly #reader = new RecordReader();

  constructor(
    readonly system: SystemCalls,
    readonly descriptor: number,
    readonly loop: PollLoop,
    readonly asked: () => void,
  ) {}

  goesOnAfter(): boolean {
    return false;
  }

  ready(): boolean {
    for (;;) {
      const count = this.system.read(this.descriptor, this.#reader.wanted);
      if (count === -Errno.again) return true;
      if (count === -Errno.interrupted) continue;
      if (count <= 0) return false;
      const message = this.#took(count);
      if (message === undefined) continue;
      if (new TextDecoder().decode(message) !== QUESTION) return false;
      this.loop.release(this);
      this.asked();
      return true;
    }
  }

  #took(count: number): Uint8Array | undefined {
    try {
      return this.#reader.took(count);
    } catch {
      // It is nobody who would ask.
      return new Uint8Array();
    }
  }

  /** Whoever does not ask is forgotten. */
  stalled(): undefined {
    return undefined;
  }

  close(): void {
    this.system.close(this.descriptor);
  }
}

/**
 * Asks the capture whose socket is in a directory whether the dump is whole, and waits for the
 * answer.
 *
 * @throws {CritError} `data` when it is not; `file` when nobody captures there
 */
export function confirmWhole(system: SystemCalls, directory: string): void {
  const socket = connectIn(system, directory, CAPTURE_SOCKET);
  if (socket === -Errno.noEntry || socket === -Errno.connectionRefused) {
    const reason = `${directory}: no capture is under way there: it has failed, or none was begun`;
    const hint = "see its log; criu dump needs --stream for crit capture --hook";
    throw new CritError("file", reason, {}, hint);
  }
  check(system, socket, `${directory}/${CAPTURE_SOCKET}`);
  try {
    check(system, system.write(socket, encodeRecord(encodeText(QUESTION))), CAPTURE_SOCKET);
    const { whole, reason } = readAnswer(system, socket);
    if (whole !== true) throw dataError(reason ?? "the capture ended before the dump was whole");
  } finally {
    system.close(socket);
  }
}

function readAnswer(system: SystemCalls, socket: number): { whole?: boolean; reason?: string } {
  const reader = new RecordReader();
  for (;;) {
    const count = system.read(socket, reader.wanted);
    if (count === -Errno.interrupted) continue;
    if (count <= 0) return {};
    const message = reader.took(count);
    if (message !== undefined) return JSON.parse(new TextDecoder().decode(message));
  }
}
