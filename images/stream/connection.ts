/** CRIU's connection: requests, answers, and the pipes that follow. @module */

import { CritError, dataError } from "../errors.ts";
import { PollLoop, type Waiter } from "./loop.ts";
import { Askers } from "./outcome.ts";
import { decodeRequest, encodeReply, RecordReader } from "./protocol.ts";
import { ListeningSocket } from "./socket.ts";
import type { Awaitable } from "./store.ts";
import { check, Errno, Poll, type Received, type SystemCalls } from "./system.ts";

/** Responds to CRIU's requests. */
export interface Role {
  /** The end of its pipes that CRIU sends: the read end or the write end. */
  readonly pipeEnd: "read" | "write";
  /** Whether CRIU waits for an answer to a request. */
  readonly answers: boolean;
  /** Prepares, after crit has bound the socket and before CRIU can know of it. */
  begin(): Awaitable<void>;
  /**
   * Finishes a captured dump, once all of it has arrived; a second call does nothing. An exception
   * means that the dump is incomplete.
   */
  settle?(): Promise<void>;
  /** Whether an image is being transferred. */
  readonly isBusy?: boolean;
  /** Accepts a request; undefined if the image does not exist and CRIU waits for an answer. */
  open(name: string): Awaitable<OpenImage | undefined>;
}

/** An image that CRIU asked for and whose pipe has not arrived. */
export interface OpenImage {
  /** Takes the non-blocking pipe; the waiter must close it. */
  attach(pipe: number): Waiter;
  /** Abandons the image, because its pipe did not arrive. */
  release(): void;
}

/** Options of streams in both directions. */
export interface StreamOptions {
  /** The directory in which the socket is created. */
  readonly socketDirectory: string;
  /**
   * Milliseconds without progress after which a peer that owes data counts as stopped: the rest of
   * a request, a pipe, or the data of a pipe. Five minutes unless given.
   */
  readonly timeout?: number;
  /** Milliseconds to wait for CRIU to connect; no limit unless given. */
  readonly connectPatience?: number;
  /** Process id of CRIU; no connection is awaited once this process has ended. */
  readonly criu?: number;
  /**
   * Ends the stream, with the signal's reason as the error. Everything that CRIU has sent of a dump
   * by then is kept.
   */
  readonly signal?: AbortSignal;
  /** Called with the path of the socket once CRIU can connect. */
  readonly onListening?: (path: string) => void;
}

/** Default of {@link StreamOptions.timeout}. CRIU may pause while it runs scripts. */
export const DEFAULT_TIMEOUT = 300_000;

/** Listens, accepts one connection, and serves it until CRIU and all of its pipes are done. */
export async function runStream(
  system: SystemCalls,
  socketName: string,
  role: Role,
  options: StreamOptions,
): Promise<void> {
  const socket = ListeningSocket.open(system, options.socketDirectory, socketName);
  try {
    await role.begin();
    options.onListening?.(socket.path);
  } catch (error) {
    socket.close();
    throw error;
  }
  const loop = new PollLoop(system, options.signal);
  const listener = new Listener(system, socket, loop, role, options);
  loop.add(listener);
  try {
    listener.watchCriu();
    await loop.run();
    await role.settle?.();
    listener.askers.tell(undefined);
  } catch (error) {
    listener.askers.tell(error);
    throw error;
  }
}

/** Most connections that may wait for their first byte at once. */
const MAX_SILENT = 16;

/**
 * Waits for CRIU to connect: the first connection that sends data is CRIU's. During a capture,
 * later connections may ask whether the dump is complete.
 */
class Listener implements Waiter {
  readonly askers: Askers;
  /** Connections that have sent nothing yet. */
  readonly #silent = new Set<Connection>();
  #isHeard = false;
  #watch: CriuWatch | undefined;

  constructor(
    readonly system: SystemCalls,
    readonly socket: ListeningSocket,
    readonly loop: PollLoop,
    readonly role: Role,
    readonly options: StreamOptions,
  ) {
    this.askers = new Askers(system);
  }

