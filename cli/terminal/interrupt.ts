/**
 * What happens when the user interrupts: unfinished files go.
 *
 * Deno runs a signal's listener only between turns of its event loop. Long work therefore calls
 * {@link yieldToEventLoop} now and then; from its first call on, signals are listened to. A signal
 * simply ends work that never yields. Work that would leave something behind if it ended before its
 * first call holds signals back with {@link deferSignals}, and lets them in with
 * {@link letSignalsIn} before it puts its output in place.
 *
 * @module
 */

/** Signals that end crit, by number; a shell sees 128 + the number as the exit code. */
const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;
type SignalName = keyof typeof SIGNALS;

/** Time between two turns of the event loop during long work, in milliseconds. */
const TURN = 100;

const doomed = new Set<() => void>();
let isListening = false;
let lastTurn = performance.now();

/** Has something done when a signal ends crit; call what it returns when that need not be. */
export function onSignal(action: () => void): () => void {
  doomed.add(action);
  return () => {
    doomed.delete(action);
    if (doomed.size === 0 && isListening) stopListening();
  };
}

/** Has a file or directory removed when a signal ends crit; see {@link onSignal}. */
export function removeOnSignal(path: string): () => void {
  return onSignal(() => Deno.removeSync(path, { recursive: true }));
}

/**
 * Has signals wait for the next breath, rather than end crit between two files, until this is
 * disposed of. Nothing may block meanwhile.
 */
export function deferSignals(): Disposable {
  const forget = onSignal(() => {});
  if (!isListening) listen();
  return { [Symbol.dispose]: forget };
}

/**
 * Lets signals in, at most ten times a second. There is nothing to wait for in between:
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

/** Lets in the signals that have come. */
export async function letSignalsIn(): Promise<void> {
  if (!isListening) return;
  // The first turn hears of a signal, the second one runs its listener.
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
}

const listeners = Object.entries(SIGNALS).map(([name, number]) => ({
  name: name as SignalName,
  end: () => {
    for (const action of doomed) {
      try {
        action();
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
