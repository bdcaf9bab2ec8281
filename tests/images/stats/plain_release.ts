/** The newest thing that a dump has, from its JSON and CRIU's history alone. @module */

import history from "../../../fixtures/history.json" with { type: "json" };
import { messageSchema } from "../../../images/protobuf/schema.ts";
import { FLAG_BITS } from "../../../images/releases/defaults.ts";
import { typeByFileName } from "../../../mod.ts";
import type { Json } from "./plain_counts.ts";

interface Era {
  name: string;
  first: string;
}

const messages = history.messages as unknown as Record<
  string,
  { first: string; fields: Record<string, Era[]> }
>;
const enums = history.enums as unknown as Record<string, Record<string, { first: string }>>;

function order(release: string): number {
  return history.releases.indexOf(release);
}

/** First releases of all that a message has. */
function* firstsOf(name: string, entry: Json): Generator<string> {
  for (const [key, value] of Object.entries(entry)) {
    if (key === "extra") continue;
    const eras = Object.values(messages[name]!.fields)
      .find((eras) => eras.at(-1)!.name === key);
    if (eras === undefined) throw new Error(`${name}.${key}`);
    yield eras[0]!.first;
    const { typeName } = messageSchema(name).byName.get(eras.at(-1)!.name)!;
    const values = Array.isArray(value) ? value : [value];
    for (const [bits, since] of FLAG_BITS[`${name}.${key}`] ?? []) {
      if (values.some((flags) => (flags & bits) !== 0)) yield `v${since}`;
    }
    if (typeName === undefined) continue;
    for (const inner of values) {
      if (typeof inner === "object") yield* firstsOf(typeName, inner);
      else yield enums[typeName]![inner]!.first;
    }
  }
}

/** `4.2`: the first release that has all; what a restore does not read is left out. */
export function newestIn(images: ReadonlyMap<string, Json[]>): string {
  const firsts: string[] = [];
  for (const [file, entries] of images) {
    const type = typeByFileName(file)!;
    if (type.framing === "service") continue;
    firsts.push((history.images as Record<string, string>)[type.name]!);
    entries.forEach((entry, index) => {
      const message = index === 0 && type.head !== undefined ? type.head.entry : type.entry!;
      firsts.push(...firstsOf(message, entry));
    });
  }
  return firsts.reduce((a, b) => (order(b) > order(a) ? b : a)).slice(1);
}
