/** Reports differences between two dumps or two images. @module */

import type { DumpComparison } from "../../images/diff/dumps.ts";
import type { FieldChange } from "../../images/diff/fields.ts";
import { NO_ROW_CHANGES } from "../../images/diff/rows.ts";
import type { Context } from "../line/command.ts";
import { cutLine } from "../terminal/cut.ts";
import { lookOf, writeText } from "../terminal/terminal.ts";
import { fieldJson, findingsJson, JsonObjectWriter } from "./json.ts";
import { changeLine, type DumpFindings, summaryText } from "./text.ts";

/** How differences are reported. */
export interface ReportArguments {
  readonly json: boolean;
  /** What is compared, as the user would name it. */
  readonly a: string;
  readonly b: string;
}

/** Prints what differs between two dumps; returns whether anything does. */
export function reportDumps(
  comparison: DumpComparison,
  args: ReportArguments,
  context: Pick<Context, "color">,
): boolean {
  const { images } = comparison;
  const fields = peeked(comparison.fields());
  const isSame = fields.isEmpty && images.added.length + images.removed.length === 0;
  // Where no field differs, no row does.
  const rows = isSame ? NO_ROW_CHANGES : comparison.rows;
  const { memory, holes } = comparison;
  return report(fields.all, args, context, { images, rows, memory, holes });
}

/** Prints fields that differ between two images; returns whether any does. */
export function reportChanges(
  changes: Iterable<FieldChange>,
  args: ReportArguments,
  context: Pick<Context, "color">,
): boolean {
  return report(peeked(changes).all, args, context);
}

/** Takes the first item of a row at once, so that it is known whether there is any. */
function peeked<T>(items: Iterable<T>): { readonly isEmpty: boolean; readonly all: Iterable<T> } {
  const rest = items[Symbol.iterator]();
  const first = rest.next();
  const all = function* () {
    for (let step = first; !step.done; step = rest.next()) yield step.value;
  };
  return { isEmpty: first.done === true, all: all() };
}

/** Prints what was found; tells whether there was anything. */
function report(
  fields: Iterable<FieldChange>,
  args: ReportArguments,
  { color }: Pick<Context, "color">,
  findings?: DumpFindings,
): boolean {
  let differs = findings !== undefined && isTelling(findings);
  const counted = (function* () {
    for (const change of fields) {
      differs = true;
      yield change;
    }
  })();
  using output = new BatchedText();
  const write = (text: string) => output.write(text);
  if (!args.json) {
    const { paint } = lookOf("stdout", color);
    if (findings !== undefined) write(summaryText(findings, paint));
    for (const change of counted) write(`${cutLine(changeLine(change, paint))}\n`);
    return differs;
  }
  const object = new JsonObjectWriter(write);
  object.member("a", args.a);
  object.member("b", args.b);
  for (const [key, value] of Object.entries(findings === undefined ? {} : findingsJson(findings))) {
    object.member(key, value);
  }
  object.list("fields", counted[Symbol.iterator]().map(fieldJson));
  object.member("equal", !differs);
  object.end();
  return differs;
}

function isTelling({ images, memory }: DumpFindings): boolean {
  return images.added.length + images.removed.length + memory.length > 0;
}

/** Standard output in large pieces. */
class BatchedText implements Disposable {
  #pieces: string[] = [];
  #length = 0;

  write(text: string): void {
    this.#pieces.push(text);
    this.#length += text.length;
    if (this.#length >= BATCH) this.flush();
  }

  flush(): void {
    if (this.#length > 0) writeText(this.#pieces.join(""));
    this.#pieces = [];
    this.#length = 0;
  }

  [Symbol.dispose](): void {
    this.flush();
  }
}

/** Characters that are written at a time. */
const BATCH = 1 << 16;
