/**
 * Worker threads of a batch.
 *
 * Workers run this module too, in a checkout, from a web server and in the executable. If workers
 * cannot start, the main thread does all the work.
 *
 * @module
 */

import { openInput } from "../files/input.ts";
import { loadPlugins } from "../images/plugins.ts";
import { type Conversion, type FileOutcome, type Job, work } from "./convert.ts";
import { Queue, type Shared } from "./queue.ts";

/** The message that starts a worker. */
export interface WorkerAssignment {
  readonly shared: Shared;
  readonly jobs: readonly Job[];
  readonly conversion: Conversion;
  readonly keepGoing: boolean;
  /** Files of the user's image types. */
  readonly plugins: readonly string[];
}

/** Name by which a worker knows that it is one. */
const NAME = "crit batch";

/** Starts workers; each returns its results when there are no more jobs, or when it dies. */
export function startWorkers(
  count: number,
  assignment: WorkerAssignment,
): Promise<FileOutcome[]>[] {
  if (!mayStart()) return [];
  return Array.from({ length: count }, () => startWorker(assignment).catch(() => []));
}

// deno-lint-ignore require-await
async function startWorker(assignment: WorkerAssignment): Promise<FileOutcome[]> {
  const { promise, resolve } = Promise.withResolvers<FileOutcome[]>();
  const worker = new Worker(import.meta.url, { type: "module", name: NAME });
  const end = (outcomes: FileOutcome[]) => {
    worker.terminate();
    resolve(outcomes);
  };
  worker.onmessage = ({ data }) => end(data);
  worker.onerror = (event) => {
    event.preventDefault();
    end([]);
  };
  worker.postMessage(assignment);
  return promise;
}

/** Whether a worker may load this module; Deno would say so on standard error if not. */
function mayStart(): boolean {
  const url = new URL(import.meta.url);
  const permission = url.protocol === "file:"
    ? { name: "read", path: url } as const
    : { name: "import", host: url.host } as const;
  return Deno.permissions.querySync(permission).state === "granted";
}

/** What a worker does with its assignment. */
async function runAssignment({ shared, jobs, conversion, keepGoing, plugins }: WorkerAssignment) {
  await loadPlugins(plugins);
  const queue = new Queue(shared);
  queue.enter();
  try {
    return await work(queue, jobs, {
      conversion,
      keepGoing,
      open: (job) => openInput(job.path),
      onRead: () => undefined,
    });
  } finally {
    queue.leave();
  }
}

/** The global scope, where it is a worker's. */
interface WorkerScope {
  readonly name?: string;
  onmessage?: (event: MessageEvent<WorkerAssignment>) => void;
  postMessage?: (outcomes: FileOutcome[]) => void;
}

const scope = globalThis as WorkerScope;
if (scope.name === NAME && scope.postMessage !== undefined) {
  // Jobs that are not done are done by the main thread, whatever the reason.
  scope.onmessage = async ({ data }) =>
    scope.postMessage!(await runAssignment(data).catch(() => []));
}
