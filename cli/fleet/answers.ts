/**
 * Prints the results for many dumps: as text, as one JSON list, or as a JSON object on each line.
 *
 * @module
 */

import { jsonLine, jsonText } from "../terminal/json_text.ts";
import { warn, writeText } from "../terminal/terminal.ts";
import type { DumpOutcome } from "./work.ts";

/** The form of the results. */
export interface AnswerForm<R> {
  readonly json: boolean;
  readonly jsonl: boolean;
  /** Whether only one dump is given, whose JSON is not a list. */
  readonly isSingle: boolean;
  /** The JSON objects of a result. */
  readonly objects: (result: R, path: string) => readonly object[];
  /** Prints a result for people; `index` counts the results before it. */
  readonly print: (path: string, result: R, index: number) => void;
}

/** Prints the outcomes of dumps. */
export class Answers<R> {
  readonly #objects: object[] = [];
  #count = 0;

  constructor(readonly form: AnswerForm<R>) {}

  /** Prints a dump's outcome, or keeps it for the list. */
  add(path: string, outcome: DumpOutcome<R>): void {
    const { json, jsonl, isSingle, objects, print } = this.form;
    const { result, lines } = outcome;
    if (jsonl || (json && !isSingle)) {
      const found = result === undefined ? [{ dump: path }] : objects(result, path);
      for (const object of found) {
        const whole = { ...object, exit_code: outcome.code, faults: lines.map(withoutName) };
        if (jsonl) writeText(jsonLine(whole));
        else this.#objects.push(whole);
      }
      return;
    }
    if (result !== undefined) {
      if (json) writeText(jsonText(objects(result, path)[0]));
      else print(path, result, this.#count++);
    }
    for (const line of lines) warn(isSingle ? line : named(path, line));
  }

  /** Prints the list. */
  end(): void {
    const { json, jsonl, isSingle } = this.form;
    if (json && !jsonl && !isSingle) writeText(jsonText(this.#objects));
  }
}

const PREFIX = "crit: ";

function withoutName(line: string): string {
  return line.startsWith(PREFIX) ? line.slice(PREFIX.length) : line;
}

/** A line with the name of its dump. */
function named(path: string, line: string): string {
  const text = withoutName(line);
  return text.includes(path) ? line : `${PREFIX}${path}: ${text}`;
}
