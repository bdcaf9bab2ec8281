/** What `crit search` does. @module */

import { printable } from "../../../images/bytes/printable.ts";
import "../../../plugins/mod.ts";
import { sumOfUnseen, type Unseen, warnOfUnseen } from "../../files/memory.ts";
import { Answers } from "../../fleet/answers.ts";
import { lookAtAll } from "../../fleet/fleet.ts";
import { namesOf } from "../../fleet/names.ts";
import { loadPlugins } from "../../images/plugins.ts";
import type { Arguments, Context } from "../../line/command.ts";
import { cutLine } from "../../terminal/cut.ts";
import { jsonLine } from "../../terminal/json_text.ts";
import { lookOf, type Paint, usesColor, warn, writeText } from "../../terminal/terminal.ts";
import type { declaration } from "./declaration.ts";
import { searchOne } from "./one.ts";
import { parsePatterns, searchedOf } from "./patterns.ts";
import { type SearchResult, searchWork, type SearchWorkOptions } from "./work.ts";

type SearchArguments = Arguments<typeof declaration>;

export async function run(args: SearchArguments, context: Context): Promise<number> {
  await loadPlugins(context.plugins);
  const { dumps: named, texts } = searchedOf(args);
  const patterns = parsePatterns(texts, args);
  const { paint } = lookOf("stdout", context.color);
  const [only] = named;
  if (named.length === 1 && args.from === undefined && !args.jsonl) {
    return await searchOne(only!, args, patterns, paint);
  }
  return await searchMany(await namesOf(named, args), args, texts, context, paint);
}

async function searchMany(
  dumps: readonly string[],
  args: SearchArguments,
  texts: readonly string[],
  context: Context,
  paint: Paint,
): Promise<number> {
  let unseen: Unseen = sumOfUnseen([]);
  let isFound = false;
  const answers = new Answers<SearchResult>({
    json: false,
    jsonl: args.jsonl,
    isSingle: false,
    objects: (result, path) => [objectOf(path, result, args)],
    print: (path, result) =>
      writeText(args.json ? jsonLines(path, result) : textLines(path, result, paint)),
  });
  const isJson = args.json || args.jsonl;
  const color = isJson ? undefined : usesColor("stdout", context.color);
  const options: SearchWorkOptions = { ...args, texts, color };
  const fleet = { jobs: args.jobs ?? 1, plugins: context.plugins, options };
  const code = await lookAtAll(searchWork, dumps, fleet, (path, outcome) => {
    answers.add(path, outcome);
    const { result } = outcome;
    if (result !== undefined) {
      if (result.count > 0) isFound = true;
      unseen = sumOfUnseen([unseen, result.unseen]);
      if (result.leftOut > 0 && !args.jsonl) {
        const what = `${result.leftOut} further matches are left out`;
        warn(`crit: ${printable(path)}: ${what}: search it alone, or set a limit with --max`);
      }
    }
    // That one dump has none is the answer only if no other has one.
    return outcome.code > 1;
  });
  if (!args.jsonl) {
    warnOfUnseen(unseen, "searched", args.sysroot !== undefined, "the dumps do");
  }
  return code !== 0 ? code : isFound ? 0 : 1;
}

/** A line a match, with the dump's name before it, as grep prints it. */
function textLines(path: string, { lines }: SearchResult, paint: Paint): string {
  const name = `${paint("bold", printable(path))}:`;
  return lines.map((line) => `${cutLine(name + line.slice(0, -1))}\n`).join("");
}

/** An object a line and match, with the dump's name in it. */
function jsonLines(dump: string, { objects }: SearchResult): string {
  return objects.map((object) => jsonLine({ dump, ...object })).join("");
}

/** An object for a dump. */
function objectOf(dump: string, result: SearchResult, { count, list }: SearchArguments): object {
  const { objects, leftOut, unseen: { file, lazy, lost, files } } = result;
  const found = count || list ? { tasks: objects } : { matches: objects, left_out: leftOut };
  const not_searched = { mapped_files: file, lazy, lost, files };
  return { dump, count: result.count, ...found, not_searched };
}
