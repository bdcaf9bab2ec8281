/** JSON on standard output, in colours for people. @module */

import { type ColorChoice, colorOutput, usesColor } from "../terminal/terminal.ts";
import { lazySpecifier } from "./lazy_specifier.ts";

/** Colours standard output as JSON from now on, if text would be coloured. */
export async function beginJson(choice: ColorChoice): Promise<void> {
  if (!usesColor("stdout", choice)) return;
  const { JsonColors }: typeof import("../terminal/json_colors.ts") = await import(
    lazySpecifier("../terminal/json_colors.ts")
  );
  colorOutput(new JsonColors());
}
