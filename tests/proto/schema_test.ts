/**
 * The .proto files against the history of CRIU's releases up to 4.2, and against the format's
 * tables. What is newer than these is not compared.
 */

import assert from "node:assert/strict";
import history from "../../fixtures/history.json" with { type: "json" };
import { enumSchema, Kind, messageSchema } from "../../images/protobuf/schema.ts";
import { join, readProtos } from "../../tools/gen.ts";
import { isWithout } from "../programs.ts";

/** What one field was in a span of releases. */
interface Era {
  name: string;
  label: string;
  type: string;
  first: string;
  last?: string;
}

const messages: Record<string, { first: string; fields: Record<string, Era[]> }> = history.messages;
const enums: Record<string, Record<string, { number: number; first: string }>> = history.enums;
const protos = join(readProtos());

/** `v3.17.1` as a place in the list of releases. */
function order(release: string): number {
  const at = history.releases.indexOf(release);
  assert(at >= 0, release);
  return at;
}

/** The comment must tell the release, unless it is that of the whole or the oldest one. */
function checkSince(comment: string | null, first: string, whole: string, place: string): void {
  const told = /Since CRIU ([\d.]+\d)/.exec((comment ?? "").replaceAll("\n", " "))?.[1];
  const expected = first === whole || first === history.releases[0] ? undefined : first.slice(1);
  assert.equal(told, expected, `${place}: ${comment}`);
}

/** Fields that CRIU's schema requires and crit does not: older releases wrote images without. */
const NOT_REQUIRED = new Set(["dump_stats_entry.pages_lazy"]);

/** A field's label as crit has it. */
function labelOf(message: string, field: string, label: string): string {
  return NOT_REQUIRED.has(`${message}.${field}`) ? "optional" : label;
}

Deno.test("messages are those of the newest release, field by field", () => {
  for (const [name, { fields }] of Object.entries(messages)) {
    const expected = Object.entries(fields).flatMap(([number, eras]) => {
      const { name: field, label, type, last } = eras.at(-1)!;
      const own = { number: Number(number), name: field, label: labelOf(name, field, label), type };
      return last === undefined ? [own] : [];
    });
    const isKnown = (number: number) => Object.hasOwn(fields, number);
    const actual = messageSchema(name).fields.filter(({ number }) => isKnown(number))
      .map(({ number, name, label, kind }) => {
        return { number, name, label, type: Kind[kind].toLowerCase() };
      });
    assert.deepEqual(actual, expected.sort((a, b) => a.number - b.number), name);
  }
});

Deno.test("enums are those of the newest release, value by value", () => {
  for (const [name, values] of Object.entries(enums)) {
    const expected = new Map(Object.entries(values).map(([value, { number }]) => [value, number]));
    // The one value that was renamed: its number is TUNF's.
    if (name === "fd_types") expected.delete("TUN");
    const actual = [...enumSchema(name).byName].filter(([value]) => expected.has(value));
    assert.deepEqual(actual.sort(), [...expected].sort(), name);
  }
});

Deno.test("comments name the first release of messages and fields", () => {
  for (const [name, type] of protos.messages) {
    assert(type.comment, `${name} has no comment in its .proto file`);
    if (!Object.hasOwn(messages, name)) continue;
    const { first, fields } = messages[name]!;
    checkSince(type.comment, first, history.releases[0]!, name);
    for (const field of type.fieldsArray) {
      const eras = fields[field.id];
      if (eras === undefined) continue;
      checkSince(field.comment, eras[0]!.first, first, `${name}.${field.name}`);
      for (const { name: old, last } of eras.slice(0, -1)) {
        const text = field.comment?.replaceAll("\n", " ") ?? "";
        assert(text.includes(`amed ${old} up to CRIU ${last!.slice(1)}`), `${name}.${field.name}`);
      }
    }
  }
});

Deno.test("comments name the first release of enum values", () => {
  for (const [name, type] of protos.enums) {
    if (!Object.hasOwn(enums, name)) continue;
    const firsts = Object.values(enums[name]!).map(({ first }) => first);
    const whole = firsts.sort((a, b) => order(a) - order(b))[0]!;
    for (const value of Object.keys(type.values)) {
      if (value === "TUNF" || !Object.hasOwn(enums[name]!, value)) continue;
      checkSince(
        type.comments[value] ?? null,
        enums[name]![value]!.first,
        whole,
        `${name}.${value}`,
      );
    }
  }
});

/** A field as `spec/schema.json` has it. */
interface SpecField {
  number: number;
  name: string;
  label: string;
  type: string;
  type_name?: string;
  default?: string;
}

interface Spec {
  messages: Record<string, { fields: SpecField[] }>;
  enums: Record<string, { values: Record<string, number> }>;
}

function spec(): Spec | undefined {
  try {
    const file = new URL("../../../shared/spec/schema.json", import.meta.url);
    return JSON.parse(Deno.readTextFileSync(file));
  } catch {
    return undefined;
  }
}

const tables = spec();

Deno.test({
  name: "types and defaults are those of the format's tables beside the checkout",
  ignore: isWithout("../shared", tables !== undefined),
  fn() {
    for (const [name, { fields }] of Object.entries(tables!.messages)) {
      const expected = fields.map((field) => {
        const { number, type, type_name: typeName, default: preset } = field;
        const label = labelOf(name, field.name, field.label);
        return { number, name: field.name, label, type, typeName, default: preset };
      });
      const known = new Set(fields.map(({ number }) => number));
      const actual = messageSchema(name).fields.filter(({ number }) => known.has(number))
        .map((field) => {
          const { number, name, label, kind, typeName, default: preset } = field;
          return {
            number,
            name,
            label,
            type: Kind[kind].toLowerCase(),
            typeName,
            default: preset,
          };
        });
      assert.deepEqual(actual, expected, name);
    }
    for (const [name, { values }] of Object.entries(tables!.enums)) {
      const actual = [...enumSchema(name).byName].filter(([value]) => Object.hasOwn(values, value));
      assert.deepEqual(actual, Object.entries(values), name);
    }
  },
});
