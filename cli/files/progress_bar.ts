/** A progress bar for work on files. @module */

import { lazySpecifier } from "../line/lazy_specifier.ts";
import type { Progress } from "../terminal/progress.ts";
import { isTerminal } from "../terminal/terminal.ts";

/** A progress bar for work on `total` bytes; none, and nothing loaded, where nobody sees it. */
export async function progressBar(label: string, total?: number): Promise<Progress | undefined> {
  if (!isTerminal("stderr")) return undefined;
  const module: typeof import("../terminal/progress.ts") = await import(
    lazySpecifier("../terminal/progress.ts")
  );
  return new module.Progress(label, total);
}
