/** Generates the page docs/CHECK.md from the rules of `crit check`. @module */

import { RULES } from "../images/check/rules/mod.ts";

/** The keys of `crit check --json`. */
const KEYS: Readonly<Record<string, string>> = {
  dump: "path of the dump, as given",
  kind: "`dump`, `pre-dump`, `service` (images that belong to no process) or `nothing`",
  unfinished: "why the dump appears unfinished or incompletely copied; or null",
  findings: "a list of objects with the keys below: errors, then warnings, then notes",
  left_out:
    "number of findings that are counted but not listed: beyond 50 of one rule per image, or 2000 of one rule",
  errors: "number of errors",
  warnings: "number of warnings",
  notes: "number of notes",
};

/** The keys of a finding. */
const FINDING_KEYS: Readonly<Record<string, string>> = {
  rule: "name of the rule",
  severity: "`error`, `warning` or `note`",
  image: "file name of the image; `parent/…` for one of the parent dump",
  entry: "index of the entry in the image, from 0, counting the head of a page map; or null",
  offset: "byte offset of the entry in the image; or null",
  field: "path of the field in the entry, such as `vmas[3].shmid`; or null",
  message: "the fault, with the value",
  hint: "with `--fix-hints`: a fix",
};

/** The page's text, in Markdown. */
export function checkPage(made: string): string {
  const rules = RULES.map(({ id, severity, summary, explanation, fix }) =>
    `### ${id}\n\n**${severity}**: ${summary}. ${explanation}\n\nIf not: ${
      fix.replace(/`[^`]*`/g, (code) => code.replaceAll("{image}", "IMAGE"))
        .replaceAll("{image}", "the image")
    }.\n`
  );
  return `# The rules of crit check\n\n<!-- ${made} -->\n\n` +
    "`crit check DUMP` reads every image of a dump and checks it against the rules below. It " +
    "exits with 1 if there are errors, with 0 if there are only warnings and notes, and with 4 if the path does not exist. `--only` and `--ignore` take rules by name.\n\n" +
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
