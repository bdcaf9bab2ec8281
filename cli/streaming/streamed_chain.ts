/** Serves dumps with parents, although CRIU streams no parent dumps. @module */

import { Dump } from "../../images/dump/dump.ts";
import { JOIN_HALVES, lacksPageMaps } from "../../images/dump/kind.ts";
import { openDump } from "../../images/dump/open.ts";
import type { ImageSource } from "../../images/dump/source.ts";
import { CritError } from "../../images/errors.ts";
import { FlattenedSource } from "../../images/flatten/flattened.ts";
import { PAGES } from "../../images/kernel/memory.ts";
import { loadPlugins } from "../images/plugins.ts";
import type { Context } from "../line/command.ts";

/**
 * Refuses dumps that CRIU does not restore, and, unless its parents are included, dumps that it
 * does not restore from a stream.
 *
 * @throws {CritError} `unsupported`, with a hint
 */
export async function checkServed(
  source: ImageSource,
  path: string,
  isFlattened: boolean,
  context: Context,
): Promise<void> {
  await loadPlugins(context.plugins);
  // It shares the source, and is not closed.
  const dump = new Dump(source);
  checkKind(dump, path);
  if (!isFlattened) checkPages(dump, path);
}

/**
 * Flattens a chain of dumps, given the path of the last one.
 *
 * @throws {CritError} `data` if pages are in no dump of the chain, or an image is damaged,
 * `unsupported` if pages were to be fetched later
 */
export async function flattenServed(path: string): Promise<ImageSource> {
  const flat = new FlattenedSource(await openDump(path));
  try {
    // All errors are found before CRIU can connect.
    flat.files;
    const [fault] = flat.dump.allFaults;
    if (fault !== undefined) throw fault;
    checkPages(new Dump(flat), path);
    return flat;
  } catch (error) {
    flat[Symbol.dispose]();
    throw error;
  }
}

/** Refuses a pre-dump, and a dump whose page maps a page server wrote elsewhere. */
function checkKind(dump: Dump, path: string): void {
  const { part } = dump;
  if (part === undefined) return;
  const hint = lacksPageMaps(dump)
    ? JOIN_HALVES
    : "serve the dump that builds upon it, with --flatten";
  throw unsupported(`${path}: it is ${part}, which CRIU does not restore`, hint);
}

/**
 * Refuses pages in a parent dump, and pages that were to be fetched later. CRIU refuses damaged
 * page maps.
 */
function checkPages(dump: Dump, path: string): void {
  for (const { name, type } of dump.dumpFiles) {
    if (type?.entry !== "pagemap_entry") continue;
    const { flags, error } = dump.pageMap(name);
    if (error !== undefined) continue;
    if (flags.some((flag) => (flag & PAGES.PARENT) !== 0)) {
      const reason = `${path}: ${name} has pages in a parent dump, and CRIU streams none`;
      throw unsupported(reason, "--flatten serves the chain as one dump");
    }
    if (flags.some((flag) => (flag & (PAGES.PRESENT | PAGES.LAZY)) === PAGES.LAZY)) {
      const reason =
        `${path}: ${name} has pages that were to be fetched later, and nobody has them`;
      throw unsupported(reason, "a lazy dump is restored with --lazy-pages");
    }
  }
}

function unsupported(reason: string, hint: string): CritError {
  return new CritError("unsupported", reason, {}, hint);
}
