/**
 * What happens when the user interrupts: unfinished files go.
 *
 * Deno runs a signal's listener only between turns of its event loop. Long work therefore comes up
 * for air with {@link breathe}, and from its first breath on, signals are listened to; work that
 * never breathes is simply ended by them.
 *
 * @module
 */

/** Signals that end crit, by number; a shell sees 128 + the number as the exit code. */
const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;
type SignalName = keyof typeof SIGNALS;

/** Time between two turns of the event loop during long work, in milliseconds. */
const TURN = 100;

const doomed = new Set<string>();
let isListening = false;
let lastTurn = 0;

/**
 * Has a file, or a directory and all in it, removed when a signal ends crit; call what it returns
 * when it may stay.
 */
export function removeOnSignal(path: string): () => void {
  doomed.add(path);
  return () => {
    doomed.delete(path);
    if (doomed.size === 0 && isListening) stopListening();
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
  if (doomed.size > 0 && !isListening) listen();
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
        Deno.removeSync(path, { recursive: true });
      } catch {
        // It is gone, or nobody can help it.
      }
    }
    Deno.exit(128 + number);
  },
}));

function listen(): void {
  isListening = true;
  for (const { name, end } of listeners) Deno.addSignalListener(name, end);
}

function stopListening(): void {
  isListening = false;
  for (const { name, end } of listeners) Deno.removeSignalListener(name, end);
}
