/** What `crit hexdump` does. @module */

import type { Dump } from "../../../images/dump/dump.ts";
import { CritError } from "../../../images/errors.ts";
import { parseRange } from "../../../images/memory/choice.ts";
import { filled, type Stretch, stretchesOf } from "../../../images/memory/contents.ts";
import { type Space, spacesOf } from "../../../images/memory/spaces.ts";
import "../../../plugins/mod.ts";
import { withDump } from "../../files/dumps.ts";
import { choiceOf } from "../../files/memory.ts";
import { loadPlugins } from "../../images/plugins.ts";
import type { Arguments, Context } from "../../line/command.ts";
import type { declaration } from "./declaration.ts";
import { writeStretches } from "./file.ts";
import { printJson, printLines } from "./text.ts";

type HexdumpArguments = Arguments<typeof declaration>;

/** Bytes that are printed from an address on when nothing else is asked for. */
const USUAL_LENGTH = 256n;

export async function run(args: HexdumpArguments, context: Context): Promise<number> {
  await loadPlugins(context.plugins);
  return await withDump(args, async (dump) => {
    const stretches = stretchesIn(dump, args);
    if (args.out !== undefined) await writeStretches(stretches, args.out);
    else if (args.json) printJson(stretches);
    else printLines(stretches);
    return 0;
  });
}

/** What is meant: the task's memory at the addresses, or its areas. */
function stretchesIn(dump: Dump, args: HexdumpArguments): Iterable<Stretch> {
  const { where } = args;
  const choice = choiceOf(args);
  const range = where === undefined ? choice.range : parseRange(where, USUAL_LENGTH);
  const isNarrow = range !== undefined || args.area.length > 0 || args.perm !== undefined;
  if (!isNarrow) {
    throw new CritError(
      "usage",
      "an ADDRESS or --area is missing",
      {},
      "crit x DUMP mems lists them",
    );
  }
  const spaces = spacesOf(dump, { ...choice, range });
  const space = onlySpace(dump, spaces, args);
  const found = stretchesOf(dump, space, choice.openMapped);
  return range === undefined ? found : filled(found, range);
}

function onlySpace(dump: Dump, spaces: readonly Space[], { pid }: HexdumpArguments): Space {
  const [space, second] = spaces;
  if (space !== undefined && second === undefined) return space;
  if (pid.length > 0 && space === undefined) throw new CritError("data", `task ${pid} is dead`);
  const known = dump.tasks.slice(0, 10).map(({ pid }) => pid).join(", ");
  throw new CritError(
    "usage",
    "the dump has several tasks: choose one with -p",
    {},
    `it has ${known}`,
  );
}
