/**
 * What commands that look into memory have in common.
 *
 * @module
 */

import { binarySize } from "../../images/bytes/sizes.ts";
import { filesBelow } from "../../images/coredump/local_files.ts";
import type { OpenMapped } from "../../images/coredump/mapped_files.ts";
import { type MemoryChoice, parsePerm, parseRange } from "../../images/memory/choice.ts";
import type { Walk } from "../../images/memory/walk.ts";
import type { OptionValues } from "../line/command.ts";
import { warn } from "../terminal/terminal.ts";
import type { memoryOptions } from "./memory_options.ts";

/** What the options say. */
export type MemoryArguments = OptionValues<typeof memoryOptions>;

/**
 * Which memory the options mean, and where mapped files are.
 *
 * @throws {CritError} `usage` when one of them is not understood
 */
export function choiceOf(
  args: MemoryArguments,
): MemoryChoice & { readonly openMapped?: OpenMapped } {
  return {
    pids: args.pid,
    areas: args.area,
    perm: args.perm === undefined ? undefined : parsePerm(args.perm),
    range: args.range === undefined ? undefined : parseRange(args.range),
    openMapped: args.sysroot === undefined ? undefined : filesBelow(args.sysroot),
  };
}

/** Says what a walk has not seen because the dump does not have it. */
export function warnOfMissing(walk: Walk, what: string, hasSysroot: boolean): void {
  const { file, lazy, lost } = walk.missing;
  const hint = hasSysroot ? "" : " (--sysroot DIR reads them)";
  const parts = [
    file > 0 ? `${binarySize(file)} of mapped files${hint}` : undefined,
    lazy > 0 ? `${binarySize(lazy)} that were to be fetched later` : undefined,
    lost > 0 ? `${binarySize(lost)} that are missing in it or in its parents` : undefined,
  ].filter((part) => part !== undefined);
  if (parts.length > 0) {
    warn(`crit: not ${what}, as the dump does not have it: ${parts.join(", ")}`);
  }
  for (const { name, reason } of walk.missingFiles) warn(`crit: ${name} ${reason}`);
}
