/**
 * Removes unfinished files when the user interrupts.
 *
 * Deno runs a signal's listener only between turns of its event loop. Long work therefore calls
 * {@link yieldToEventLoop} regularly; from its first call on, crit listens to signals. If work
 * never yields, a signal ends it immediately. Work that would leave files behind if it ended before
 * its first call delays signals with {@link deferSignals}, and handles them with {@link
 * letSignalsIn} before it puts its output in place.
 *
 * @module
 */

/** Signals that end crit, by number; the exit code in a shell is 128 + the number. */
const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;
type SignalName = keyof typeof SIGNALS;

/** Milliseconds between two turns of the event loop during long work. */
const TURN = 100;

const doomed = new Set<() => void>();
let isListening = false;
let lastTurn = performance.now();

/** Registers an action for when a signal ends crit; the result removes it. */
export function onSignal(action: () => void): () => void {
  doomed.add(action);
  return () => {
    doomed.delete(action);
    if (doomed.size === 0 && isListening) stopListening();
  };
}

/** Removes a file or directory when a signal ends crit; see {@link onSignal}. */
export function removeOnSignal(path: string): () => void {
  return onSignal(() => Deno.removeSync(path, { recursive: true }));
}

/**
 * Delays signals until the next turn of the event loop, instead of ending crit between two files,
 * until this is disposed of. Nothing may block meanwhile.
 */
export function deferSignals(): Disposable {
  const forget = onSignal(() => {});
  if (!isListening) listen();
  return { [Symbol.dispose]: forget };
}

/**
 * Lets the event loop handle signals, at most ten times a second; returns undefined in between:
 *
 * ```ts
 * const turn = yieldToEventLoop();
 * if (turn !== undefined) await turn;
 * ```
 */
export function yieldToEventLoop(): Promise<void> | undefined {
  if (doomed.size > 0 && !isListening) listen();
  const now = performance.now();
  if (now - lastTurn < TURN) return undefined;
  lastTurn = now;
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/** Handles the signals that have arrived. */
export async function letSignalsIn(): Promise<void> {
  if (!isListening) return;
  // The first turn receives a signal, the second one runs its listener.
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
}

const listeners = Object.entries(SIGNALS).map(([name, number]) => ({
  name: name as SignalName,
  end: () => {
    for (const action of doomed) {
      try {
        action();
      } catch {
        // It does not exist any more, or cannot be removed.
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
