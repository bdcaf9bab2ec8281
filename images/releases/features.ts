/**
 * First releases of fields, values and flags by message, as tables for walking wire bytes.
 *
 * @module
 */

import { messageTable } from "../codec/table.ts";
import { enumSchema, type FieldSchema, Kind } from "../protobuf/schema.ts";
import { ENUM_NUMBERS, FLAG_BITS } from "./defaults.ts";
import { firstOfField, firstOfValue, type Rank, rankOf } from "./releases.ts";

/** A feature of images that some releases of CRIU do not know. */
export interface Feature {
  /** For example `pagemap_entry.nr_pages`, `fd_types.MEMFD` or `image version 1.1`. */
  readonly name: string;
  /** Its first release. */
  readonly since: Rank;
}

/** A field of a message. */
export interface FieldFeatures extends Feature {
  readonly schema: FieldSchema;
  /** Number of the field among all fields, the same as in its plain {@link FieldTable}. */
  readonly id: number;
  /** The features of a message field. */
  readonly message: () => MessageFeatures;
  /** The values of an enum field, or of a number with the values of an enum, by number. */
  readonly values: ReadonlyMap<number, Feature> | undefined;
  /** Flags that are newer than the field, by bit. */
  readonly flags: ReadonlyArray<readonly [bits: number, feature: Feature]>;
  /** Whether nothing inside the field can be newer than it. */
  readonly isPlain: boolean;
  /** Whether an enum value or a flag may be newer than the field, or unknown. */
  readonly hasNewerValues: boolean;
}

/** A message. */
export interface MessageFeatures {
  readonly name: string;
  /** Fields by number. */
  readonly fields: ReadonlyMap<number, FieldFeatures>;
}

const tables = new Map<string, MessageFeatures>();

/** The table of a message, made on first use. */
export function featuresOf(name: string): MessageFeatures {
  let table = tables.get(name);
  if (table === undefined) {
    const { list } = messageTable(name, "plain");
    const fields = list.map(({ schema, id }) => fieldFeatures(name, schema, id));
    table = { name, fields: new Map(fields.map((field) => [field.schema.number, field])) };
    tables.set(name, table);
  }
  return table;
}

function fieldFeatures(message: string, schema: FieldSchema, id: number): FieldFeatures {
  const name = `${message}.${schema.name}`;
  const { number, kind, typeName } = schema;
  const enumName = kind === Kind.Enum ? typeName : ENUM_NUMBERS[name];
  const values = enumName === undefined ? undefined : valuesOf(enumName);
  const flags = (FLAG_BITS[name] ?? []).map(([bits, since]) =>
    [bits, { name: `${name} bit ${Math.log2(bits)}`, since: rankOf(since) }] as const
  );
  return {
    name,
    since: firstOfField(message, number),
    schema,
    id,
    message: () => featuresOf(typeName!),
    values,
    flags,
    isPlain: kind !== Kind.Message && values === undefined && flags.length === 0,
    hasNewerValues: values !== undefined && !isOfAllReleases(kind, values) || flags.length > 0,
  };
}

/** Whether each release knows all values of a field; unnamed values of an enum are faults. */
function isOfAllReleases(kind: Kind, values: ReadonlyMap<number, Feature>): boolean {
  return kind === Kind.Enum && [...values.values()].every(({ since }) => since === 0);
}

function valuesOf(name: string): Map<number, Feature> {
  const values = [...enumSchema(name).byNumber];
  return new Map(values.map(([number, value]) => {
    const since = firstOfValue(name, number) ?? 0;
    return [number, { name: `${name}.${value}`, since }];
  }));
}
