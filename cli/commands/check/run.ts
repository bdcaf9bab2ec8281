/** What `crit check` does. @module */

import { nearest } from "../../../images/bytes/nearest.ts";
import { RULES } from "../../../images/check/rules/mod.ts";
import { CritError } from "../../../images/errors.ts";
import { archiveLimits } from "../../files/max_size.ts";
import { Answers } from "../../fleet/answers.ts";
import { lookAtAll } from "../../fleet/fleet.ts";
import { namesOf } from "../../fleet/names.ts";
import { loadPlugins } from "../../images/plugins.ts";
import type { Arguments, Context } from "../../line/command.ts";
import { lookOf, usesColor, writeText } from "../../terminal/terminal.ts";
import type { declaration } from "./declaration.ts";
import { rulesJson, rulesText } from "./text.ts";
import { type Checked, checkWork, chosenRules } from "./work.ts";

export async function run(args: Arguments<typeof declaration>, context: Context): Promise<number> {
  await loadPlugins(context.plugins);
  for (const id of [...args.only, ...args.ignore]) {
    if (!RULES.some((rule) => rule.id === id)) throw unknownRule(id);
  }
  const look = lookOf("stdout", context.color);
  if (args.list) {
    const rules = chosenRules(args);
    writeText(args.json ? rulesJson(rules) : rulesText(rules, look));
    return 0;
  }
  const dumps = await namesOf(args.dumps, args);
  const isSingle = args.dumps.length === 1 && args.from === undefined;
  if (dumps.length === 0 && args.from === undefined) {
    throw new CritError("usage", "check needs a DUMP, or --list");
  }
  const answers = new Answers<Checked>({
    ...args,
    isSingle,
    objects: (result) => "object" in result ? [result.object] : [],
    print: (_path, result, index) => {
      if ("text" in result) writeText(index > 0 ? `\n${result.text}` : result.text);
    },
  });
  const options = {
    only: args.only,
    ignore: args.ignore,
    hints: args.fixHints,
    parent: args.parent,
    ...archiveLimits(args),
    color: args.json || args.jsonl ? undefined : usesColor("stdout", context.color),
    width: look.width,
  };
  const fleet = { jobs: args.jobs ?? 1, plugins: context.plugins, options };
  const code = await lookAtAll(checkWork, dumps, fleet, (path, outcome) => {
    answers.add(path, outcome);
    return true;
  });
  answers.end();
  return code;
}

function unknownRule(id: string): CritError {
  const near = nearest(id, RULES.map((rule) => rule.id));
  const hint = near === undefined ? "crit check --list names them all" : `did you mean ${near}?`;
  return new CritError("usage", `there is no rule ${id}`, {}, hint);
}
