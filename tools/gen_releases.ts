/**
 * Makes `proto/releases.ts` from `proto/history.json`: since which release of CRIU there is each
 * message, field and value, as small as it goes.
 *
 * @module
 */

/** One span of releases in which a field had one name. */
export interface FieldEra {
  readonly first: string;
}

/** What `proto/history.json` holds, as far as it matters here. */
export interface History {
  /** Releases from the oldest on: `v0.2`. */
  readonly releases: readonly string[];
  readonly messages: Readonly<
    Record<
      string,
      { readonly first: string; readonly fields: Readonly<Record<string, readonly FieldEra[]>> }
    >
  >;
  readonly enums: Readonly<
    Record<string, Readonly<Record<string, { readonly number: number; readonly first: string }>>>
  >;
}

/**
 * The text of `proto/releases.ts`, not yet formatted.
 *
 * A renamed field or value keeps its number, and so its first release.
 */
export function releasesModule(history: History, made: string): string {
  const messages = Object.entries(history.messages).map(([name, { first, fields }]) => {
    const firsts = Object.entries(fields)
      .map(([number, eras]) => [Number(number), eras[0]!.first] as const);
    return entry(name, first, firsts, history);
  });
  const enums = Object.entries(history.enums).map(([name, values]) => {
    const firsts = Object.values(values).map(({ number, first }) => [number, first] as const);
    return entry(name, oldest(firsts.map(([, first]) => first), history), firsts, history);
  });
  const doc = (text: string) => `/** ${text} */\n`;
  return `/**\n * Since which release of CRIU there is what. ${made}\n *\n * @module\n */\n\n` +
    doc("Releases, from the oldest on.") +
    `export const releases: readonly string[] = ${
      JSON.stringify(history.releases.map(plain).join(" "))
    }.split(" ");\n\n` +
    doc("Of each message its first release, then `number:release` for each later field.") +
    `export const messageReleases: Readonly<Record<string, string>> = {\n${
      messages.join("")
    }};\n\n` +
    doc("Of each enum its first release, then `number:release` for each later value.") +
    `export const enumReleases: Readonly<Record<string, string>> = {\n${enums.join("")}};\n`;
}

function entry(
  name: string,
  first: string,
  firsts: ReadonlyArray<readonly [number: number, first: string]>,
  history: History,
): string {
  const byNumber = Map.groupBy(firsts, ([number]) => number);
  const later = [...byNumber].sort(([a], [b]) => a - b).flatMap(([number, eras]) => {
    const since = oldest(eras.map(([, release]) => release), history);
    return order(since, history) > order(first, history) ? [`${number}:${plain(since)}`] : [];
  });
  return `${JSON.stringify(name)}: ${JSON.stringify([plain(first), ...later].join(" "))},\n`;
}

function oldest(releases: readonly string[], history: History): string {
  return releases.reduce((a, b) => (order(b, history) < order(a, history) ? b : a));
}

function order(release: string, { releases }: History): number {
  const at = releases.indexOf(release);
  if (at < 0) throw new Error(`proto/history.json: there is no release ${release}`);
  return at;
}

/** `3.17.1` for `v3.17.1`. */
function plain(release: string): string {
  return release.slice(1);
}
