/**
 * Generates `proto/schema.ts` and `proto/types.ts` from `proto/*.proto`, `proto/images.ts` from
 * these and the plugins, `proto/release_tables.ts` from the releases that these and the plugins
 * name, `plugins/mod.ts` from the names of the files in `plugins/`, `docs/X.md` from the views of
 * `crit x`, `docs/CHECK.md` from the rules of `crit check`, and `images/search/kernel_code.ts` from
 * `images/search/kernel.wat`.
 *
 * `deno task gen` writes them; `deno task gen:check` fails if one is not up to date.
 *
 * @module
 */

import protobuf from "npm:protobufjs@8.8.1";
import { CritError } from "../images/errors.ts";
import {
  type ProtoTypes,
  protoTypes,
  resolveType,
  schemaText,
} from "../images/protobuf/proto_text.ts";
import type { SchemaText } from "../images/protobuf/schema.ts";
import type { EntryShape, Extra, ImageType } from "../images/types/image_type.ts";
import { allTypes } from "../images/types/registry.ts";
import "../plugins/mod.ts";
import { checkPage } from "./check_docs.ts";
import { KERNEL_SOURCE, kernelModule } from "./gen_kernel.ts";
import { releaseTablesModule } from "./gen_releases.ts";
import { reportAssets } from "./gen_report.ts";
import { SourceError } from "./source_error.ts";
import { viewsPage } from "./view_docs.ts";

const ROOT = new URL("../", import.meta.url);
const MADE = "Made by `deno task gen`: do not edit.";

/** TypeScript types of values by protobuf type; enums and messages have their names. */
const OBJECT_TYPES: Readonly<Record<string, string>> = {
  uint32: "number",
  int32: "number",
  sint32: "number",
  fixed32: "number",
  sfixed32: "number",
  uint64: "bigint",
  int64: "bigint",
  sint64: "bigint",
  fixed64: "bigint",
  sfixed64: "bigint",
  bool: "boolean",
  string: "string",
  bytes: "Uint8Array",
};

/** One `.proto` file. */
export interface ProtoFile {
  /** File name, by which others import it. */
  readonly name: string;
  /** Names of imported files. */
  readonly imports: readonly string[];
  /** Its definitions, with comments. */
  readonly types: ProtoTypes;
}

/** Parses a `.proto` file. */
export function parseFile(name: string, text: string): ProtoFile {
  try {
    const { root, imports } = protobuf.parse(text, { keepCase: true, alternateCommentMode: true });
    return { name, imports: imports ?? [], types: protoTypes(root) };
  } catch (error) {
    throw new SourceError(`${name}: ${(error as Error).message}`);
  }
}

/** All of `proto/*.proto`. */
export function readProtos(): ProtoFile[] {
  return namesIn("proto/", ".proto").map((name) =>
    parseFile(name, Deno.readTextFileSync(new URL(`proto/${name}`, ROOT)))
  );
}

function namesIn(directory: string, ending: string): string[] {
  return [...Deno.readDirSync(new URL(directory, ROOT))]
    .map((entry) => entry.name)
    .filter((name) => name.endsWith(ending))
    .sort();
}

/**
 * The definitions of several `.proto` files.
 *
 * @throws {SourceError} if a name is defined twice, or an import is missing or unused
 */
export function join(files: readonly ProtoFile[]): ProtoTypes {
  const homes = new Map<string, string>();
  const messages = new Map(files.flatMap((file) => [...file.types.messages]));
  const enums = new Map(files.flatMap((file) => [...file.types.enums]));
  for (const { name: file, types } of files) {
    for (const name of [...types.messages.keys(), ...types.enums.keys()]) {
      const other = homes.get(name);
      if (other !== undefined) {
        throw new SourceError(`${file}: ${name} is also defined in ${other}`);
      }
      homes.set(name, file);
    }
  }
  const types = { messages, enums };
  for (const file of files) checkImports(file, types, homes);
  return types;
}

function checkImports(file: ProtoFile, all: ProtoTypes, homes: ReadonlyMap<string, string>): void {
  const unused = new Set(file.imports);
  for (const [message, type] of file.types.messages) {
    for (const field of type.fieldsArray) {
      const home = homes.get(resolveType(field.type, message, all) ?? "");
      if (home === undefined || home === file.name) continue;
      if (!file.imports.includes(home)) {
        throw new SourceError(`${file.name}: ${message}.${field.name} needs import "${home}"`);
      }
      unused.delete(home);
    }
  }
  for (const name of unused) throw new SourceError(`${file.name}: import "${name}" is not used`);
}

