/**
 * Generates the first releases of features from `Since CRIU 3.14` in the comments of
 * `proto/*.proto`, and from `since` in the plugins.
 *
 * @module
 */

import type { Field } from "npm:protobufjs@8.8.1";
import type { ProtoTypes } from "../images/protobuf/proto_text.ts";
import type { ImageType } from "../images/types/image_type.ts";
import releases from "../proto/releases.json" with { type: "json" };
import { SourceError } from "./source_error.ts";

/**
 * The release that a comment in `proto/*.proto` names with `Since CRIU 3.14`.
 *
 * @throws {SourceError} if the release is not listed, or several are named
 */
function sinceIn(comment: string | null | undefined, name: string): string | undefined {
  const [first, ...more] = [...(comment ?? "").matchAll(/Since\s+CRIU\s+(\d+(?:\.\d+)*)/g)]
    .map(([, release]) => release!);
  if (more.length > 0) throw new SourceError(`${name}: its comment names several releases`);
  if (first !== undefined && !releases.includes(first)) {
    throw unlisted(first, `the comment of ${name}`);
  }
  return first;
}

/** The error for a release that is not in the list. */
function unlisted(release: string, where: string): SourceError {
  return new SourceError(
    `${where} says CRIU ${release}, which proto/releases.json does not list: ` +
      `add "${release}" there, after the releases that are older`,
  );
}

/** The first release of a message or an enum: its own, or that of the enclosing message. */
function firstOf(types: ProtoTypes, name: string): string {
  const around = name.includes(".") ? name.slice(0, name.lastIndexOf(".")) : undefined;
  const comment = (types.messages.get(name) ?? types.enums.get(name))?.comment;
  return sinceIn(comment, name) ??
    (around !== undefined && types.messages.has(around) ? firstOf(types, around) : releases[0]!);
}

/** The text of `proto/release_tables.ts`, not yet formatted. */
export function releaseTablesModule(
  types: ProtoTypes,
  imageTypes: readonly ImageType[],
  made: string,
): string {
  const messages = [...types.messages].map(([name, { fieldsArray }]) => {
    const newer = newerFields(types, name, fieldsArray)
      .map(({ field, since }) => `${field.id}=${since}`);
    return [name, [firstOf(types, name), ...newer].join(" ")];
  });
  const enums = [...types.enums].map(([name, { values, comments }]) => {
    const since = (value: string) => sinceIn(comments[value], value) ?? firstOf(types, name);
    const rows = Object.entries(values).map(([value, number]) => `${number}=${since(value)}`);
    return [name, rows.join(" ")];
  });
  const images = imageTypes.flatMap(({ name, since }) => {
    if (since === undefined) return [];
    if (!releases.includes(since)) throw unlisted(since, `\`since\` of the image type ${name}`);
    return [[name, since]];
  });
  const table = (name: string, doc: string, rows: readonly (readonly string[])[]) =>
    `/** ${doc} */\nexport const ${name}: Readonly<Record<string, string>> = {\n` +
    rows.map(([key, text]) => `${JSON.stringify(key)}: ${JSON.stringify(text)},\n`).join("") +
    "};\n";
  return [
    `/**\n * Which CRIU release knows which images, messages, fields and values. ${made}\n *\n * @module\n */\n`,
    `/** All releases, the oldest first. */\nexport const releases: readonly string[] = ${
      JSON.stringify(releases)
    };\n`,
    table(
      "messages",
      "By message: its first release, then `NUMBER=RELEASE` for each field that came later.",
      messages as string[][],
    ),
    table("enums", "By enum: `NUMBER=RELEASE` for each value.", enums as string[][]),
    table("images", "By image type: its first release, unless that is the oldest.", images),
    table(
      "meanings",
      "By `message.field`, of fields that came after their message: what it tells.",
      meanings(types),
    ),
  ].join("\n");
}

/** The fields of a message that are newer than it. */
function newerFields(types: ProtoTypes, name: string, fields: readonly Field[]) {
  const first = firstOf(types, name);
  return fields.flatMap((field) => {
    const since = sinceIn(field.comment, `${name}.${field.name}`);
    return since === undefined || since === first ? [] : [{ field, since }];
  });
}

/** The comments of newer fields in `proto/*.proto`, without the releases. */
function meanings(types: ProtoTypes): string[][] {
  return [...types.messages].flatMap(([name, type]) =>
    newerFields(types, name, type.fieldsArray).map(({ field }) => {
      // A field without a comment has the meaning of its message.
      const whole = types.messages.get(field.type)?.comment;
      return [`${name}.${field.name}`, meaningOf(field.comment ?? "") || meaningOf(whole ?? "")];
    })
  ).filter(([, text]) => text !== "");
}

/** The first sentence of a comment, unless it is about releases. */
function meaningOf(comment: string): string {
  const text = comment.replaceAll("\n", " ").trim();
  const [sentence = ""] = text.split(/[.;:](?= |$)/);
  return /\b(CRIU|[Ss]ince)\b/.test(sentence) ? "" : sentence;
}
