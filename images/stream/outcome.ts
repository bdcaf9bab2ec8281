/**
 * Tells CRIU's `post-dump` hook whether the dump is complete. The hook connects to the socket of
 * the capture, beside CRIU, and sends a request; the answer arrives once the dump is committed or
 * has failed.
 *
 * @module
 */

import { encodeText } from "../bytes/utf8.ts";
import { CritError, dataError } from "../errors.ts";
import type { PollLoop, Waiter } from "./loop.ts";
import { CAPTURE_SOCKET, encodeRecord, RecordReader } from "./protocol.ts";
import { connectIn } from "./socket.ts";
import { check, Errno, Poll, type SystemCalls } from "./system.ts";

/** The request; no image has such a name. */
const QUESTION = "/is the dump whole?";

/** Milliseconds within which a new connection must send the request. */
const TIMEOUT = 10_000;

/** The connections that wait for the answer. */
export class Askers {
  readonly #connections: number[] = [];

  constructor(readonly system: SystemCalls) {}

  /** Whether a connection waits. */
  get waiting(): boolean {
    return this.#connections.length > 0;
  }

  /** Accepts a connection that will send the request; it is closed after the answer. */
  accept(loop: PollLoop, descriptor: number): void {
    loop.add(new Asker(this.system, descriptor, loop, () => this.#connections.push(descriptor)));
  }

  /** Answers all connections: undefined if the dump is complete, otherwise the error. */
  tell(error: unknown): void {
    const reason = error instanceof Error ? error.message : error && String(error);
    const answer = encodeRecord(encodeText(JSON.stringify({ whole: !reason, reason })));
    for (const connection of this.#connections.splice(0)) {
      this.system.write(connection, answer);
      this.system.close(connection);
    }
  }
}

/** A connection that will send the request. */
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
      // The connection did not send the request.
      return new Uint8Array();
    }
  }

  /** A connection that sends no request is dropped. */
  stalled(): undefined {
    return undefined;
  }

  close(): void {
    this.system.close(this.descriptor);
  }
}

/**
 * Asks the capture whose socket is in a directory whether the dump is complete, and waits for the
 * answer.
 *
 * @throws {CritError} `data` if it is not; `file` if no capture listens there
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
