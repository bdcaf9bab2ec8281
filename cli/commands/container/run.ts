/** What `crit container` does. @module */

import { CritError } from "../../../images/errors.ts";
import { archiveLimits } from "../../files/max_size.ts";
import { Answers } from "../../fleet/answers.ts";
import { lookAtAll } from "../../fleet/fleet.ts";
import { namesOf } from "../../fleet/names.ts";
import type { DumpOutcome } from "../../fleet/work.ts";
import { loadPlugins } from "../../images/plugins.ts";
import type { Arguments, Context } from "../../line/command.ts";
import { lookOf, usesColor, warn, writeText } from "../../terminal/terminal.ts";
import type { declaration } from "./declaration.ts";
import { candidatesAt } from "./find.ts";
import { type ContainerRow, containerTable } from "./row.ts";
import { containerWork, type FoundContainer } from "./work.ts";

export async function run(args: Arguments<typeof declaration>, context: Context): Promise<number> {
  await loadPlugins(context.plugins);
  const named = await namesOf(args.checkpoints, args);
  if (named.length === 0 && args.from === undefined) {
    throw new CritError("usage", "container needs a CHECKPOINT");
  }
  const candidates = [...candidatesAt(named)];
  const paths = candidates.map(({ path }) => path);
  const found = new Set(candidates.filter(({ isFound }) => isFound).map(({ path }) => path));
  const isFull = args.full || (candidates.length === 1 && !args.table && found.size === 0);
  const isJson = args.json || args.jsonl;
  const rows: ContainerRow[] = [];
  const answers = new Answers<readonly FoundContainer[]>({
    json: args.json,
    jsonl: args.jsonl,
    isSingle: false,
    objects: (result) => result.map(({ object }) => object),
    print: (_path, result, index) => {
      if (!isFull) rows.push(...result.map(({ row }) => row));
      else writeText((index > 0 ? "\n" : "") + result.map(({ text }) => text).join("\n"));
    },
  });
  const add = (path: string, outcome: DumpOutcome<readonly FoundContainer[]>) => {
    // An archive of something else, below a directory that was searched.
    if (found.has(path) && outcome.error === "no-dump") return false;
    answers.add(path, outcome);
    return true;
  };
  const code = await lookAtAll(containerWork, paths, {
    jobs: args.jobs ?? 1,
    plugins: context.plugins,
    options: {
      isFull,
      color: isJson ? undefined : usesColor("stdout", context.color),
      width: lookOf("stdout", context.color).width,
      ...archiveLimits(args),
    },
  }, add);
  answers.end();
  if (rows.length > 0) writeText(containerTable(rows, lookOf("stdout", context.color).paint));
  else if (found.size === 0 && paths.length === 0 && !isJson) warn("crit: there is no checkpoint");
  return code;
}
