/** Words that shells offer to complete a value. @module */

import { printable } from "../../../images/bytes/printable.ts";
import { RULES } from "../../../images/check/rules/mod.ts";
import { openDump } from "../../../images/dump/open.ts";
import { CritError } from "../../../images/errors.ts";
import { NEWEST, OLDEST_TARGET, rankOf, releaseName } from "../../../images/releases/releases.ts";
import { allTypes } from "../../../images/types/registry.ts";
import "../../../plugins/mod.ts";
import { loadPlugins } from "../../images/plugins.ts";
import type { WORDS } from "../../line/command.ts";
import { environment } from "../../terminal/environment.ts";

/** What words may depend upon. */
export interface WordContext {
  /** Words of the command line, of which some may be dumps. */
  readonly dumps: readonly string[];
  /** Files of the user's image types. */
  readonly plugins: readonly string[];
}

/** A word, and after a tab what it means if there is more to say. */
type Line = string;

const FINDERS: Readonly<
  Record<keyof typeof WORDS, (context: WordContext) => Promise<Line[]> | Line[]>
> = {
  rules: () => RULES.map(({ id, summary }) => `${id}\t${summary}`),
  async types({ plugins }) {
    await loadPlugins(plugins);
    return allTypes().map(({ name, summary }) => `${name}\t${summary}`);
  },
  releases() {
    const oldest = rankOf(OLDEST_TARGET);
    const releases = Array.from({ length: NEWEST - oldest + 1 }, (_, i) => releaseName(NEWEST - i));
    return [...releases, "1.1\timage version", "1.0\timage version"];
  },
  async pids({ dumps }) {
    const found: Line[] = [];
    for (const dump of dumps) found.push(...await pidsIn(dump));
    return found;
  },
};

/** The words of a kind. */
export async function wordsOf(kind: keyof typeof WORDS, context: WordContext): Promise<Line[]> {
  return await FINDERS[kind](context);
}

/** The processes of a dump, with their names; none if there is no dump at that path. */
async function pidsIn(word: string): Promise<Line[]> {
  try {
    using dump = await openDump(unquoted(word));
    return dump.tasks.map(({ pid, comm = "" }) => `${pid}\t${printable(comm)}`);
  } catch (error) {
    if (error instanceof CritError) return [];
    throw error;
  }
}

/** A path without what shells write around names: bash gives words as they were typed. */
function unquoted(word: string): string {
  const plain = word.replace(/\\(.)|["']/g, "$1");
  return plain.replace(/^~(?=\/|$)/, () => environment("HOME") ?? "~");
}
