/**
 * What `deno task gen` makes of `proto/history.json`: which release knows what.
 *
 * @module
 */

import type { ProtoTypes } from "../images/protobuf/proto_text.ts";

/** A field of a message in a span of releases. */
interface Era {
  readonly name: string;
  readonly first: string;
}

/** `proto/history.json`: releases as `v3.17.1`. */
export interface History {
  /** All releases, the oldest first. */
  readonly releases: readonly string[];
  /** By message: its first release, and each field's names by number, the oldest first. */
  readonly messages: Readonly<
    Record<string, { first: string; fields: Readonly<Record<string, readonly Era[]>> }>
  >;
  /** By enum and value. */
  readonly enums: Readonly<
    Record<string, Readonly<Record<string, { number: number; first: string }>>>
  >;
  /** First release of each image type. */
  readonly images: Readonly<Record<string, string>>;
}

/** The text of `proto/release_tables.ts`, not yet formatted. */
export function releaseTablesModule(history: History, types: ProtoTypes, made: string): string {
  const plain = (release: string) => release.slice(1);
  const oldest = history.releases[0]!;
  const messages = Object.entries(history.messages).map(([name, { first, fields }]) => {
    const newer = Object.entries(fields)
      .map(([number, eras]) => [Number(number), eras[0]!.first] as const)
      .filter(([, since]) => since !== first);
    return [name, [plain(first), ...newer.map(([n, since]) => `${n}=${plain(since)}`)].join(" ")];
  });
  const enums = Object.entries(history.enums).map(([name, values]) => {
    const firsts = new Map<number, string>();
    for (const { number, first } of Object.values(values)) {
      const known = firsts.get(number);
      const isOlder = known === undefined ||
        history.releases.indexOf(first) < history.releases.indexOf(known);
      if (isOlder) firsts.set(number, first);
    }
    return [name, [...firsts].map(([number, first]) => `${number}=${plain(first)}`).join(" ")];
  });
  const images = Object.entries(history.images)
    .filter(([, first]) => first !== oldest)
    .map(([name, first]) => [name, plain(first)]);
  const table = (name: string, doc: string, rows: readonly (readonly string[])[]) =>
    `/** ${doc} */\nexport const ${name}: Readonly<Record<string, string>> = {\n` +
    rows.map(([key, text]) => `${JSON.stringify(key)}: ${JSON.stringify(text)},\n`).join("") +
    "};\n";
  return [
    `/**\n * Which CRIU release knows which images, messages, fields and values. ${made}\n *\n * @module\n */\n`,
    `/** All releases, the oldest first. */\nexport const releases: readonly string[] = ${
      JSON.stringify(history.releases.map(plain))
    };\n`,
    table(
      "messages",
      "By message: its first release, then `NUMBER=RELEASE` for each field that came later.",
      messages as string[][],
    ),
    table("enums", "By enum: `NUMBER=RELEASE` for each value.", enums as string[][]),
    table(
      "images",
      "By image type: its first release, where that is not the oldest.",
      images as string[][],
    ),
    table(
      "meanings",
      "By `message.field`, of fields that came after their message: what it tells.",
      meanings(history, types),
    ),
  ].join("\n");
}

/** What the comments in `proto/*.proto` say of fields that came later, without the releases. */
function meanings(history: History, types: ProtoTypes): string[][] {
  return [...types.messages].flatMap(([name, type]) => {
    const { first, fields } = history.messages[name]!;
    return type.fieldsArray
      .filter((field) => fields[field.id]![0]!.first !== first)
      .map((field) => {
        // Without a comment of its own, a field tells what its message is.
        const whole = types.messages.get(field.type)?.comment;
        return [`${name}.${field.name}`, meaningOf(field.comment ?? "") || meaningOf(whole ?? "")];
      })
      .filter(([, text]) => text !== "");
  });
}

/** A comment's first sentence, if it is not about releases. */
function meaningOf(comment: string): string {
  const text = comment.replaceAll("\n", " ").trim();
  const [sentence = ""] = text.split(/[.;:](?= |$)/);
  return /\b(CRIU|[Ss]ince)\b/.test(sentence) ? "" : sentence;
}
