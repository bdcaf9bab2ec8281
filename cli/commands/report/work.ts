/** The page that `crit report` makes of a dump. @module */

import type { RootfsChange } from "../../../images/container/rootfs.ts";
import type { Dump } from "../../../images/dump/dump.ts";
import { openDump } from "../../../images/dump/open.ts";
import { CritError } from "../../../images/errors.ts";
import type { AskedMachine } from "../../../images/report/build.ts";
import type { Comparison } from "../../../images/report/data.ts";
import { reportPage } from "../../../images/report/page.ts";
import { DEMANDS } from "../../../images/restore/demands/mod.ts";
import "../../../plugins/mod.ts";
import { VERSION } from "../../../version.ts";
import { LocalMachine } from "../../files/local_machine.ts";
import { modeOfDump } from "../../files/tree.ts";
import { fleetWork } from "../../fleet/work.ts";
import { lazySpecifier } from "../../line/lazy_specifier.ts";
import { yieldToEventLoop } from "../../terminal/interrupt.ts";

/** What the pages are to show. */
export interface ReportWorkOptions {
  readonly redact: boolean;
  /** Whether this machine is not asked. */
  readonly offline: boolean;
  /** The dump that each is compared with. */
  readonly compare: string | undefined;
  readonly parent: string | undefined;
  readonly maxSize: number | undefined;
}

/** A page. */
export interface Page {
  readonly bytes: Uint8Array;
  /** Permission bits that it has at most: it is as secret as the dump. */
  readonly mode: number;
}

/** Makes the page of a dump, which is small: what is in it is compressed. */
export const reportWork = fleetWork<ReportWorkOptions, Page>(
  import.meta.url,
  "crit report",
  async (path, options) => {
    using dump = await openDump(path, options);
    const result = { bytes: await pageOf(dump, options), mode: modeOfDump(dump.source) };
    const faults = dump.allFaults;
    return { code: faults.length > 0 ? 3 : 0, result, faults };
  },
);

async function pageOf(
  dump: Dump,
  { compare, redact, offline, maxSize }: ReportWorkOptions,
): Promise<Uint8Array> {
  using other = compare === undefined ? undefined : await openDump(compare, { maxSize });
  const comparison = other === undefined ? undefined : await comparisonOf(other, dump);
  const pieces: string[] = [];
  const options = {
    redact,
    made: new Date(),
    version: VERSION,
    comparison,
    asked: offline ? undefined : thisMachine(),
    changes: await changesOf(dump, maxSize),
  };
  for await (const piece of reportPage(dump, options)) {
    pieces.push(piece);
    await yieldToEventLoop();
  }
  return new TextEncoder().encode(pieces.join(""));
}

/** What differs between two dumps; few reports compare, and what does it is loaded for them. */
async function comparisonOf(older: Dump, newer: Dump): Promise<Comparison> {
  const { comparisonOf }: typeof import("../../../images/report/compare.ts") = await import(
    lazySpecifier("../../../images/report/compare.ts")
  );
  return comparisonOf(older, newer);
}

/** What the container changed of its root file system; damage there is a fault of the dump. */
async function changesOf(dump: Dump, maxSize: number | undefined): Promise<RootfsChange[]> {
  const { beside } = dump.source;
  if (beside === undefined) return [];
  try {
    const { rootfsChanges }: typeof import("../../../images/container/rootfs.ts") = await import(
      lazySpecifier("../../../images/container/rootfs.ts")
    );
    return await rootfsChanges(beside, maxSize);
  } catch (error) {
    if (!(error instanceof CritError)) throw error;
    dump.faults.push(error);
    return [];
  }
}

/** The machine that the report is made on. */
function thisMachine(): AskedMachine {
  return {
    machine: new LocalMachine(),
    demands: DEMANDS,
    name: "the machine that made this report",
  };
}