  /** Watches CRIU's process, if it is known. */
  watchCriu(): void {
    const { criu } = this.options;
    if (criu === undefined) return;
    const descriptor = this.system.watchProcess(criu);
    if (descriptor === -Errno.noProcess && !this.#hasUnread()) throw this.#neverCame(criu);
    // Old kernels cannot do this; only the timeouts apply.
    if (descriptor < 0) return;
    this.#watch = new CriuWatch(this.system, descriptor, () => {
      // Data that CRIU sent before it ended is processed first.
      if (!this.#isHeard && this.#hasUnread()) return true;
      if (!this.#isHeard) throw this.#neverCame(criu);
      this.loop.remove(this);
      return false;
    });
    this.loop.add(this.#watch);
  }

  /** Whether there is a new connection, or a silent one has sent data or closed. */
  #hasUnread(): boolean {
    const waiters = [this, ...this.#silent];
    const words = Int32Array.from(
      waiters.flatMap(({ descriptor, events }) => [descriptor, events]),
    );
    return this.system.poll({ count: waiters.length, words }, 0) > 0;
  }

  #neverCame(criu: number): CritError {
    const what = this.role.answers ? "asked for" : "sent";
    return dataError(`CRIU (process ${criu}) ended before it ${what} an image`);
  }

  get timeout(): number {
    return this.#isHeard ? Infinity : this.options.connectPatience ?? Infinity;
  }

  get isIdle(): boolean {
    return this.#isHeard;
  }

  goesOnAfter(): boolean {
    return false;
  }

  get descriptor(): number {
    return this.socket.descriptor;
  }

  get events(): number {
    return this.#silent.size < MAX_SILENT ? Poll.in : 0;
  }

  ready(): boolean {
    const descriptor = this.system.accept(this.descriptor);
    if (descriptor === -Errno.again || descriptor === -Errno.interrupted) return true;
    check(this.system, descriptor, this.socket.path);
    if (this.#isHeard) {
      this.askers.accept(this.loop, descriptor);
      return true;
    }
    const timeout = this.options.timeout ?? DEFAULT_TIMEOUT;
    const connection = new Connection(
      this.system,
      descriptor,
      timeout,
      this.loop,
      this.role,
      this,
    );
    this.#silent.add(connection);
    this.loop.add(connection);
    return true;
  }

  /** Marks a connection as CRIU's; no other can follow. */
  heard(connection: Connection): void {
    this.#silent.delete(connection);
    for (const other of this.#silent) this.loop.remove(other);
    this.#silent.clear();
    this.#isHeard = true;
    if (this.role.settle === undefined) this.#leave();
    else this.loop.onQuiet = () => this.#answer();
  }

  /** Answers those who ask: by then, CRIU has closed all images. */
  async #answer(): Promise<void> {
    if (!this.askers.waiting || this.role.isBusy) return;
    await this.role.settle!();
    this.askers.tell(undefined);
    this.loop.onQuiet = undefined;
    this.#leave();
  }

  #leave(): void {
    if (this.#watch !== undefined) this.loop.remove(this.#watch);
    this.loop.remove(this);
  }

  /** A connection closed without sending data: a check whether anyone listens. */
  leftSilently(connection: Connection): void {
    this.#silent.delete(connection);
  }

  stalled(): CritError {
    const seconds = this.timeout / 1000;
    return new CritError("file", `${this.socket.path}: CRIU did not connect within ${seconds} s`);
  }

  close(): void {
    this.socket.close();
  }
}

/** Waits for the end of CRIU's process; continues after it while `ended` returns true. */
class CriuWatch implements Waiter {
  readonly events = Poll.in;
  readonly timeout = Infinity;

  constructor(
    readonly system: SystemCalls,
    readonly descriptor: number,
    readonly ended: () => boolean,
  ) {}

  goesOnAfter(): boolean {
    return false;
  }

  ready(): boolean {
    return this.ended();
  }

  stalled(): undefined {
    return undefined;
  }

  close(): void {
    this.system.close(this.descriptor);
  }
}

/** Most requests that are processed before the pipes get their turn. */
const TURN = 64;

/** Reads requests and descriptors from CRIU's connection. */
class Connection implements Waiter {
  readonly events = Poll.in;
  readonly #reader = new RecordReader();
  #heard = false;
  /** The image whose pipe arrives next. */
  #pending: { readonly name: string; readonly image: OpenImage } | undefined;

