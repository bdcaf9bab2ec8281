/** Serves old dumps in their newest form. @module */

import { temporaryName } from "../../images/bytes/paths.ts";
import type { ImageSource } from "../../images/dump/source.ts";
import { ConvertedSource } from "../../images/stream/converted_source.ts";
import { check, type SystemCalls } from "../../images/stream/system.ts";
import { loadPlugins } from "../images/plugins.ts";
import type { Context } from "../line/command.ts";
import { yieldToEventLoop } from "../terminal/interrupt.ts";

/**
 * Converts a dump before it is served.
 *
 * @param directory directory for changed images, in an unlinked file
 * @throws {CritError} `data` if the dump is damaged
 */
export async function convertServed(
  system: SystemCalls,
  source: ImageSource,
  directory: string,
  context: Context,
): Promise<ImageSource> {
  await loadPlugins(context.plugins);
  return await ConvertedSource.convert(
    system,
    source,
    scratchFile(system, directory),
    yieldToEventLoop,
  );
}

/** Creates an empty unlinked file. */
function scratchFile(system: SystemCalls, path: string): number {
  const directory = check(system, system.open(path, "directory"), path);
  try {
    const name = temporaryName("served");
    const file = check(system, system.openAt(directory, name, "scratch"), path);
    system.removeAt(directory, name);
    return file;
  } finally {
    system.close(directory);
  }
}
