/**
 * What happens when the user interrupts: unfinished files go.
 *
 * Deno runs a signal's listener only between turns of its event loop, so long work must come up
 * for air now and then with {@link breathe}, and wait for slow input asynchronously.
 *
 * @module
 */

/** Signals that end crit, by number; a shell sees 128 + the number as the exit code. */
const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;
type SignalName = keyof typeof SIGNALS;

/** Time between two turns of the event loop during long work, in milliseconds. */
const TURN = 100;

const doomed = new Set<string>();
let lastTurn = -Infinity;

/** Has a file removed when a signal ends crit; call what it returns when the file may stay. */
export function removeOnSignal(path: string): () => void {
  if (doomed.size === 0) listen();
  doomed.add(path);
  return () => {
    if (doomed.delete(path) && doomed.size === 0) stopListening();
  };
}

/**
 * Lets signals in, at most ten times a second. There is nothing to wait for in between:
 *
 * ```ts
 * const turn = breathe();
 * if (turn !== undefined) await turn;
 * ```
 */
export function breathe(): Promise<void> | undefined {
  const now = performance.now();
  if (now - lastTurn < TURN) return undefined;
  lastTurn = now;
  return new Promise((resolve) => setTimeout(resolve, 0));
}

const listeners = Object.entries(SIGNALS).map(([name, number]) => ({
  name: name as SignalName,
  end: () => {
    for (const path of doomed) {
      try {
        Deno.removeSync(path);
      } catch {
        // It is gone, or nobody can help it.
      }
    }
    Deno.exit(128 + number);
  },
}));

function listen(): void {
  // The first turn waits: work that is over within a tenth of a second needs none.
  lastTurn = performance.now();
  for (const { name, end } of listeners) Deno.addSignalListener(name, end);
}

function stopListening(): void {
  for (const { name, end } of listeners) Deno.removeSignalListener(name, end);
}
