/**
 * Since which release of CRIU there is each field, value and flag, by message: the tables for
 * walking wire bytes.
 *
 * @module
 */

import { enumSchema, type FieldSchema, Kind, messageSchema } from "../protobuf/schema.ts";
import { ENUM_NUMBERS, FLAG_BITS } from "./defaults.ts";
import { firstOfField, firstOfValue, type Rank, rankOf } from "./releases.ts";

/** Something that an image can have and that some releases of CRIU do not know. */
export interface Feature {
  /** Such as `pagemap_entry.nr_pages`, `fd_types.MEMFD` or `image version 1.1`. */
  readonly name: string;
  /** Its first release. */
  readonly since: Rank;
}

/** A field of a message. */
export interface FieldFeatures extends Feature {
  readonly schema: FieldSchema;
  /** Number of the field among all that were asked for: from 0, without gaps. */
  readonly id: number;
  /** Of a message: what it has inside. */
  readonly message: () => MessageFeatures;
  /** Of an enum, or of a number that mostly is an enum's: its values by number. */
  readonly values: ReadonlyMap<number, Feature> | undefined;
  /** Flags that came later, by their bits. */
  readonly flags: ReadonlyArray<readonly [bits: number, feature: Feature]>;
  /** Whether nothing inside the field can be newer than the field. */
  readonly isPlain: boolean;
}

/** A message. */
export interface MessageFeatures {
  readonly name: string;
  /** Fields by number. */
  readonly fields: ReadonlyMap<number, FieldFeatures>;
}

const tables = new Map<string, MessageFeatures>();
let fieldCount = 0;

/** The table of a message, made when it is first asked for. */
export function featuresOf(name: string): MessageFeatures {
  let table = tables.get(name);
  if (table === undefined) {
    const fields = messageSchema(name).fields.map((schema) => fieldFeatures(name, schema));
    table = { name, fields: new Map(fields.map((field) => [field.schema.number, field])) };
    tables.set(name, table);
  }
  return table;
}

function fieldFeatures(message: string, schema: FieldSchema): FieldFeatures {
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
    id: fieldCount++,
    message: () => featuresOf(typeName!),
    values,
    flags,
    isPlain: kind !== Kind.Message && values === undefined && flags.length === 0,
  };
}

function valuesOf(name: string): Map<number, Feature> {
  const values = [...enumSchema(name).byNumber];
  return new Map(values.map(([number, value]) => {
    const since = firstOfValue(name, number) ?? 0;
    return [number, { name: `${name}.${value}`, since }];
  }));
}
