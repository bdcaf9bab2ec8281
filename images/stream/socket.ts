/**
 * The socket on which crit waits for CRIU.
 *
 * @module
 */

import { CritError } from "../errors.ts";
import { check, Errno, type SystemCalls, systemError } from "./system.ts";

/** A socket that listens in a directory. */
export class ListeningSocket {
  readonly #identity: string | undefined;

  private constructor(
    readonly system: SystemCalls,
    readonly path: string,
    readonly descriptor: number,
    readonly directory: number,
    readonly name: string,
  ) {
    this.#identity = identityAt(system, directory, name);
  }

  /**
   * Listens on a name in a directory, however long its path is, and replaces a stale socket.
   *
   * @throws {CritError} `file` if another file has that name or a process listens on it
   */
  static open(system: SystemCalls, directoryPath: string, name: string): ListeningSocket {
    const path = `${directoryPath}/${name}`;
    const directory = check(system, system.open(directoryPath, "directory"), directoryPath);
    let socket = -1;
    try {
      socket = check(system, system.socket({ blocking: false }), path);
      const address = addressIn(directory, name);
      let bound = system.bind(socket, address);
      if (bound === -Errno.addressInUse) {
        removeStale(system, directory, name, path);
        bound = system.bind(socket, address);
      }
      check(system, bound, path);
      check(system, system.listen(socket), path);
      return new ListeningSocket(system, path, socket, directory, name);
    } catch (error) {
      if (socket >= 0) system.close(socket);
      system.close(directory);
      throw error;
    }
  }

  /** Stops listening and removes the socket's file, if it still belongs to this socket. */
  close(): void {
    const { system, directory, name } = this;
    const identity = identityAt(system, directory, name);
    if (identity !== undefined && identity === this.#identity) system.removeAt(directory, name);
    system.close(this.descriptor);
    system.close(directory);
  }
}

/** Returns a path to a name in an open directory, short enough for a socket address. */
function addressIn(directory: number, name: string): string {
  return `/proc/self/fd/${directory}/${name}`;
}

/**
 * Connects to a socket in a directory, however long its path is.
 *
 * @returns a blocking descriptor, or a negative error number
 * @throws {CritError} `file` if the directory does not exist
 */
export function connectIn(system: SystemCalls, directoryPath: string, name: string): number {
  const directory = check(system, system.open(directoryPath, "directory"), directoryPath);
  const socket = check(system, system.socket({ blocking: true }), name);
  const connected = system.connect(socket, addressIn(directory, name));
  system.close(directory);
  if (connected >= 0) return socket;
  system.close(socket);
  return connected;
}

function identityAt(system: SystemCalls, directory: number, name: string): string | undefined {
  const status = system.statusAt(directory, name);
  return typeof status === "number" ? undefined : status.identity;
}

/**
 * Removes a socket that no process listens on.
 *
 * @throws {CritError} `file` if the file is not a socket
 */
function removeStale(system: SystemCalls, directory: number, name: string, path: string): void {
  const status = system.statusAt(directory, name);
  if (status === -Errno.noEntry) return;
  if (typeof status === "number") throw systemError(system, status, path);
  if (status.kind !== "socket") {
    throw new CritError("file", `${path}: it exists already and is not a socket`);
  }
  const probe = check(system, system.socket({ blocking: false }), path);
  const answer = system.connect(probe, addressIn(directory, name));
  system.close(probe);
  if (answer !== -Errno.connectionRefused) {
    throw new CritError("file", `${path}: another program listens there already`);
  }
  check(system, system.removeAt(directory, name), path);
}
