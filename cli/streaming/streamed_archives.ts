/**
 * Archives to serve from.
 *
 * @module
 */

import { archiveIn } from "../../images/dump/open.ts";
import { ArchivedDumpSource } from "../../images/stream/archive_source.ts";
import type { SeekableDumpSource } from "../../images/stream/store.ts";
import type { SystemCalls } from "../../images/stream/system.ts";
import { directoryOf } from "../files/output.ts";
import { loadPlugins } from "../images/plugins.ts";
import type { Context } from "../line/command.ts";

/** Opens an archive; gives the dump in it and the directory that the archive is in. */
export async function openServedArchive(
  system: SystemCalls,
  path: string,
  context: Context,
): Promise<{ source: SeekableDumpSource; directory: string }> {
  // Which of its files are worth holding in memory, their types tell.
  await loadPlugins(context.plugins);
  const { archive, directory } = archiveIn(path);
  const source = await ArchivedDumpSource.open(system, { path: archive, directory });
  return { source, directory: directoryOf(archive) };
}
