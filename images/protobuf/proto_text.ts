/**
 * Turns `.proto` files into message tables, for `deno task gen` and for plugins with their own
 * messages.
 *
 * protobufjs parses the files. It is loaded on the first call, and not needed for built-in image
 * types.
 *
 * @module
 */

import type { Enum, Field, MapField, NamespaceBase, Root, Type } from "npm:protobufjs@8.8.1";
import { CritError } from "../errors.ts";
import { hasEnum, hasMessage, type SchemaText } from "./schema.ts";

/** Scalar types of fields that occur in images. */
const SCALARS = new Set([
  "uint32",
  "uint64",
  "int32",
  "int64",
  "sint32",
  "sint64",
  "fixed32",
  "fixed64",
  "sfixed32",
  "sfixed64",
  "bool",
  "string",
  "bytes",
]);

/** The messages and enums of a parsed `.proto` file (or of several), by full name. */
export interface ProtoTypes {
  readonly messages: ReadonlyMap<string, Type>;
  readonly enums: ReadonlyMap<string, Enum>;
}

/**
 * The messages and enums of one `.proto` text (proto2). Imports are not followed: its fields may
 * name messages and enums that crit has, such as `fown_entry`, with or without importing them.
 *
 * @param text contents of a `.proto` file
 * @param source name for error messages: the plugin's file
 * @throws {CritError} `data` when the text is malformed or names an unknown type; `unsupported`
 *   when it uses what no image has: proto3, editions, groups, oneof, map, float, double, packed
 *   fields, extensions
 */
export async function parseProto(text: string, source: string): Promise<SchemaText> {
  const { default: protobuf } = await import("npm:protobufjs@8.8.1");
  let root: Root;
  try {
    root = protobuf.parse(text, { keepCase: true }).root;
  } catch (error) {
    throw new CritError("data", (error as Error).message, { image: source });
  }
  try {
    return schemaText(protoTypes(root), (name) => hasMessage(name) || hasEnum(name));
  } catch (error) {
    throw error instanceof CritError ? error.at({ image: source }) : error;
  }
}

/**
 * All messages and enums below a protobufjs root, including nested ones and those in packages.
 *
 * @throws {CritError} `unsupported` for proto3, editions and extensions
 */
export function protoTypes(root: Root): ProtoTypes {
  const messages = new Map<string, Type>();
  const enums = new Map<string, Enum>();
  collect(root, messages, enums);
  return { messages, enums };
}

function collect(from: NamespaceBase, messages: Map<string, Type>, enums: Map<string, Enum>): void {
  for (const object of from.nestedArray) {
    const name = object.fullName.slice(1);
    if ("fields" in object) {
      checkEdition(object as Type, name);
      messages.set(name, object as Type);
      collect(object as Type, messages, enums);
    } else if ("values" in object) {
      checkEdition(object as Enum, name);
      enums.set(name, object as Enum);
    } else if ("extend" in object) {
      throw unsupported("extensions", name);
    } else if ("nestedArray" in object) {
      collect(object as NamespaceBase, messages, enums);
    }
  }
}

/** Refuses proto3 and editions; only a file's outermost definitions know which theirs is. */
function checkEdition(object: Type | Enum, name: string): void {
  const nested = object.parent !== null && "fields" in object.parent;
  if (!nested && object.toJSON().edition !== "proto2") {
    throw unsupported("a syntax other than proto2", name);
  }
}

/**
 * The texts of messages and enums, in the form that `images/protobuf/schema.ts` parses.
 *
 * @param isKnown whether a message or enum that `types` lacks exists elsewhere
 * @throws {CritError} as {@link parseProto} does
 */
export function schemaText(types: ProtoTypes, isKnown: (name: string) => boolean): SchemaText {
  const messages: Record<string, string> = {};
  for (const [name, type] of types.messages) {
    const fields = type.fieldsArray.toSorted((a, b) => a.id - b.id);
    messages[name] = lines(fields.map((field) => fieldText(field, name, types, isKnown)));
  }
  const enums: Record<string, string> = {};
  for (const [name, { values }] of types.enums) {
    enums[name] = lines(Object.entries(values).map(([value, number]) => `${value} = ${number}`));
  }
  return { messages, enums };
}

function lines(list: string[]): string {
  return list.join("\n");
}

function fieldText(
  field: Field | MapField,
  message: string,
  types: ProtoTypes,
  isKnown: (name: string) => boolean,
): string {
  const path = `${message}.${field.name}`;
  if (field.map) throw unsupported("map fields", path);
  if (field.partOf !== null) throw unsupported("oneof", path);
  if (field.type === "float" || field.type === "double") throw unsupported(field.type, path);
  if (field.options?.["packed"] === true) throw unsupported("packed fields", path);
  const type = SCALARS.has(field.type)
    ? field.type
    : resolveType(field.type, message, types, isKnown);
  if (type === undefined) {
    throw new CritError("data", `there is no type ${field.type}`).at({ field: path });
  }
  if (types.messages.get(type)?.toJSON()["group"] === true) throw unsupported("groups", path);
  return `${field.rule ?? "optional"} ${type} ${field.name} = ${field.id}${presetText(field)}`;
}

function presetText(field: Field | MapField): string {
  const preset: unknown = field.options?.["default"];
  if (preset === undefined) return "";
  const quoted = field.type === "string" || field.type === "bytes";
  return ` [default = ${quoted ? JSON.stringify(preset) : preset}]`;
}

/**
 * The full name of the type that a field of `message` calls `name`: protobuf looks in the message
 * itself, then in what encloses it, outward.
 */
export function resolveType(
  name: string,
  message: string,
  types: ProtoTypes,
  isKnown: (name: string) => boolean = () => false,
): string | undefined {
  if (name.startsWith(".")) return resolveType(name.slice(1), "", types, isKnown);
  const scope = message === "" ? [] : message.split(".");
  for (let depth = scope.length; depth >= 0; depth--) {
    const full = [...scope.slice(0, depth), name].join(".");
    if (types.messages.has(full) || types.enums.has(full)) return full;
  }
  return isKnown(name) ? name : undefined;
}

function unsupported(what: string, field: string): CritError {
  return new CritError("unsupported", `no image has ${what}, so crit does not know them`, {
    field,
  });
}
