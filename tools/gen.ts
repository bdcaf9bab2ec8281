/**
 * Makes what is generated: `proto/schema.ts` and `proto/types.ts` from `proto/*.proto`, and
 * `plugins/mod.ts` from the files in `plugins/`.
 *
 * `deno task gen` writes them; `deno task gen:check` fails when one is not fresh.
 *
 * @module
 */

import protobuf from "protobufjs";
import { type ProtoTypes, protoTypes, resolveType, schemaText } from "../images/proto_text.ts";
import type { SchemaText } from "../images/schema.ts";

const ROOT = new URL("../", import.meta.url);
const MADE = "Made by `deno task gen`: do not edit.";

/** Kinds of values in the object form, by protobuf type; enums and messages by their names. */
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

/** All of `proto/*.proto`, with comments. */
export function readProtos(): ProtoTypes {
  const root = new protobuf.Root();
  for (const name of namesIn("proto/", ".proto")) {
    const text = Deno.readTextFileSync(new URL(`proto/${name}`, ROOT));
    protobuf.parse(text, root, { keepCase: true, alternateCommentMode: true });
  }
  return protoTypes(root);
}

function namesIn(directory: string, ending: string): string[] {
  return [...Deno.readDirSync(new URL(directory, ROOT))]
    .map((entry) => entry.name)
    .filter((name) => name.endsWith(ending))
    .sort();
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

/** `core_entry` as `CoreEntry`; nested names run together. */
function interfaceName(message: string): string {
  return message.split(/[._]/).map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}

/** The text of `proto/types.ts`. */
export function typesModule(types: ProtoTypes): string {
  const names = [...types.messages.keys()];
  return `/**\n * Entries in the object form, as TypeScript sees them. ${MADE}\n *\n * @module\n */\n\n` +
    names.map((name) => interfaceText(name, types)).join("\n") +
    "\n/** Interface of each message, by the message's name. */\nexport interface Messages {\n" +
    names.map((name) => `${JSON.stringify(name)}: ${interfaceName(name)};\n`).join("") + "}\n";
}

function interfaceText(name: string, types: ProtoTypes): string {
  const type = types.messages.get(name)!;
  const fields = type.fieldsArray.toSorted((a, b) => a.id - b.id).map((field) => {
    const optional = field.rule === "required" ? "" : "?";
    const value = valueType(field.type, name, types);
    const list = field.repeated ? `Array<${value}>` : value;
    return `${comment(field.comment)}${field.name}${optional}: ${list};\n`;
  });
  const doc = comment(type.comment ?? `\`${name}\`.`);
  return `${doc}export interface ${interfaceName(name)} {\n${fields.join("")}` +
    `/** Fields that the schema does not know, as raw wire bytes. */\n"?"?: Uint8Array;\n}\n`;
}

function valueType(type: string, message: string, types: ProtoTypes): string {
  const scalar = OBJECT_TYPES[type];
  if (scalar !== undefined) return scalar;
  const full = resolveType(type, message, types)!;
  const values = types.enums.get(full)?.values;
  if (values === undefined) return interfaceName(full);
  return [...Object.keys(values).map((value) => JSON.stringify(value)), "number"].join(" | ");
}

function comment(text: string | null): string {
  if (text === null) return "";
  const lines = text.trim().split("\n");
  if (lines.length === 1) return `/** ${lines[0]} */\n`;
  return `/**\n${lines.map((line) => ` * ${line}\n`).join("")} */\n`;
}

/** The text of `plugins/mod.ts`. */
function pluginsModule(): string {
  const files = namesIn("plugins/", ".ts").filter((name) => name !== "mod.ts");
  return `/**\n * All built-in image types. ${MADE}\n *\n * @module\n */\n\n` +
    files.map((name) => `import "./${name}";\n`).join("");
}

/** What is generated, by path from the project's root, formatted. */
export async function generate(): Promise<Map<string, string>> {
  const types = readProtos();
  const schema = schemaText(types, () => false);
  const files = new Map([
    ["proto/schema.ts", schemaModule(schema)],
    ["proto/types.ts", typesModule(types)],
    ["plugins/mod.ts", pluginsModule()],
  ]);
  for (const [path, text] of files) files.set(path, await format(text));
  return files;
}

async function format(text: string): Promise<string> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--ext=ts", "--line-width=100", "-"],
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

if (import.meta.main) {
  const check = Deno.args.includes("--check");
  for (const [path, text] of await generate()) {
    const file = new URL(path, ROOT);
    let present = "";
    try {
      present = Deno.readTextFileSync(file);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    if (present === text) continue;
    if (!check) Deno.writeTextFileSync(file, text);
    else {
      console.error(`${path} is not fresh: run deno task gen`);
      Deno.exit(1);
    }
  }
}
