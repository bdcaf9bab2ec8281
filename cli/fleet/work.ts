/**
 * The work on each of many dumps, in the main thread or in others.
 *
 * The work of a command is a separate module, which its threads load: it exports the result of
 * {@link fleetWork}, and its own URL.
 *
 * @module
 */

import { CritError, type ErrorCode } from "../../images/errors.ts";
import { inDump } from "../files/error_places.ts";
import { loadPlugins } from "../images/plugins.ts";
import { failureOf } from "../terminal/failure.ts";

/** The outcome of a dump. */
export interface DumpOutcome<R> {
  /** Exit code that the command would have for this dump alone. */
  readonly code: number;
  /** The result; undefined if the dump could not be opened. */
  readonly result: R | undefined;
  /** Code of the error if the dump could not be opened. */
  readonly error?: ErrorCode | undefined;
  /** Errors and warnings, each a line as on standard error. */
  readonly lines: readonly string[];
}

/** Processes a dump. The result is sent between threads. */
export type DumpWork<O, R> = (path: string, options: O) => Promise<
  Omit<DumpOutcome<R>, "lines"> & {
    readonly faults: readonly CritError[];
  }
>;

/** The work of a command. */
export interface FleetWork<O, R> {
  /** URL of its module. */
  readonly url: string;
  /** Name of its threads. */
  readonly name: string;
  /** Processes a dump; every error becomes a line. */
  run(path: string, options: O): Promise<DumpOutcome<R>>;
}

/** A message to a thread. */
interface Request<O> {
  readonly path: string;
  readonly options: O;
  readonly plugins: readonly string[];
}

/** The global scope of a thread. */
interface ThreadScope {
  readonly name?: string;
  onmessage?: (event: MessageEvent<Request<unknown>>) => void;
  postMessage?: (outcome: unknown) => void;
}

/**
 * Makes the work of a command. In a thread of this name, it also answers the messages of the main
 * thread.
 *
 * @param url `import.meta.url` of the command's module
 */
export function fleetWork<O, R>(url: string, name: string, look: DumpWork<O, R>): FleetWork<O, R> {
  const work: FleetWork<O, R> = { url, name, run: (path, options) => guarded(look, path, options) };
  const scope = globalThis as ThreadScope;
  if (scope.name === name && scope.postMessage !== undefined) {
    scope.onmessage = async ({ data: { path, options, plugins } }) => {
      await loadPlugins(plugins);
      scope.postMessage!(await work.run(path, options as O));
    };
  }
  return work;
}

async function guarded<O, R>(
  look: DumpWork<O, R>,
  path: string,
  options: O,
): Promise<DumpOutcome<R>> {
  try {
    const { code, result, faults } = await look(path, options);
    return { code, result, lines: faults.map((fault) => failureOf(inDump(fault, path)).line!) };
  } catch (error) {
    const { exitCode, line } = failureOf(inDump(error, path));
    const errorCode = error instanceof CritError ? error.code : undefined;
    const lines = line === undefined ? [] : [line];
    return { code: exitCode, result: undefined, error: errorCode, lines };
  }
}

/** A thread that does the work of a command. */
export class FleetThread<O, R> implements Disposable {
  readonly #worker: Worker;

  constructor(readonly work: FleetWork<O, R>, readonly plugins: readonly string[]) {
    this.#worker = new Worker(work.url, { type: "module", name: work.name });
  }

  /** Processes a dump. A thread that dies also returns an outcome, and cannot be used again. */
  run(path: string, options: O): Promise<DumpOutcome<R>> {
    const { promise, resolve, reject } = Promise.withResolvers<DumpOutcome<R>>();
    this.#worker.onmessage = ({ data }) => resolve(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(event.message));
    };
    this.#worker.postMessage({ path, options, plugins: this.plugins } satisfies Request<O>);
    return promise;
  }

  [Symbol.dispose](): void {
    this.#worker.terminate();
  }
}

/** Whether a thread may load a module; otherwise, Deno would report it on standard error. */
export function mayStart(url: string): boolean {
  const { protocol, host, pathname } = new URL(url);
  const permission = protocol === "file:"
    ? { name: "read", path: decodeURIComponent(pathname) } as const
    : { name: "import", host } as const;
  return Deno.permissions.querySync(permission).state === "granted";
}