  constructor(
    readonly system: SystemCalls,
    readonly descriptor: number,
    readonly pipePatience: number,
    readonly loop: PollLoop,
    readonly role: Role,
    readonly listener: Listener,
  ) {}

  get timeout(): number {
    const owes = this.#pending !== undefined || this.#reader.begun;
    return owes ? this.pipePatience : Infinity;
  }

  /**
   * CRIU may have sent the last of its dump by now, and does not learn of failures. Everything sent
   * so far is kept; requests from now on fail.
   */
  goesOnAfter(): boolean {
    if (!this.#heard || this.role.settle === undefined) return false;
    return this.system.shutDownReading(this.descriptor) >= 0;
  }

  async ready(): Promise<boolean> {
    for (let taken = 0; taken < TURN; taken++) {
      const count = this.#pending === undefined ? await this.#takeRecord() : this.#takePipe();
      if (count === -Errno.again) return true;
      if (count === -Errno.interrupted) continue;
      if (count === 0) return this.#ended();
      if (count === -Errno.connectionReset) throw this.#vanished();
      check(this.system, count, "the connection to CRIU");
    }
    return true;
  }

  /**
   * Reads more of a request and processes it when it is complete; returns the result of the read.
   */
  async #takeRecord(): Promise<number> {
    const count = this.system.read(this.descriptor, this.#reader.wanted);
    if (count <= 0) return count;
    if (!this.#heard) {
      this.#heard = true;
      this.listener.heard(this);
    }
    const message = this.#reader.took(count);
    if (message !== undefined) await this.#dispatch(decodeRequest(message));
    return count;
  }

  async #dispatch(name: string): Promise<void> {
    const image = await this.role.open(name);
    if (image !== undefined) this.#pending = { name, image };
    if (!this.role.answers) return;
    const reply = encodeReply(image !== undefined);
    const written = this.system.write(this.descriptor, reply);
    if (written === -Errno.brokenPipe) throw this.#vanished();
    // CRIU reads each answer before its next request, so there is always room for one.
    if (written !== reply.length) throw dataError("CRIU does not read the answers to its requests");
  }

  /** Reads the byte that carries a pipe; returns the result of the read. */
  #takePipe(): number {
    const received = this.system.receive(this.descriptor, new Uint8Array(1));
    if (received.count <= 0) return received.count;
    const { name, image } = this.#pending!;
    const pipe = this.#checkPipe(received, name);
    this.#pending = undefined;
    this.loop.add(image.attach(pipe));
    return received.count;
  }

  /** Returns the received descriptor if it is the expected end of a pipe. */
  #checkPipe({ descriptor, truncated }: Received, name: string): number {
    let problem = "CRIU sent no pipe after its request";
    if (descriptor !== undefined) {
      const access = this.system.access(descriptor);
      if (truncated) problem = "CRIU sent more than one descriptor";
      else if (this.system.pipeSize(descriptor) < 0) {
        problem = "CRIU sent something else than a pipe";
      } else if (access !== this.role.pipeEnd) problem = "CRIU sent the wrong end of its pipe";
      else if (this.system.setNonBlocking(descriptor) < 0) problem = "the pipe cannot be used";
      else return descriptor;
      this.system.close(descriptor);
    } else if (truncated) {
      throw new CritError("file", `${name}: no room for its pipe: too many open files`);
    }
    throw dataError(problem, { image: name });
  }

  #ended(): false {
    if (this.timeout !== Infinity) throw this.#vanished();
    if (!this.#heard) this.listener.leftSilently(this);
    return false;
  }

  #vanished(): CritError {
    const reason = "CRIU closed the connection in the middle of a request";
    return dataError(reason, { image: this.#pending?.name });
  }

  stalled(): CritError {
    const reason = `CRIU stopped in the middle of a request for ${this.timeout / 1000} s`;
    return dataError(reason, { image: this.#pending?.name });
  }

  close(): void {
    this.#pending?.image.release();
    this.system.close(this.descriptor);
  }
}