/** The text of `proto/schema.ts`. */
export function schemaModule(schema: SchemaText): string {
  const table = (name: string, doc: string, texts: Readonly<Record<string, string>>) =>
    `/** ${doc} */\nexport const ${name}: Readonly<Record<string, string>> = {\n` +
    Object.entries(texts).map(([key, text]) => `${JSON.stringify(key)}: \`${text}\`,\n`).join("") +
    "};\n";
  return `/**\n * The messages and enums of CRIU's images. ${MADE}\n *\n * @module\n */\n\n` +
    table("messages", "Fields of each message, a line a field.", schema.messages) + "\n" +
    table("enums", "Values of each enum, a line a value.", schema.enums);
}

/** `core_entry` as `CoreEntry`, `core_entry.march` as `CoreEntryMarch`. */
function typeName(name: string): string {
  return name.split(/[._]/).map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}

/** The text of `proto/types.ts`. */
export function typesModule(types: ProtoTypes): string {
  const messages = [...types.messages.keys()];
  return `/**\n * Entries in the object form, as TypeScript sees them. ${MADE}\n *\n * @module\n */\n\n` +
    [...types.enums.keys()].map((name) => enumText(name, types)).join("\n") + "\n" +
    messages.map((name) => interfaceText(name, types)).join("\n") +
    "\n/** Interface of each message, by the message's name. */\nexport interface Messages {\n" +
    messages.map((name) => `/** {@link ${typeName(name)}} */\n${name}: ${typeName(name)};\n`).join(
      "",
    ) + "}\n";
}

function enumText(name: string, types: ProtoTypes): string {
  const { values, comment, comments } = types.enums.get(name)!;
  const names = Object.keys(values);
  const notes = names.filter((value) => comments[value])
    .map((value) => `- \`${value}\`: ${comments[value]!.trim().replaceAll("\n", "\n  ")}`);
  const unknown = "A number is a value that the schema does not know.";
  const doc = [comment ?? `\`${name}\`.`, unknown, ...notes].join("\n");
  const union = [...names.map((value) => JSON.stringify(value)), "number"].join(" | ");
  return `${docComment(doc)}export type ${typeName(name)} = ${union};\n`;
}

function interfaceText(name: string, types: ProtoTypes): string {
  const type = types.messages.get(name)!;
  const fields = type.fieldsArray.toSorted((a, b) => a.id - b.id).map((field) => {
    const optional = field.rule === "required" ? "" : "?";
    const value = OBJECT_TYPES[field.type] ?? typeName(resolveType(field.type, name, types)!);
    const list = field.repeated ? `Array<${value}>` : value;
    return `${
      docComment(field.comment ?? `\`${field.type}\``)
    }${field.name}${optional}: ${list};\n`;
  });
  const doc = docComment(type.comment ?? `\`${name}\`.`);
  return `${doc}export interface ${typeName(name)} {\n${fields.join("")}` +
    `/** Fields that the schema does not know, as raw wire bytes. */\n"?"?: Uint8Array;\n}\n`;
}

function docComment(text: string): string {
  const lines = text.trim().split("\n");
  if (lines.length === 1) return `/** ${lines[0]} */\n`;
  return `/**\n${lines.map((line) => ` * ${line}\n`).join("")} */\n`;
}

/** The text of `proto/images.ts`: the entries of each image type as objects. */
function imagesModule(imageTypes: readonly ImageType[]): string {
  const shapes = imageTypes.flatMap((type) => {
    if (type.entry === undefined || type.sameMagicAs !== undefined) return [];
    const all = [...type.head === undefined ? [] : [type.head], type as EntryShape];
    return [{ name: type.name, summary: type.summary, all }];
  });
  const used = new Set(shapes.flatMap(({ all }) => all.flatMap(messagesOf)).map(typeName));
  const members = shapes.map(({ name, summary, all }) =>
    `/** ${summary[0]!.toUpperCase()}${summary.slice(1)}. */\n${name}: ${
      [...new Set(all.map(entryType))].join(" | ")
    };\n`
  );
  return `/**\n * Entries of the built-in image types as objects. ${MADE}\n *\n * @module\n */\n\n` +
    `import type { ${[...used].sort().join(", ")} } from "./types.ts";\n\n` +
    `/**\n * Entries by image type. A program with an image type of its own adds that here:\n *\n` +
    ' * ```ts ignore\n * declare module "./proto/images.ts" {\n *   interface ImageEntries {\n' +
    " *     MYTHING: { id: number };\n *   }\n * }\n * ```\n */\n" +
    `export interface ImageEntries {\n${members.join("")}}\n`;
}

