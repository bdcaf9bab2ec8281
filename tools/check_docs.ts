/**
 * The page docs/CHECK.md: the rules of `crit check`, from the rules themselves.
 *
 * @module
 */

import { RULES } from "../images/check/rules/mod.ts";

/** The keys of `crit check --json`. */
const KEYS: Readonly<Record<string, string>> = {
  dump: "path of the dump, as it was given",
  kind: "`dump`, `pre-dump`, `service` (images that go with no process) or `nothing`",
  unfinished: "why the dump looks as if it was never finished, or never copied whole; or null",
  findings: "a list of objects with the keys below: errors, then warnings, then notes",
  left_out:
    "how many findings are only counted: more than 50 of one rule about one image, or 2000 of one rule",
  errors: "how many errors there are",
  warnings: "how many warnings there are",
  notes: "how many notes there are",
};

/** The keys of a finding. */
const FINDING_KEYS: Readonly<Record<string, string>> = {
  rule: "name of the rule",
  severity: "`error`, `warning` or `note`",
  image: "file name of the image; `parent/…` for one of the parent dump",
  entry: "index of the entry in the image, from 0, a page map's head included; or null",
  offset: "byte offset of the entry in the image; or null",
  field: "path of the field in the entry, such as `vmas[3].shmid`; or null",
  message: "what is wrong, with the value",
  hint: "with `--fix-hints`: what can be done about it",
};

/** The page's text, in Markdown. */
export function checkPage(made: string): string {
  const rules = RULES.map(({ id, severity, summary, explanation, fix }) =>
    `### ${id}\n\n**${severity}**: ${summary}. ${explanation}\n\nIf not: ${
      fix.replace(/`[^`]*`/g, (code) => code.replaceAll("{image}", "IMAGE"))
        .replaceAll("{image}", "the image")
    }.\n`
  );
  return `# What crit check looks for\n\n<!-- ${made} -->\n\n` +
    "`crit check DUMP` reads every image of a dump and checks it against the rules below. It " +
    "exits with 1 if there are errors, with 0 if there are only warnings and notes, and with 4 if " +
    "there is nothing at that path. `--only` and `--ignore` take rules by name.\n\n" +
    "An error means that CRIU could not restore the dump, or that data is lost; a warning is " +
    "suspicious; a note is worth knowing. A rule is skipped if an image it needs is missing or " +
    "damaged; that image is reported instead.\n\n" +
    `## JSON\n\n\`crit check DUMP --json\` prints an object:\n\n${keyTable(KEYS)}\n` +
    `A finding:\n\n${keyTable(FINDING_KEYS)}\n` +
    "`crit check --list --json` prints a list of the rules: `id`, `severity`, `summary`, " +
    `\`explanation\`, \`fix\`.\n\n## Rules\n\n${rules.join("\n")}`;
}

function keyTable(keys: Readonly<Record<string, string>>): string {
  const rows = Object.entries(keys).map(([key, doc]) => `| \`${key}\` | ${doc} |\n`);
  return `| key | value |\n| --- | --- |\n${rows.join("")}`;
}
