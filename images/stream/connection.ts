/**
 * CRIU's one connection: requests, answers and the pipes that follow.
 *
 * @module
 */

import { CritError, dataError } from "../errors.ts";
import { PollLoop, type Waiter } from "./loop.ts";
import { Askers } from "./outcome.ts";
import { decodeRequest, encodeReply, RecordReader } from "./protocol.ts";
import { ListeningSocket } from "./socket.ts";
import type { Awaitable } from "./store.ts";
import { check, Errno, Poll, type Received, type SystemCalls } from "./system.ts";

/** What is done with CRIU's requests. */
export interface Role {
  /** Which end of its pipes CRIU hands over: the one to read from or the one to write to. */
  readonly pipeEnd: "read" | "write";
  /** Whether CRIU waits for an answer to a request. */
  readonly answers: boolean;
  /** Gets ready: the socket is crit's own, and CRIU does not know of it yet. */
  begin(): Awaitable<void>;
  /**
   * Ends the dump that is taken, once all of it is here; called again it does nothing. What it
   * throws keeps the dump from being whole.
   */
  settle?(): Promise<void>;
  /** Whether an image is under way. */
  readonly isBusy?: boolean;
  /** Takes a request; undefined when there is no such image, where CRIU waits for an answer. */
  open(name: string): Awaitable<OpenImage | undefined>;
}

/** An image that CRIU asked for and whose pipe is to come. */
export interface OpenImage {
  /** Takes the pipe, which does not block; closing it is now the waiter's task. */
  attach(pipe: number): Waiter;
  /** Gives the image up: its pipe did not come. */
  release(): void;
}

/** How streams of both directions behave. */
export interface StreamOptions {
  /** The directory in which the socket is made. */
  readonly socketDirectory: string;
  /**
   * Milliseconds without any movement after which a peer that owes something has stopped: the rest
   * of a request, a pipe, or what goes through a pipe. Five minutes unless given.
   */
  readonly timeout?: number;
  /** Milliseconds to wait for CRIU to connect; forever unless given. */
  readonly connectPatience?: number;
  /** Number of CRIU's process; nobody is waited for once it has ended. */
  readonly criu?: number;
  /**
   * Ends the stream, with the signal's reason as the error. What CRIU has sent of a dump by then is
   * still taken.
   */
  readonly signal?: AbortSignal;
  /** Called with the socket's path once CRIU can connect. */
  readonly onListening?: (path: string) => void;
}

/** {@link StreamOptions.timeout} unless given. CRIU may pause while it runs scripts. */
export const DEFAULT_TIMEOUT = 300_000;

/** Listens, takes one connection and serves it until CRIU and all of its pipes are done. */
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
 * Waits for CRIU to connect: it is whoever says something first. While a dump is taken, those who
 * connect later may ask whether it is whole.
 */
class Listener implements Waiter {
  readonly askers: Askers;
  /** Connections that have said nothing yet. */
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

  /** Takes care that CRIU's end is noticed, if its process is known. */
  watchCriu(): void {
    const { criu } = this.options;
    if (criu === undefined) return;
    const descriptor = this.system.watchProcess(criu);
    if (descriptor === -Errno.noProcess && !this.#hasUnread()) throw this.#neverCame(criu);
    // An old kernel cannot do it; the time limits are left.
    if (descriptor < 0) return;
    this.#watch = new CriuWatch(this.system, descriptor, () => {
      // What CRIU sent before it ended is taken first.
      if (!this.#isHeard && this.#hasUnread()) return true;
      if (!this.#isHeard) throw this.#neverCame(criu);
      this.loop.remove(this);
      return false;
    });
    this.loop.add(this.#watch);
  }

  /** Whether somebody connects, or a connection that has said nothing yet does now, or ends. */
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

  /** A connection is CRIU's: there will be no other. */
  heard(connection: Connection): void {
    this.#silent.delete(connection);
    for (const other of this.#silent) this.loop.remove(other);
    this.#silent.clear();
    this.#isHeard = true;
    if (this.role.settle === undefined) this.#leave();
    else this.loop.onQuiet = () => this.#answer();
  }

  /** Answers those who ask: when they do, CRIU has closed all images. */
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

  /** A connection ended without a word: somebody looked whether anybody listens. */
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

/** Waits for the end of CRIU's process; goes on after it as long as `ended` gives true. */
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

/** Most records that are taken before the pipes get their turn. */
const TURN = 64;

/** Takes records and descriptors from CRIU's connection. */
class Connection implements Waiter {
  readonly events = Poll.in;
  readonly #reader = new RecordReader();
  #heard = false;
  /** The image whose pipe comes next. */
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
   * CRIU may have sent the last of its dump by now, and never hear that something failed: that much
   * is taken, and whatever it sends from now on fails.
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

  /** Reads on in a request and obeys it when it is whole; gives what the read gave. */
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
    // CRIU reads every answer before it asks again, so there is always room for one.
    if (written !== reply.length) throw dataError("CRIU does not read the answers to its requests");
  }

  /** Reads the byte that brings a pipe; gives what the read gave. */
  #takePipe(): number {
    const received = this.system.receive(this.descriptor, new Uint8Array(1));
    if (received.count <= 0) return received.count;
    const { name, image } = this.#pending!;
    const pipe = this.#checkPipe(received, name);
    this.#pending = undefined;
    this.loop.add(image.attach(pipe));
    return received.count;
  }

  /** The descriptor that came, if it is the end of a pipe that it should be. */
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
