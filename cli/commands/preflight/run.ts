/** What `crit preflight` does. @module */

import { isDirectory } from "../../../images/bytes/io.ts";
import { RULES } from "../../../images/check/rules/mod.ts";
import { openDump } from "../../../images/dump/open.ts";
import { CritError } from "../../../images/errors.ts";
import { DEMANDS } from "../../../images/restore/demands/mod.ts";
import { canRestore, preflight } from "../../../images/restore/preflight.ts";
import { LocalMachine } from "../../files/local_machine.ts";
import { loadPlugins } from "../../images/plugins.ts";
import type { Arguments, Context } from "../../line/command.ts";
import { lookOf, writeText } from "../../terminal/terminal.ts";
import type { declaration } from "./declaration.ts";
import { preflightJson, preflightText } from "./text.ts";

export async function run(args: Arguments<typeof declaration>, context: Context): Promise<number> {
  await loadPlugins(context.plugins);
  const { root, offline } = args;
  if (root !== undefined && !isDirectory(root)) {
    throw new CritError("file", "it is not a directory", { image: root });
  }
  using dump = await openDump(args.dump, { parent: args.parent });
  const found = preflight(dump, {
    machine: offline ? undefined : new LocalMachine(root),
    newPidNamespace: args.pidNamespace === "new",
    hasRoot: root !== undefined,
    onlyUnfulfilled: !args.json && !args.all,
    rules: RULES,
    demands: DEMANDS,
  });
  const images = isDirectory(dump.path) ? dump.path : undefined;
  const options = { dump: args.dump, images, root, all: args.all, offline };
  const look = lookOf("stdout", context.color);
  writeText(args.json ? preflightJson(found, options) : preflightText(found, options, look));
  return canRestore(found) ? 0 : 1;
}
