/** Each rule finds the dump that is broken in just its way, and no other does. */

import assert from "node:assert/strict";
import { RULES } from "../../../../images/check/rules/mod.ts";
import { breaks as ofFiles } from "../breaks/files.ts";
import { breaks as ofImages } from "../breaks/images.ts";
import { breaks as ofMemory } from "../breaks/memory.ts";
import { breaks as ofProcesses } from "../breaks/processes.ts";
import { breaks as ofSurroundings } from "../breaks/surroundings.ts";
import { breaks as ofValues, mountBreaks } from "../breaks/values.ts";
import { type Break, checked, copyOf, linesOf } from "../broken_dump.ts";

const BREAKS: readonly Break[] = [
  ...ofImages,
  ...ofProcesses,
  ...ofMemory,
  ...ofFiles,
  ...ofSurroundings,
  ...ofValues,
  ...mountBreaks,
];

/** Rules whose test stands elsewhere. */
const ELSEWHERE = ["archive-whole", "machine-here", "pagemaps-apart", "image-readable"];

Deno.test("every rule has a dump that breaks it", () => {
  const broken = new Set([...BREAKS.map(({ rule }) => rule), ...ELSEWHERE]);
  assert.deepEqual(RULES.map(({ id }) => id).filter((id) => !broken.has(id)), []);
  assert.deepEqual([...broken].filter((id) => !RULES.some((rule) => rule.id === id)), []);
});

Deno.test("rules have unique ids, summaries, explanations and fixes", () => {
  assert.equal(new Set(RULES.map(({ id }) => id)).size, RULES.length);
  for (const { id, summary, explanation, fix } of RULES) {
    assert.match(id, /^[a-z]+(-[a-z]+)+$/);
    assert.match(summary, /^[^A-Z].*[^.]$|^System V .*[^.]$/, `${id}: the summary is a phrase`);
    assert.match(explanation, /^[A-Za-z].*\.$/, `${id}: whole sentences`);
    assert.match(fix, /^[^A-Z].*[^.]$/, `${id}: the fix is a phrase`);
  }
});

/** What was found in a dump before it was broken: the same for each break of it. */
const sound = new Map<string, Set<string>>();

async function linesBefore(dump: string, path: string): Promise<Set<string>> {
  const known = sound.get(dump);
  if (known !== undefined) return known;
  const before = await checked(path);
  assert.equal(before.counts.error + before.counts.warning, 0, linesOf(before).join("\n"));
  const lines = new Set(linesOf(before));
  sound.set(dump, lines);
  return lines;
}

for (const { rule, dump, how, break: spoil, image, entry, field, message, count = 1 } of BREAKS) {
  Deno.test(`${rule}: ${how} (${dump})`, async () => {
    using copy = await copyOf(dump);
    const old = await linesBefore(dump, copy.path);
    spoil(copy);
    const after = await checked(copy.path);
    const found = after.findings.filter((_, i) => !old.has(linesOf(after)[i]!));
    assert.equal(found.length, count, linesOf(after).join("\n"));
    for (const finding of found) {
      assert.equal(finding.rule.id, rule, linesOf(after).join("\n"));
      if (image !== "") assert.equal(finding.image, image);
      assert.match(finding.message, message);
      if (entry !== undefined) assert.equal(finding.entry, entry);
      if (field !== undefined) assert.equal(finding.field, field);
      if (finding.entry !== undefined && !finding.image.includes("/")) {
        assert(finding.offset! >= 4, "an entry has its offset");
      }
    }
  });
}
