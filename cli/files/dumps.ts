/**
 * What commands on whole dumps have in common: how a dump is opened, and how what is wrong with it
 * is said.
 *
 * @module
 */

import type { Dump } from "../../images/dump/dump.ts";
import { openDump } from "../../images/dump/open.ts";
import { failureOf } from "../terminal/failure.ts";
import { warn } from "../terminal/terminal.ts";
import { inDump, namingDump } from "./error_places.ts";
import { archiveLimits } from "./max_size.ts";

/**
 * Opens a dump for a command, and says afterwards what was wrong with the images that it read.
 *
 * @returns what `action` does, or 3 when an image was missing or damaged
 * @throws {CritError} when there is no dump at that path
 */
export async function withDump(
  args: { readonly dump: string; readonly parent?: string; readonly maxSize?: string },
  action: (dump: Dump) => number | Promise<number>,
): Promise<number> {
  using dump = await openDump(args.dump, { parent: args.parent, ...archiveLimits(args) });
  const code = await namingDump(args.dump, () => action(dump));
  const faults = dump.allFaults;
  for (const fault of faults) warn(failureOf(inDump(fault, args.dump)).line!);
  return faults.length > 0 ? 3 : code;
}
