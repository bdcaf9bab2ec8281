/** What `crit container` finds out about one checkpoint or all in an archive. @module */

import { documentsOf } from "../../../images/container/documents.ts";
import { factsOf } from "../../../images/container/facts.ts";
import { factsJson } from "../../../images/container/facts_json.ts";
import type { Checkpoint } from "../../../images/dump/archive.ts";
import { Dump } from "../../../images/dump/dump.ts";
import { openCheckpoints } from "../../../images/dump/open.ts";
import type { CritError } from "../../../images/errors.ts";
import "../../../plugins/mod.ts";
import { fleetWork } from "../../fleet/work.ts";
import { lazySpecifier } from "../../line/lazy_specifier.ts";
import { type ContainerRow, rowOf } from "./row.ts";

/** What is asked for. */
export interface ContainerOptions {
  /** Whether the processes are shown too. */
  readonly isFull: boolean;
  /** Whether text is wanted, and with which colours. */
  readonly color: boolean | undefined;
  /** Columns of the text. */
  readonly width: number;
  readonly maxSize: number | undefined;
}

/** A checkpoint that was found. */
export interface FoundContainer {
  readonly row: ContainerRow;
  readonly object: object;
  /** In full, for people. */
  readonly text: string | undefined;
}

/** Looks at the checkpoints at a path. */
export const containerWork = fleetWork<ContainerOptions, readonly FoundContainer[]>(
  import.meta.url,
  "crit container",
  async (path, options) => {
    using opened = await openCheckpoints(path, { maxSize: options.maxSize });
    const faults: CritError[] = [];
    const result: FoundContainer[] = [];
    for (const checkpoint of opened.checkpoints) {
      result.push(await lookAt(checkpoint, options, faults));
    }
    return { code: faults.length > 0 ? 3 : 0, result, faults };
  },
);

async function lookAt(
  checkpoint: Checkpoint,
  options: ContainerOptions,
  faults: CritError[],
): Promise<FoundContainer> {
  const documents = documentsOf(checkpoint);
  const facts = factsOf(checkpoint, documents);
  const object = factsJson(facts, documents);
  const row = rowOf(facts);
  faults.push(...documents.faults);
  const { source } = checkpoint;
  if (source?.fault !== undefined) faults.push(source.fault);
  if (!options.isFull) return { row, object, text: undefined };
  const { detailsOf }: typeof import("./details.ts") = await import(lazySpecifier("./details.ts"));
  const dump = source === undefined ? undefined : new Dump(source);
  const details = detailsOf(dump);
  for (const fault of dump?.allFaults ?? []) {
    if (fault !== source?.fault) faults.push(fault);
  }
  let text: string | undefined;
  if (options.color !== undefined) {
    const { fullText }: typeof import("./text.ts") = await import(lazySpecifier("./text.ts"));
    text = fullText(facts, details, { color: options.color, width: options.width });
  }
  return { row, object: { ...object, ...details?.json }, text };
}
