/** What `crit types` does. @module */

import { nearest } from "../../../images/bytes/nearest.ts";
import { baseName } from "../../../images/bytes/paths.ts";
import type { ImageType } from "../../../images/types/image_type.ts";
import { allTypes, typeByFileName, typeByName } from "../../../images/types/registry.ts";
import { loadPlugins } from "../../images/plugins.ts";
import type { Arguments, Context } from "../../line/command.ts";
import { jsonText } from "../../terminal/json_text.ts";
import { table } from "../../terminal/table.ts";
import { lookOf, warn, writeText } from "../../terminal/terminal.ts";
import type { declaration } from "./declaration.ts";

export async function run(args: Arguments<typeof declaration>, context: Context): Promise<number> {
  await loadPlugins(context.plugins);
  const unknown: string[] = [];
  const types = args.names.length === 0 ? allTypes() : args.names.flatMap((name) => {
    const type = typeByName(name.toUpperCase()) ?? typeByFileName(baseName(name));
    if (type === undefined) unknown.push(name);
    return type ?? [];
  });
  if (args.json) writeText(jsonText(types.map(factsOf)));
  else if (types.length > 0) writeText(overview(types, context));
  for (const name of unknown) {
    const near = nearest(name.toUpperCase(), allTypes().map((type) => type.name));
    const hint = near === undefined ? "" : ` (did you mean ${near}?)`;
    warn(`crit: ${name}: neither an image type nor the name of an image file${hint}`);
  }
  return unknown.length === 0 ? 0 : 1;
}

/** The keys of `crit types --json`. */
function factsOf(type: ImageType): Record<string, unknown> {
  return {
    name: type.name,
    magic: type.magic === undefined ? null : magicText(type),
    framing: type.framing ?? "common",
    files: type.files,
    head: type.head?.entry ?? null,
    entry: type.entry ?? null,
    extra: type.extra?.kind ?? type.head?.extra?.kind ?? null,
    raw: type.raw ?? null,
    summary: type.summary,
  };
}

function magicText(type: ImageType): string {
  return `0x${type.magic!.toString(16).padStart(8, "0")}`;
}

function overview(all: readonly ImageType[], context: Context): string {
  const rows = all.map((type) => [
    type.name,
    type.magic === undefined ? "" : magicText(type),
    type.files[0]!,
    type.entry ?? `(${type.raw})`,
    type.summary,
  ]);
  const columns = ["NAME", "MAGIC", "FILE", "ENTRY", "HOLDS"].map((title) => ({ title }));
  return table(columns, rows, lookOf("stdout", context.color).paint);
}