/** The messages of an entry. */
function messagesOf({ entry, extra }: EntryShape): string[] {
  return extra?.kind === "messages" ? [entry, extra.message] : [entry];
}

/** The type of an entry with its extra. */
function entryType({ entry, extra }: EntryShape): string {
  const type = extraType(extra);
  return type === undefined ? typeName(entry) : `${typeName(entry)} & { extra?: ${type} }`;
}

function extraType(extra: Extra | undefined): string | undefined {
  switch (extra?.kind) {
    case undefined:
      return undefined;
    case "bytes":
    case "rest":
      return "Uint8Array";
    case "numbers":
      return "number[]";
    case "record":
      return `{ ${Object.keys(extra.parts).map((name) => `${name}: Uint8Array`).join("; ")} }`;
    case "messages":
      return `Array<${typeName(extra.message)} | Uint8Array>`;
  }
}

/** The text of `plugins/mod.ts`: an import of every plugin. */
function pluginsModule(): string {
  const names = namesIn("plugins/", ".ts").filter((name) => name !== "mod.ts");
  return `/**\n * All built-in image types: each registers itself when it is imported. ${MADE}\n *\n` +
    ` * @module\n */\n\n` + names.map((name) => `import "./${name}";\n`).join("");
}

/** All generated files by path from the project's root, formatted. */
export async function generate(): Promise<Map<string, string>> {
  const types = join(readProtos());
  const schema = schemaText(types, () => false);
  const files = new Map([
    ["proto/schema.ts", schemaModule(schema)],
    ["proto/types.ts", typesModule(types)],
    ["proto/images.ts", imagesModule(allTypes())],
    ["plugins/mod.ts", pluginsModule()],
    ["images/report/assets.ts", await reportAssets(ROOT, MADE)],
    ["docs/X.md", await viewsPage(ROOT, MADE)],
    ["docs/CHECK.md", checkPage(MADE)],
    ["proto/release_tables.ts", releaseTablesModule(types, allTypes(), MADE)],
    ["images/search/kernel_code.ts", await kernelModule(present(KERNEL_SOURCE), MADE)],
  ]);
  for (const [path, text] of files) files.set(path, await format(path, text));
  return files;
}

async function format(path: string, text: string): Promise<string> {
  const extension = path.slice(path.lastIndexOf(".") + 1);
  const command = new Deno.Command(Deno.execPath(), {
    args: ["fmt", `--ext=${extension}`, "--line-width=100", "-"],
    stdin: "piped",
    stdout: "piped",
  });
  const child = command.spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  const { success, stdout } = await child.output();
  if (!success) throw new Error("deno fmt refused what was generated");
  return new TextDecoder().decode(stdout);
}

/** The text of a file of the project; empty if it does not exist. */
function present(path: string): string {
  try {
    return Deno.readTextFileSync(new URL(path, ROOT));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}

/** Runs this program again, because it may import files that it has just written. */
async function runAgain(): Promise<void> {
  const args = ["run", "--allow-all", import.meta.url];
  const { code } = await new Deno.Command(Deno.execPath(), { args }).spawn().status;
  if (code !== 0) Deno.exit(code);
}

async function main(): Promise<void> {
  const stale = [...await generate()].filter(([path, text]) => present(path) !== text);
  if (!Deno.args.includes("--check")) {
    for (const [path, text] of stale) Deno.writeTextFileSync(new URL(path, ROOT), text);
    if (stale.length > 0) await runAgain();
  } else if (stale.length > 0) {
    const paths = stale.map(([path]) => path).join(", ");
    console.error(`not fresh: ${paths}; run deno task gen`);
    Deno.exit(1);
  }
}

if (import.meta.main) {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof SourceError || error instanceof CritError)) throw error;
    console.error(`gen: ${error.message}`);
    Deno.exit(1);
  }
}
