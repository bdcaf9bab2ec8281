/** What `crit search` does. @module */

import { hexText, printable } from "../../../images/bytes/printable.ts";
import { decodeText } from "../../../images/bytes/utf8.ts";
import { type MemoryMatch, MemorySearch } from "../../../images/memory/search.ts";
import { bytesText } from "../../../images/memory/text.ts";
import { matcherOf } from "../../../images/search/matcher.ts";
import "../../../plugins/mod.ts";
import { withDump } from "../../files/dumps.ts";
import { choiceOf, warnOfMissing } from "../../files/memory.ts";
import { loadPlugins } from "../../images/plugins.ts";
import type { Arguments, Context } from "../../line/command.ts";
import { ByteWriter } from "../../terminal/byte_writer.ts";
import { jsonLine } from "../../terminal/json_text.ts";
import { Progress } from "../../terminal/progress.ts";
import { lookOf, type Paint } from "../../terminal/terminal.ts";
import type { declaration } from "./declaration.ts";
import { type GivenPattern, patternsOf } from "./patterns.ts";

type SearchArguments = Arguments<typeof declaration>;

/** Bytes that are printed before and after a match when nothing else is asked for. */
const USUAL_CONTEXT = 16;

/** Most bytes of a match that are printed as text. */
const LONGEST_PRINTED = 1 << 12;

/** Runs `crit search`. */
export async function run(args: SearchArguments, context: Context): Promise<number> {
  await loadPlugins(context.plugins);
  const patterns = patternsOf(args);
  const choice = choiceOf(args);
  let isFound = false;
  const code = await withDump(args, (dump) => {
    using progress = new Progress("search");
    using search = new MemorySearch(dump, patterns.map(({ pattern }) => matcherOf(pattern)), {
      ...choice,
      context: args.context ?? USUAL_CONTEXT,
      most: args.list ? 1 : args.max,
      onRead: (count) => progress.advance(count),
    });
    const writer = new ByteWriter();
    const print = printer(args, patterns, lookOf("stdout", context.color).paint);
    for (const match of search.matches()) {
      isFound = true;
      if (!args.count && !args.list) {
        progress.clear();
        for (const line of print(match)) writer.text(line);
      }
    }
    progress.clear();
    if (args.count || args.list) {
      for (const line of countLines(search, args)) writer.text(line);
    }
    writer.flush();
    warnOfMissing(search.walk, "searched", args.sysroot !== undefined);
    return 0;
  });
  return code !== 0 ? code : isFound ? 0 : 1;
}

/** A line for each task: with its matches, or where it has one. */
function* countLines(search: MemorySearch, args: SearchArguments): Generator<string> {
  for (const space of search.spaces) {
    const count = search.countOf(space);
    for (const { pid } of space.tasks) {
      if (args.json) {
        if (args.count || count > 0) {
          yield jsonLine(args.count ? { pid, count } : { pid });
        }
      } else if (args.count) yield `${pid}:${count}\n`;
      else if (count > 0) yield `${pid}\n`;
    }
  }
}

/** Makes lines of matches: one for each task that has it in memory. */
function printer(
  args: SearchArguments,
  patterns: readonly GivenPattern[],
  paint: Paint,
): (match: MemoryMatch) => Generator<string> {
  return args.json
    ? jsonPrinter(args, patterns)
    : textPrinter(args.context ?? USUAL_CONTEXT, paint);
}

function textPrinter(context: number, paint: Paint): (match: MemoryMatch) => Generator<string> {
  return function* (match) {
    const { bytes } = match;
    const { before, after } = match.around(context);
    const cut = bytes.length > LONGEST_PRINTED ? "…" : "";
    const found = paint("red", bytesText(bytes.subarray(0, LONGEST_PRINTED)) + cut);
    const place = `${paint("green", hexText(match.address))} ${printable(match.area.name)}`;
    const text = `${bytesText(before)}${found}${bytesText(after)}`;
    for (const { pid } of match.space.tasks) yield `${paint("cyan", `${pid}`)} ${place}: ${text}\n`;
  };
}

function jsonPrinter(
  { context }: SearchArguments,
  patterns: readonly GivenPattern[],
): (match: MemoryMatch) => Generator<string> {
  return function* (match) {
    const { bytes, address, area } = match;
    const { before, after } = match.around(context ?? 0);
    const place = {
      address: hexText(address),
      area: area.name,
      pattern: patterns[match.pattern]!.text,
      length: bytes.length,
      match: decodeText(bytes),
      hex: bytes.toHex(),
      ...(context === undefined ? {} : { before: before.toHex(), after: after.toHex() }),
    };
    for (const { pid } of match.space.tasks) yield jsonLine({ pid, ...place });
  };
}
