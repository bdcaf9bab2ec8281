/**
 * Archives to serve from.
 *
 * @module
 */

import { placeAt } from "../../images/dump/open.ts";
import { ArchivedDumpSource } from "../../images/stream/archive_source.ts";
import { DirectorySource } from "../../images/stream/directory.ts";
import type { SeekableDumpSource } from "../../images/stream/store.ts";
import type { SystemCalls } from "../../images/stream/system.ts";
import { directoryOf } from "../../images/bytes/paths.ts";
import { loadPlugins } from "../images/plugins.ts";
import type { Context } from "../line/command.ts";

/** Opens a dump that is no bare directory; gives it and the directory for the socket. */
export async function openServedArchive(
  system: SystemCalls,
  path: string,
  context: Context,
): Promise<{ source: SeekableDumpSource; directory: string }> {
  // Which of its files are worth holding in memory, their types tell.
  await loadPlugins(context.plugins);
  const place = placeAt(path);
  if (place.kind === "directory") {
    return { source: new DirectorySource(system, place.path), directory: place.path };
  }
  const source = await ArchivedDumpSource.open(system, place);
  return { source, directory: place.kind === "archive" ? directoryOf(place.path) : "." };
}
