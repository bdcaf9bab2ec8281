/** `crit search` in one dump: matches are printed as they are found. @module */

import { MemorySearch } from "../../../images/memory/search.ts";
import { matcherOf } from "../../../images/search/matcher.ts";
import { withDump } from "../../files/dumps.ts";
import { choiceOf, unseenBy, warnOfUnseen } from "../../files/memory.ts";
import type { Arguments } from "../../line/command.ts";
import { ByteWriter } from "../../terminal/byte_writer.ts";
import { cutLine } from "../../terminal/cut.ts";
import { jsonLine } from "../../terminal/json_text.ts";
import { Progress } from "../../terminal/progress.ts";
import type { Paint } from "../../terminal/terminal.ts";
import type { declaration } from "./declaration.ts";
import {
  countLines,
  countObjects,
  countsOf,
  matchLines,
  matchObjects,
  USUAL_CONTEXT,
} from "./matches.ts";
import type { GivenPattern } from "./patterns.ts";

/** Searches one dump; gives the exit code. */
export async function searchOne(
  path: string,
  args: Arguments<typeof declaration>,
  patterns: readonly GivenPattern[],
  paint: Paint,
): Promise<number> {
  const choice = choiceOf(args);
  const { context, list, json } = args;
  let isFound = false;
  const code = await withDump({ ...args, dump: path }, (dump) => {
    using progress = new Progress("search");
    using search = new MemorySearch(dump, patterns.map(({ pattern }) => matcherOf(pattern)), {
      ...choice,
      context: context ?? USUAL_CONTEXT,
      most: list ? 1 : args.max,
      onRead: (count) => progress.advance(count),
    });
    const writer = new ByteWriter();
    for (const match of search.matches()) {
      isFound = true;
      if (args.count || list) continue;
      progress.clear();
      if (json) {
        for (const one of matchObjects(match, context, patterns)) writer.text(jsonLine(one));
      } else {
        const around = context ?? USUAL_CONTEXT;
        for (const line of matchLines(match, around, paint)) writer.text(`${cutLine(line)}\n`);
      }
    }
    progress.clear();
    if (args.count || list) {
      const counts = countsOf(search);
      const isList = !args.count;
      const lines = json ? countObjects(counts, isList).map(jsonLine) : countLines(counts, isList);
      for (const line of lines) writer.text(line);
    }
    writer.flush();
    warnOfUnseen(unseenBy(search.walk), "searched", args.sysroot !== undefined);
    return 0;
  });
  return code !== 0 ? code : isFound ? 0 : 1;
}
