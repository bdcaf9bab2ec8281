/** Generates the page docs/X.md from the views of `crit x`. @module */

import { table } from "../cli/terminal/table.ts";
import { openDump } from "../images/dump/open.ts";
import { views } from "../images/explore/mod.ts";
import { VIEW_SUMMARIES, type ViewName } from "../images/explore/names.ts";
import "../plugins/mod.ts";

/** Number of lines of an example. */
const MOST_LINES = 8;

/** Dumps for examples; the first one unless a view has another. */
const DUMP = "fixtures/dumps/legacy-v1.0";
const OTHER_DUMPS: Readonly<Record<string, string>> = {
  ps: "fixtures/dumps/zombie_leader.ns",
  mounts: "fixtures/dumps/zombie_leader.ns",
};

/**
 * The page's text, in Markdown.
 *
 * @param root the project's directory
 */
export async function viewsPage(root: URL, made: string): Promise<string> {
  const sections: string[] = [];
  for (const name of Object.keys(VIEW_SUMMARIES)) {
    sections.push(await section(root, name as ViewName));
  }
  return `# The views of crit x\n\n<!-- ${made} -->\n\n` +
    "`crit x DUMP VIEW` prints a table. With `--json`, it prints a list of objects with the keys " +
    "below; keys without a value are left out. Numbers have all their digits. In names that are " +
    "not UTF-8, each undecodable byte 0xNN is `\\udcNN`, as in the JSON of images.\n\n" +
    sections.join("\n");
}

async function section(root: URL, name: ViewName): Promise<string> {
  const view = views[name];
  const summary = VIEW_SUMMARIES[name];
  const path = OTHER_DUMPS[name] ?? DUMP;
  using dump = await openDump(new URL(path, root).pathname);
  const { layout } = view.show(dump, { tasks: dump.tasks });
  const lines = "lines" in layout
    ? layout.lines
    : table(layout.headings, layout.cells, (_style, text) => text).trimEnd().split("\n");
  const shown = lines.slice(0, MOST_LINES).map((line) => line.trimEnd().replaceAll("\t", "    "));
  const more = lines.length > MOST_LINES ? ["…"] : [];
  const keys = Object.entries(view.keys).map(([key, doc]) => `| \`${key}\` | ${doc} |`);
  return `## ${name}\n\n${summary[0]!.toUpperCase()}${summary.slice(1)}.\n\n` +
    `\`\`\`console\n$ crit x ${path} ${name}\n${[...shown, ...more].join("\n")}\n\`\`\`\n\n` +
    `| key | value |\n| --- | --- |\n${keys.join("\n")}\n`;
}
