/** What `crit coredump` does. @module */

import { isDirectory } from "../../../images/bytes/io.ts";
import { below, withoutSlash } from "../../../images/bytes/paths.ts";
import { permissionsOfNew } from "../../../images/bytes/written_file.ts";
import { Core, type CoreOptions } from "../../../images/coredump/core.ts";
import { findTask } from "../../../images/coredump/find_task.ts";
import { filesBelow } from "../../../images/coredump/local_files.ts";
import { type CoreSink, writeCoreTo } from "../../../images/coredump/write.ts";
import type { Dump } from "../../../images/dump/dump.ts";
import { JOIN_HALVES, lacksPageMaps } from "../../../images/dump/kind.ts";
import type { Task } from "../../../images/dump/task.ts";
import { CritError, dataError } from "../../../images/errors.ts";
import { withDump } from "../../files/dumps.ts";
import { OutputDirectory } from "../../files/new_directory.ts";
import { openEntry, openOutput, type Output } from "../../files/output.ts";
import { loadPlugins } from "../../images/plugins.ts";
import type { Arguments, Context } from "../../line/command.ts";
import { yieldToEventLoop } from "../../terminal/interrupt.ts";
import { jsonText } from "../../terminal/json_text.ts";
import { Progress } from "../../terminal/progress.ts";
import { writeText } from "../../terminal/terminal.ts";
import type { declaration } from "./declaration.ts";
import { CoredumpReport, type WrittenCore } from "./report.ts";

type CoredumpArguments = Arguments<typeof declaration>;

/** Where core files go. */
type Place = { readonly file: string } | { readonly directory: string };

export async function run(args: CoredumpArguments, context: Context): Promise<number> {
  await loadPlugins(context.plugins);
  return await withDump(args, async (dump) => {
    const tasks = tasksOf(dump, args.pid);
    const place = placeOf(tasks, args);
    if (args.json && "file" in place && place.file === "-") {
      throw new CritError("usage", "coredump: --json needs --out");
    }
    const openMapped = args.noFiles ? undefined : filesBelow(args.sysroot);
    const report = new CoredumpReport(args.dump);
    await writeCores(tasks, place, { openMapped, filter: args.filter }, report);
    if (args.json) writeText(jsonText(report.rows));
    report.finish();
    if (!report.hasParents) return 3;
    // Of a task that was asked for by its number there should be a core file.
    return args.pid.length > 0 && tasks.some(({ isDead }) => isDead) ? 1 : 0;
  });
}

/**
 * The tasks that are asked for: all, or those with these numbers.
 *
 * @throws {CritError} `data` if it is a part of a dump, which no core file can be made of
 */
function tasksOf(dump: Dump, pids: readonly number[]): readonly Task[] {
  const { part, path } = dump;
  if (part !== undefined) {
    const hint = lacksPageMaps(dump) || dump.kind === "pages"
      ? JOIN_HALVES
      : "a core file is made of the dump that builds upon it";
    throw dataError(`${path}: it is ${part}: a core file cannot be made from it`, {}, hint);
  }
  const { error } = dump.image("pstree.img");
  if (error !== undefined) throw error;
  return pids.length === 0 ? dump.tasks : [...new Set(pids)].map((pid) => findTask(dump, pid));
}

/** Writes all core files that can be made. */
async function writeCores(
  tasks: readonly Task[],
  place: Place,
  options: CoreOptions,
  report: CoredumpReport,
): Promise<void> {
  for (const task of tasks) {
    try {
      if (task.isDead) report.dead(task);
      else report.written(task, await writeCore(task, place, options));
    } catch (error) {
      if (!(error instanceof CritError)) throw error;
      report.failed(task, error);
    } finally {
      task.release();
    }
  }
}

/**
 * Where core files go: a file, `-`, or a directory.
 *
 * @throws {CritError} `usage` when several would go to one place
 */
function placeOf(tasks: readonly Task[], { out, pid }: CoredumpArguments): Place {
  const isOne = pid.length > 0 && tasks.length === 1;
  if (isDirectory(out) || out.endsWith("/")) return { directory: out };
  if (isOne) return { file: out };
  if (out !== "-") return { directory: out };
  throw new CritError("usage", "standard output takes one core file", {}, "choose it with -p");
}

/** Permission bits of a core file, which are those that the kernel gives it (fs/coredump.c). */
const CORE_MODE = 0o600;

function pathOf(place: Place, { pid }: Task): string {
  return "file" in place ? place.file : below(withoutSlash(place.directory), `core.${pid}`);
}

/** Opens a task's core file; one that goes into a directory replaces a link of its name. */
function openCore(place: Place, task: Task): Output {
  if ("file" in place) return openOutput(place.file, CORE_MODE);
  const directory = new OutputDirectory(withoutSlash(place.directory));
  directory.makeDirectories([{ place: "", permissions: permissionsOfNew(0o700) }]);
  return openEntry(pathOf(place, task), CORE_MODE);
}

/** Bytes of a run that is worth writing while the next is read. */
const LARGE_RUN = 1 << 18;

/** Writes to an output, large runs in the background. */
export function coreSink(output: Pick<Output, "write" | "writeBehind" | "skip">): CoreSink {
  return {
    write: (run) => run.length < LARGE_RUN ? void output.write(run) : output.writeBehind(run),
    skip: (length) => void output.skip(length),
  };
}

/** Writes a task's core file. */
async function writeCore(task: Task, place: Place, options: CoreOptions): Promise<WrittenCore> {
  using core = new Core(task, options);
  using output = openCore(place, task);
  using progress = new Progress(`core ${task.pid}`, core.size);
  const report = await writeCoreTo(coreSink(output), core, (count) => {
    progress.advance(count);
    return yieldToEventLoop();
  });
  output.commit();
  return { path: pathOf(place, task), ...report };
}
