/** What `crit stats` does. @module */

import { printable } from "../../../images/bytes/printable.ts";
import { CritError } from "../../../images/errors.ts";
import { archiveLimits } from "../../files/max_size.ts";
import { Answers } from "../../fleet/answers.ts";
import { lookAtAll } from "../../fleet/fleet.ts";
import { namesOf } from "../../fleet/names.ts";
import { loadPlugins } from "../../images/plugins.ts";
import type { Arguments, Context } from "../../line/command.ts";
import { lookOf, usesColor, writeText } from "../../terminal/terminal.ts";
import type { declaration } from "./declaration.ts";
import { type Counted, statsWork } from "./work.ts";

export async function run(args: Arguments<typeof declaration>, context: Context): Promise<number> {
  await loadPlugins(context.plugins);
  const dumps = await namesOf(args.dumps, args);
  if (dumps.length === 0 && args.from === undefined) {
    throw new CritError("usage", "stats needs a DUMP");
  }
  const isSingle = args.dumps.length === 1 && args.from === undefined;
  const { paint, width } = lookOf("stdout", context.color);
  const answers = new Answers<Counted>({
    ...args,
    isSingle,
    objects: (result) => "object" in result ? [result.object] : [],
    print: (path, result, index) => {
      if (!("text" in result)) return;
      const head = isSingle ? "" : `${index > 0 ? "\n" : ""}${paint("bold", printable(path))}\n`;
      writeText(head + result.text);
    },
  });
  const options = {
    pages: args.pages,
    parent: args.parent,
    ...archiveLimits(args),
    isSingle: isSingle && !args.jsonl,
    color: args.json || args.jsonl ? undefined : usesColor("stdout", context.color),
    width,
  };
  const fleet = { jobs: args.jobs ?? 1, plugins: context.plugins, options };
  const code = await lookAtAll(statsWork, dumps, fleet, (path, outcome) => {
    answers.add(path, outcome);
    return true;
  });
  answers.end();
  return code;
}
