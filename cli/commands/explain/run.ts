/** What `crit explain` does. @module */

import { openDump } from "../../../images/dump/open.ts";
import { dataError } from "../../../images/errors.ts";
import { explain, LOG_TAIL } from "../../../images/logs/explain.ts";
import { parseLog } from "../../../images/logs/log.ts";
import { openInput } from "../../files/input.ts";
import { loadPlugins } from "../../images/plugins.ts";
import type { Arguments, Context } from "../../line/command.ts";
import { lookOf, writeText } from "../../terminal/terminal.ts";
import type { declaration } from "./declaration.ts";
import { explainedJson, explainedText } from "./text.ts";

export async function run(args: Arguments<typeof declaration>, context: Context): Promise<number> {
  await loadPlugins(context.plugins);
  const log = parseLog(readTail(args.log));
  if (!log.isLog) throw dataError("it is not a log of CRIU", { image: args.log });
  using dump = args.dump === undefined ? undefined : await openDump(args.dump);
  const found = explain(log, dump);
  const options = { path: args.log, list: args.list };
  const look = lookOf("stdout", context.color);
  writeText(args.json ? explainedJson(found, options) : explainedText(found, options, look));
  return found.cause !== undefined && found.known === undefined ? 1 : 0;
}

/** The text of a log, or the end of a very long one. */
function readTail(path: string): string {
  using input = openInput(path);
  const pieces: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const piece = new Uint8Array(1 << 16);
    const count = input.readSync(piece);
    if (count === null) break;
    pieces.push(piece.subarray(0, count));
    size += count;
    while (size - pieces[0]!.length >= LOG_TAIL) size -= pieces.shift()!.length;
  }
  const decoder = new TextDecoder();
  return pieces.map((piece) => decoder.decode(piece, { stream: true })).join("") + decoder.decode();
}
