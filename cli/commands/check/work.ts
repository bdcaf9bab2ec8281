/** What `crit check` does with one dump. @module */

import { checkDump } from "../../../images/check/check.ts";
import type { Rule } from "../../../images/check/rule.ts";
import { RULES } from "../../../images/check/rules/mod.ts";
import { openDump } from "../../../images/dump/open.ts";
import "../../../plugins/mod.ts";
import { fleetWork } from "../../fleet/work.ts";
import { painter } from "../../terminal/terminal.ts";
import { findingsText, reportObject } from "./text.ts";

/** How dumps are checked. */
export interface CheckOptions {
  /** Names of the rules; all unless there are some. */
  readonly only: readonly string[];
  /** Names of rules that are left out. */
  readonly ignore: readonly string[];
  readonly hints: boolean;
  readonly parent: string | undefined;
  readonly maxSize: number | undefined;
  /** Whether text is coloured; undefined when an object is wanted. */
  readonly color: boolean | undefined;
  /** Columns of the text. */
  readonly width: number;
}

/** A report, as text or as an object. */
export type Checked = { readonly text: string } | { readonly object: object };

/** The rules that `--only` and `--ignore` leave. */
export function chosenRules({ only, ignore }: Pick<CheckOptions, "only" | "ignore">): Rule[] {
  return RULES.filter(({ id }) => (only.length === 0 || only.includes(id)) && !ignore.includes(id));
}

/** Checks a dump. */
export const checkWork = fleetWork<CheckOptions, Checked>(
  import.meta.url,
  "crit check",
  async (path, options) => {
    const { parent, maxSize, hints, color, width } = options;
    const rules = chosenRules(options);
    using dump = await openDump(path, { parent, maxSize });
    const report = checkDump(dump, rules, Deno.build.arch);
    const about = { dump: path, rules: rules.length, hints };
    const result = color === undefined
      ? { object: reportObject(report, about) }
      : { text: findingsText(report, about, { paint: painter(color), width }) };
    return { code: report.counts.error > 0 ? 1 : 0, result, faults: [] };
  },
);
