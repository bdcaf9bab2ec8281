/** What `crit check` does. @module */

import { nearest } from "../../../images/bytes/nearest.ts";
import { checkDump } from "../../../images/check/check.ts";
import type { Rule } from "../../../images/check/rule.ts";
import { RULES } from "../../../images/check/rules/mod.ts";
import { openDump } from "../../../images/dump/open.ts";
import { CritError } from "../../../images/errors.ts";
import { loadPlugins } from "../../images/plugins.ts";
import type { Arguments, Context } from "../../line/command.ts";
import { lookOf, writeText } from "../../terminal/terminal.ts";
import type { declaration } from "./declaration.ts";
import { reportJson, reportText, rulesJson, rulesText } from "./text.ts";

/** Runs `crit check`. */
export async function run(args: Arguments<typeof declaration>, context: Context): Promise<number> {
  await loadPlugins(context.plugins);
  const rules = chosen(args);
  const look = lookOf("stdout", context.color);
  if (args.list) {
    writeText(args.json ? rulesJson(rules) : rulesText(rules, look));
    return 0;
  }
  if (args.dump === undefined) throw new CritError("usage", "check needs a DUMP, or --list");
  using dump = await openDump(args.dump, { parent: args.parent });
  const report = checkDump(dump, rules);
  const options = { dump: args.dump, rules: rules.length, hints: args.fixHints };
  writeText(args.json ? reportJson(report, options) : reportText(report, options, look));
  return report.counts.error > 0 ? 1 : 0;
}

/** The rules that `--only` and `--ignore` leave. */
function chosen({ only, ignore }: { only: readonly string[]; ignore: readonly string[] }): Rule[] {
  for (const id of [...only, ...ignore]) {
    if (!RULES.some((rule) => rule.id === id)) throw unknownRule(id);
  }
  return RULES.filter(({ id }) => (only.length === 0 || only.includes(id)) && !ignore.includes(id));
}

function unknownRule(id: string): CritError {
  const near = nearest(id, RULES.map((rule) => rule.id));
  const hint = near === undefined ? "crit check --list names them all" : `did you mean ${near}?`;
  return new CritError("usage", `there is no rule ${id}`, {}, hint);
}
