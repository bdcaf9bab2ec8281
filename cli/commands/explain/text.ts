/** How `crit explain` words what a log comes to. @module */

import { printable } from "../../../images/bytes/printable.ts";
import type { Explained } from "../../../images/logs/explain.ts";
import type { LogLine } from "../../../images/logs/log.ts";
import { wrapLine } from "../../terminal/cut.ts";
import { jsonText } from "../../terminal/json_text.ts";
import type { Look } from "../../terminal/terminal.ts";

/** Columns before what a label names. */
const LABEL = 9;

/** How an explanation is told. */
export interface ExplainTextOptions {
  /** Path of the log, as the user gave it. */
  readonly path: string;
  /** Whether further errors are told. */
  readonly list: boolean;
}

/** `line 812: criu/files-reg.c:2175: File a has bad size 10 (expect 5)` */
function lineText({ number, source, message, pid }: LogLine): string {
  const who = pid === undefined ? "" : `process ${pid}: `;
  return printable(`line ${number}: ${source}: ${who}${message}`);
}

/** An explanation for people. */
export function explainedText(
  found: Explained,
  { path, list }: ExplainTextOptions,
  look: Look,
): string {
  const { log, cause, known, others } = found;
  const lines: string[] = [];
  if (log.succeeded) lines.push(printable(`${path}: CRIU came to its end, nothing failed`));
  else if (cause === undefined) {
    lines.push(
      printable(
        `${path}: there is no error in it, and CRIU does not say that it came to its end: ` +
          "it was killed, it hangs, or the log is not whole",
      ),
    );
  } else {
    const label = (text: string) => look.paint("bold", text.padEnd(7));
    lines.push(`${label("error")}  ${lineText(cause)}`);
    if (known === undefined) {
      lines.push(`${label("means")}  this error is not known; crit check may tell more`);
    } else {
      lines.push(`${label("means")}  ${printable(known.means)}`);
      if (known.place !== undefined) {
        const { image, entry, field } = known.place;
        const parts = [
          image,
          ...entry === undefined ? [] : [`entry ${entry}`],
          ...field ? [field] : [],
        ];
        lines.push(`${label("where")}  ${printable(parts.join(": "))}`);
      }
      lines.push(`${label("do")}  ${printable(known.fix)}`);
    }
    if (log.succeeded === undefined) {
      lines.push(
        `${label("note")}  CRIU does not say how it ended: it crashed or was killed after this`,
      );
    }
  }
  if (list) {
    for (const line of others) lines.push(`${look.paint("dim", "also   ")}  ${lineText(line)}`);
  } else if (others.length > 0) {
    const what = others.length === 1 ? "error is" : "errors are";
    lines.push(look.paint("dim", `${others.length} further ${what} in the log: --list`));
  }
  return lines.map((line) => `${wrapLine(line, LABEL)}\n`).join("");
}

/** An explanation for programs; its keys are those of docs/RESTORE.md. */
export function explainedJson(found: Explained, { path }: ExplainTextOptions): string {
  const { log, cause, known, others } = found;
  const line = ({ number, source, pid, message }: LogLine) => ({
    line: number,
    source,
    pid: pid ?? null,
    message,
  });
  const place = known?.place;
  const facts = {
    log: path,
    action: log.action ?? null,
    succeeded: log.succeeded ?? null,
    error: cause === undefined ? null : line(cause),
    known: known?.explanation.id ?? null,
    means: known?.means ?? null,
    fix: known?.fix ?? null,
    place: place === undefined
      ? null
      : { image: place.image, entry: place.entry ?? null, field: place.field ?? null },
    others: others.map(line),
  };
  return jsonText(facts);
}
