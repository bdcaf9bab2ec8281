/**
 * The user's own JavaScript: plugins and transforms. Whatever it does is told as its file's doing.
 *
 * @module
 */

import { CritError } from "../../images/errors.ts";

/** Milliseconds that a module may take to load. */
const LOAD_LIMIT = 10_000;

/**
 * Loads a module and gives its default export.
 *
 * @param use what it is wanted for: `a plugin`
 * @throws {CritError} `usage` when it cannot be loaded, or does not come to the end of its loading
 */
export async function importDefault(
  file: string,
  use: string,
  limit: number = LOAD_LIMIT,
): Promise<{ readonly exported: unknown }> {
  const problem = (reason: string) =>
    new CritError("usage", `cannot be loaded as ${use}: ${reason}`, { image: file });
  try {
    const url = new URL(file, `file://${Deno.cwd()}/`).href;
    const late = () => problem(`it is not loaded after ${limit / 1000} s: what does it await?`);
    const loaded: { default?: unknown } = await settled(import(url), limit, late);
    // In an object: a promise would look for `then` in the export itself.
    return { exported: loaded.default };
  } catch (error) {
    throw error instanceof CritError ? error : problem(reasonOf(error));
  }
}

/** The first line of what an error says, whatever it is. */
export function reasonOf(error: unknown): string {
  try {
    const text = error instanceof Error ? error.message : String(error);
    return text.split("\n")[0]!;
  } catch {
    return "it threw something that is no error";
  }
}

/**
 * What a promise comes to. A promise that never settles would end Deno without a word, because
 * there is nothing left to wait for.
 *
 * @param limit milliseconds to wait; Infinity is for ever
 * @throws what `late` gives when the time is over
 */
export async function settled<T>(
  promise: Promise<T>,
  limit: number,
  late: () => unknown,
): Promise<T> {
  let timer: ReturnType<typeof setInterval> | undefined;
  const timeout = new Promise<never>((_, reject) => {
    // Something must be left to wait for, however long the limit is.
    const started = performance.now();
    timer = setInterval(() => {
      if (performance.now() - started >= limit) reject(late());
    }, Math.min(limit, 1000));
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearInterval(timer);
  }
}
