/** Opens archives for streaming. @module */

import { directoryOf } from "../../images/bytes/paths.ts";
import { placeAt } from "../../images/dump/open.ts";
import type { ImageSource } from "../../images/dump/source.ts";
import { openServedArchive } from "../../images/stream/archive_source.ts";
import type { SystemCalls } from "../../images/stream/system.ts";
import { SystemDirectory } from "../../images/stream/system_file.ts";
import { loadPlugins } from "../images/plugins.ts";
import type { Context } from "../line/command.ts";

/**
 * Opens a dump in an archive or a container's directory; returns it with the directory for the
 * socket.
 */
export async function openInside(
  system: SystemCalls,
  path: string,
  context: Context,
): Promise<{ source: ImageSource; directory: string }> {
  // The types of its files determine which are held in memory.
  await loadPlugins(context.plugins);
  const place = placeAt(path);
  if (place.kind === "directory") {
    return { source: new SystemDirectory(system, place.path), directory: place.path };
  }
  const source = await openServedArchive(system, place);
  return { source, directory: place.kind === "archive" ? directoryOf(place.path) : "." };
}
