/**
 * Since which release of CRIU there is each field, by message: what `proto/releases.ts` comes to
 * for walking wire bytes.
 *
 * @module
 */

import { enumReleases, messageReleases, releases } from "../../proto/releases.ts";
import { enumSchema, type FieldSchema, Kind, messageSchema } from "../schema.ts";

/** Something that an image can have and that some releases of CRIU do not know. */
export interface Feature {
  /** Such as `pagemap_entry.nr_pages`, `fd_types.MEMFD` or `image version 1.1`. */
  readonly name: string;
  /** Index of its first release in {@link releases}. */
  readonly since: number;
}

/** A field of a message. */
export interface FieldFeatures extends Feature {
  readonly schema: FieldSchema;
  /** What its message has inside. */
  readonly message: () => MessageFeatures;
  /** Of an enum: its values by number. */
  readonly values: ReadonlyMap<number, Feature> | undefined;
  /** Whether it was met already and its values need no look. */
  isSeen: boolean;
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

  /** The table of a message; a user's own message is as old as CRIU. */
  message(name: string): MessageFeatures {
    let table = this.#messages.get(name);
    if (table === undefined) this.#messages.set(name, table = this.#makeMessage(name));
    return table;
  }

  #makeMessage(name: string): MessageFeatures {
    const since = parseReleases(messageReleases[name]);
    const fields = messageSchema(name).fields.map((schema): [number, FieldFeatures] => {
      const { number, kind, typeName } = schema;
      return [number, {
        name: `${name}.${schema.name}`,
        since: since(number),
        schema,
        message: () => this.message(typeName!),
        values: kind === Kind.Enum ? valuesOf(typeName!) : undefined,
        isSeen: false,
      }];
    });
    return { name, fields: new Map(fields) };
  }
}

function valuesOf(name: string): Map<number, Feature> {
  const since = parseReleases(enumReleases[name]);
  return new Map(
    [...enumSchema(name).byNumber]
      .map(([number, value]) => [number, { name: `${name}.${value}`, since: since(number) }]),
  );
}

/** What a line of `proto/releases.ts` says: index of the first release of a number. */
function parseReleases(line: string | undefined): (number: number) => number {
  const [first = releases[0]!, ...later] = (line ?? "").split(" ").filter((word) => word !== "");
  const numbers = new Map(
    later.map((word) => {
      const [number, release] = word.split(":");
      return [Number(number), releaseIndex(release!)];
    }),
  );
  const base = releaseIndex(first);
  return (number) => numbers.get(number) ?? base;
}

/** Place of a release in {@link releases}. */
export function releaseIndex(release: string): number {
  return releases.indexOf(release);
}
