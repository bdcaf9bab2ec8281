/**
 * Since which release of CRIU there is each field, value and flag, by message: the tables for
 * walking wire bytes.
 *
 * @module
 */

import { enumSchema, type FieldSchema, Kind, messageSchema } from "../protobuf/schema.ts";
import { ENUM_NUMBERS, FLAG_BITS } from "./meanings.ts";
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
  /** Of a message: what it has inside. */
  readonly message: () => MessageFeatures;
  /** Of an enum, or of a number that mostly is an enum's: its values by number. */
  readonly values: ReadonlyMap<number, Feature> | undefined;
  /** Flags that came later, by their bits. */
  readonly flags: ReadonlyArray<readonly [bits: number, feature: Feature]>;
  /** Whether it was met already. */
  isPresent: boolean;
  /** Whether it was met already with something to say. */
  isTelling: boolean;
}

/** A message. */
export interface MessageFeatures {
  readonly name: string;
  /** Fields by number. */
  readonly fields: ReadonlyMap<number, FieldFeatures>;
}

/** Makes tables on first use, a set for each walk: they keep what was met. */
export class ReleaseTables {
  readonly #messages = new Map<string, MessageFeatures>();

  /** The table of a message. */
  message(name: string): MessageFeatures {
    let table = this.#messages.get(name);
    if (table === undefined) {
      const fields = messageSchema(name).fields.map((schema) => this.#field(name, schema));
      table = { name, fields: new Map(fields.map((field) => [field.schema.number, field])) };
      this.#messages.set(name, table);
    }
    return table;
  }

  #field(message: string, schema: FieldSchema): FieldFeatures {
    const name = `${message}.${schema.name}`;
    const { number, kind, typeName } = schema;
    const enumName = kind === Kind.Enum ? typeName : ENUM_NUMBERS[name];
    return {
      name,
      since: firstOfField(message, number),
      schema,
      message: () => this.message(typeName!),
      values: enumName === undefined ? undefined : valuesOf(enumName),
      flags: (FLAG_BITS[name] ?? []).map(([bits, since]) =>
        [bits, { name: `${name} bit ${Math.log2(bits)}`, since: rankOf(since) }] as const
      ),
      isPresent: false,
      isTelling: false,
    };
  }
}

function valuesOf(name: string): Map<number, Feature> {
  const values = [...enumSchema(name).byNumber];
  return new Map(values.map(([number, value]) => {
    const since = firstOfValue(name, number) ?? 0;
    return [number, { name: `${name}.${value}`, since }];
  }));
}
