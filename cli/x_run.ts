/** What `crit x` does. @module */

import "../plugins/mod.ts";
import type { Dump } from "../images/dump/dump.ts";
import type { Task } from "../images/dump/task.ts";
import { CritError } from "../images/errors.ts";
import { views } from "../images/explore/mod.ts";
import type { Layout } from "../images/explore/view.ts";
import type { Arguments, Context } from "./command.ts";
import { withDump } from "./dumps.ts";
import { jsonText } from "./json_text.ts";
import { loadPlugins } from "./plugins.ts";
import { table } from "./table.ts";
import { lookOf, writeText } from "./terminal.ts";
import type { x } from "./x.ts";

/** Runs `crit x`. */
export async function run(args: Arguments<typeof x>, context: Context): Promise<number> {
  await loadPlugins(context);
  return await withDump(args, (dump) => {
    const tasks = args.pid.length === 0 ? dump.tasks : tasksOf(dump, args.pid);
    const { rows, layout } = views[args.view]!.show(dump, {
      tasks,
      args: args.args,
      tree: args.tree,
    });
    writeText(args.json ? jsonText(rows) : layoutText(layout, context));
    return 0;
  });
}

/** @throws {CritError} `usage` when there is no task of that number */
function tasksOf(dump: Dump, pids: readonly number[]): Task[] {
  const wanted = new Set(pids);
  const tasks = dump.tasks.filter(({ pid }) => wanted.delete(pid) || pids.includes(pid));
  for (const pid of wanted) {
    throw new CritError("usage", `there is no task ${pid}`, {}, "crit x DUMP ps lists them");
  }
  return tasks;
}

function layoutText(layout: Layout, context: Context): string {
  if ("lines" in layout) return layout.lines.map((line) => `${line}\n`).join("");
  return table(layout.headings, layout.cells, lookOf("stdout", context.color).paint);
}
