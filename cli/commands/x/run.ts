/** What `crit x` does. @module */

import type { RootfsChange } from "../../../images/container/rootfs.ts";
import type { Dump } from "../../../images/dump/dump.ts";
import type { Task } from "../../../images/dump/task.ts";
import { CritError, dataError } from "../../../images/errors.ts";
import { absentPages } from "../../../images/explore/absent.ts";
import { views } from "../../../images/explore/mod.ts";
import "../../../plugins/mod.ts";
import { withDump } from "../../files/dumps.ts";
import { loadPlugins } from "../../images/plugins.ts";
import type { Arguments, Context } from "../../line/command.ts";
import { lazySpecifier } from "../../line/lazy_specifier.ts";
import { jsonText } from "../../terminal/json_text.ts";
import { layoutText } from "../../terminal/table.ts";
import { lookOf, warn, writeText } from "../../terminal/terminal.ts";
import type { declaration } from "./declaration.ts";

export async function run(args: Arguments<typeof declaration>, context: Context): Promise<number> {
  await loadPlugins(context.plugins);
  return await withDump(args, async (dump) => {
    requireTasks(dump);
    const changes = args.view === "rootfs" ? await changesOf(dump) : undefined;
    const tasks = args.pid.length === 0 ? dump.tasks : tasksOf(dump, args.pid);
    const { rows, layout } = views[args.view].show(dump, {
      tasks,
      args: args.args,
      tree: args.tree,
      changes,
    });
    writeText(
      args.json ? jsonText(rows) : layoutText(layout, lookOf("stdout", context.color).paint),
    );
    const text = args.view === "env" ? "environment" : args.args ? "arguments" : undefined;
    const absent = text === undefined ? [] : absentPages(tasks, text);
    for (const line of absent) warn(`crit: ${line}`);
    return 0;
  });
}

/** @throws {CritError} `data` if it is a part of a dump without tasks */
function requireTasks({ kind, part, path }: Dump): void {
  if (kind === "dump" || part === undefined) return;
  const hint = "crit stats counts its pages, crit diff compares them";
  throw dataError(`${path}: it is ${part}: there are no tasks in it`, {}, hint);
}

/** What a container changed of its root file system. */
async function changesOf(dump: Dump): Promise<RootfsChange[]> {
  const { rootfsChanges }: typeof import("../../../images/container/rootfs.ts") = await import(
    lazySpecifier("../../../images/container/rootfs.ts")
  );
  return await rootfsChanges(dump.source.beside);
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
