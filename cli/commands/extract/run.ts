/** What `crit extract` does. @module */

import { kindOf } from "../../../images/bytes/io.ts";
import { printable } from "../../../images/bytes/printable.ts";
import { encodeText } from "../../../images/bytes/utf8.ts";
import { filesBelow } from "../../../images/coredump/local_files.ts";
import type { Dump } from "../../../images/dump/dump.ts";
import { CritError, OutputError } from "../../../images/errors.ts";
import type { Item } from "../../../images/extract/item.ts";
import { type ExtractOptions, itemsOf } from "../../../images/extract/items.ts";
import { chosenTasks } from "../../../images/memory/choice.ts";
import "../../../plugins/mod.ts";
import { withDump } from "../../files/dumps.ts";
import { NewDirectory } from "../../files/new_directory.ts";
import { emptyTree } from "../../files/tree.ts";
import { loadPlugins } from "../../images/plugins.ts";
import type { Arguments, Context } from "../../line/command.ts";
import { failureOf } from "../../terminal/failure.ts";
import { jsonText } from "../../terminal/json_text.ts";
import { Progress } from "../../terminal/progress.ts";
import { table } from "../../terminal/table.ts";
import { lookOf, warn, writeText } from "../../terminal/terminal.ts";
import type { declaration } from "./declaration.ts";
import { type Hash, ItemWriter, type Written } from "./write.ts";

type ExtractArguments = Arguments<typeof declaration>;

export async function run(args: ExtractArguments, context: Context): Promise<number> {
  await loadPlugins(context.plugins);
  if (args.out === undefined && !args.list) {
    throw new CritError("usage", "-o DIR or --list is missing");
  }
  const faults: CritError[] = [];
  const code = await withDump(args, async (dump) => {
    chosenTasks(dump, { pids: args.pid });
    const options: ExtractOptions = {
      kinds: args.kinds,
      pids: args.pid,
      openMapped: args.sysroot === undefined ? undefined : filesBelow(args.sysroot),
      onFault: (fault) => faults.push(fault),
    };
    if (args.list) await list(dump, options, args, context);
    else await extract(dump, options, args.out!, args);
    for (const fault of faults) warn(failureOf(fault).line!);
    return faults.length > 0 ? 3 : 0;
  });
  return code;
}

/** Says what there is. */
async function list(
  dump: Dump,
  options: ExtractOptions,
  { json }: ExtractArguments,
  context: Context,
): Promise<void> {
  const items: Item[] = [];
  for await (const item of itemsOf(dump, options)) items.push(item);
  if (json) {
    return writeText(jsonText(items.map((item) => ({ path: item.path, ...factsOf(item) }))));
  }
  const columns = [
    { title: "KIND" },
    { title: "PID" },
    { title: "SIZE", align: "right" },
    { title: "PATH" },
    { title: "NAME" },
  ] as const;
  const rows = items.map(({ kind, pids, size, path, name = "", link }) => [
    kind,
    pids.length > 4 ? `${pids.slice(0, 4).join(",")},…` : pids.join(","),
    `${size}`,
    path,
    printable(link === undefined ? name : `${name} -> ${link}`),
  ]);
  writeText(table(columns, rows, lookOf("stdout", context.color).paint));
}

/** An item as the index has it, but for what became of it. */
function factsOf({ kind, image, ids, pids, name, size, mode, link }: Item): object {
  const octal = mode === undefined ? undefined : mode.toString(8).padStart(4, "0");
  return { kind, image, ids, pids, name, size, mode: octal, link };
}

/**
 * Writes everything into a new directory, which is there when all is.
 *
 * @throws {CritError} `file` when there is something of that name
 */
async function extract(
  dump: Dump,
  options: ExtractOptions,
  out: string,
  { json, noSha256 }: ExtractArguments,
): Promise<void> {
  if (kindOf(out) !== undefined) {
    throw new OutputError("file", "it exists already", { image: out }, "DIR must be new");
  }
  using directory = new NewDirectory(out, emptyTree(), false);
  const newHash = noSha256 ? undefined : await sha256();
  using progress = new Progress("extract");
  const writer = new ItemWriter(directory, newHash, (count) => {
    progress.advance(count);
  });
  const index: object[] = [];
  for await (const item of itemsOf(dump, options)) {
    for (const part of await writer.write(item)) index.push(rowOf(item, part));
  }
  using output = directory.create("index.json");
  output.write(encodeText(jsonText(index)));
  output.commit();
  await directory.commit();
  progress.clear();
  if (json) writeText(jsonText(index));
}

async function sha256(): Promise<() => Hash> {
  const { createHash } = await import("node:crypto");
  return () => createHash("sha256");
}

function rowOf(item: Item, { path, ...written }: Written): object {
  return { path, ...factsOf(item), ...written };
}
