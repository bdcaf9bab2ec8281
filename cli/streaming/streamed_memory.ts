/** Serves a dump with changes to its memory. @module */

import { DerivedSource } from "../../images/dump/derived.ts";
import { Dump } from "../../images/dump/dump.ts";
import type { ImageSource } from "../../images/dump/source.ts";
import { overlaidImages } from "../../images/memory/overlay.ts";
import type { MemoryEditArguments } from "../editing/memory_edit_options.ts";
import { planMemoryEdits } from "../editing/memory_edits.ts";
import { loadPlugins } from "../images/plugins.ts";
import type { Context } from "../line/command.ts";
import { warn } from "../terminal/terminal.ts";

/**
 * Applies the options that write into memory to the source of a dump.
 *
 * @throws {CritError} if that fails; the source then remains the caller's
 */
export async function writeServed(
  source: ImageSource,
  args: MemoryEditArguments,
  context: Context,
): Promise<ImageSource> {
  await loadPlugins(context.plugins);
  // The images of the dump are closed with the source.
  const { overlays, notes } = planMemoryEdits(new Dump(source), args);
  for (const note of notes) warn(`crit: ${note}`);
  return new DerivedSource(source, { changed: overlaidImages(source, overlays) }, true);
}
