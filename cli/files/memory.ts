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

/** What was not looked at because a dump does not have it. */
export interface Unseen {
  /** Bytes of mapped files. */
  readonly file: number;
  /** Bytes that were to be fetched later. */
  readonly lazy: number;
  /** Bytes that no dump of the chain has. */
  readonly lost: number;
  /** Mapped files that could not be read, and why. */
  readonly files: readonly string[];
}

/** What a walk has not seen. */
export function unseenBy(walk: Walk): Unseen {
  return {
    ...walk.missing,
    files: walk.missingFiles.map(({ name, reason }) => `${name} ${reason}`),
  };
}

/** What was not seen in several dumps; mapped files are named once. */
export function sumOfUnseen(all: readonly Unseen[]): Unseen {
  const sum = (key: "file" | "lazy" | "lost") => all.reduce((total, one) => total + one[key], 0);
  const files = new Set(all.flatMap(({ files }) => files));
  return { file: sum("file"), lazy: sum("lazy"), lost: sum("lost"), files: [...files] };
}

/**
 * Says what was not seen.
 *
 * @param what what was done with the rest
 * @param whose the dump or dumps
 */
export function warnOfUnseen(
  { file, lazy, lost, files }: Unseen,
  what: string,
  hasSysroot: boolean,
  whose = "the dump does",
): void {
  const hint = hasSysroot ? "" : " (--sysroot DIR reads them)";
  const parts = [
    file > 0 ? `${binarySize(file)} of mapped files${hint}` : undefined,
    lazy > 0 ? `${binarySize(lazy)} that were to be fetched later` : undefined,
    lost > 0 ? `${binarySize(lost)} that are missing from it or its parents` : undefined,
  ].filter((part) => part !== undefined);
  if (parts.length > 0) {
    warn(`crit: not ${what}, as ${whose} not have it: ${parts.join(", ")}`);
  }
  for (const line of files) warn(`crit: ${line}`);
}
