/**
 * What commands on whole dumps have in common: how a dump is named and opened, and how what is
 * wrong with it is said.
 *
 * @module
 */

import type { Dump } from "../images/dump/dump.ts";
import type { Options, Positional } from "./command.ts";
import { failureOf } from "./failure.ts";
import { warn } from "./terminal.ts";

/** The dump that a command works on. */
export const dumpPositional = {
  kind: "path",
  value: "DUMP",
  count: "one",
  doc: "the dump: a directory, or an archive as container engines export checkpoints",
} as const satisfies Positional;

/** Options of every command that reads memory or looks at parent dumps. */
export const dumpOptions = {
  parent: {
    kind: "path",
    value: "DIR",
    doc: "the parent dump is here, wherever the link `parent` leads",
  },
} as const satisfies Options;

/**
 * Opens a dump for a command, and says afterwards what was wrong with the images that it read.
 *
 * @returns what `action` does, or 3 when an image was missing or damaged
 * @throws {CritError} when there is no dump at that path
 */
export async function withDump(
  args: { readonly dump: string; readonly parent?: string },
  action: (dump: Dump) => number | Promise<number>,
): Promise<number> {
  // What commands declare is loaded at every start, the dump model is not.
  const { openDump } = await import("../images/dump/open.ts");
  using dump = await openDump(args.dump, { parent: args.parent });
  const code = await action(dump);
  const faults = dump.allFaults;
  for (const fault of faults) warn(failureOf(fault).line!);
  return faults.length > 0 ? 3 : code;
}
