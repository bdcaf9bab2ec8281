/**
 * crit beside the crit of Debian's package `criu` (3.17.1): what both know they must print alike,
 * and each must encode what the other prints.
 */

import assert from "node:assert/strict";
import { imageToJson, jsonToImage } from "../../mod.ts";
import { type Fixture, ownFixtures } from "../fixtures.ts";
import { crit, isWithout, lacks, ROOT, runProgram } from "../programs.ts";

const PYTHON = "/usr/bin/python3";

/** What Debian's crit makes of one image. */
interface Theirs {
  compact?: string;
  pretty?: string;
  /** Its own JSON encoded again by it, in hexadecimal. */
  encoded?: string;
}

/** Runs what `crit decode` and `crit encode` run, for all images in one process. */
const SCRIPT = `
import sys, json, pycriu
rows = []
for path in sys.argv[1:]:
    row = {}
    try:
        with open(path, "rb") as image:
            row["compact"] = json.dumps(pycriu.images.load(image, False))
            image.seek(0)
            row["pretty"] = json.dumps(pycriu.images.load(image, True), indent=4)
        row["encoded"] = pycriu.images.dumps(json.loads(row["compact"])).hex()
    except Exception:
        pass
    rows.append(row)
print(json.dumps(rows))
`;

async function decodedByDebian(fixtures: readonly Fixture[]): Promise<Theirs[]> {
  const paths = fixtures.map(({ name }) => `${ROOT}fixtures/images/${name}`);
  const { code, stdout, stderr } = await runProgram(PYTHON, ["-c", SCRIPT, ...paths]);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout);
}

const ignore = lacks("crit") ||
  isWithout("pycriu", (await runProgram(PYTHON, ["-c", "import pycriu"])).stderr === "");

/** Present names of fields that 3.17.1 knew by others. */
const RENAMED: Record<string, string> = { nr_pages: "compat_nr_pages" };

/** Images of which it reads contents that are not there (docs/DIFFERENCES.md). */
const MISREAD = /^ipcns-shm-/;

function parseExactly(json: string): unknown {
  const reviver = (_: string, value: unknown, context?: { source?: string }) =>
    typeof value === "number" ? context!.source : value;
  return JSON.parse(json, reviver);
}

/** Everything in their JSON stands in ours; ours may know more fields. */
function assertWithin(theirs: unknown, ours: unknown, path: string): void {
  if (Array.isArray(theirs)) {
    assert(Array.isArray(ours), path);
    assert.equal(ours.length, theirs.length, path);
    theirs.forEach((item, i) => assertWithin(item, ours[i], `${path}[${i}]`));
  } else if (typeof theirs === "object" && theirs !== null) {
    for (const [key, value] of Object.entries(theirs)) {
      const known = ours as Record<string, unknown>;
      const present = RENAMED[key] ?? key;
      assertWithin(value, known[present in known ? present : key], `${path}.${key}`);
    }
  } else if (typeof ours === "string" && !ours.isWellFormed()) {
    // Names that are not UTF-8 it prints as Python source, which loses them.
    assert.match(theirs as string, /^b'.*\\x/, path);
  } else assert.equal(ours, theirs, path);
}

Deno.test({
  name: "crit prints every value that Debian's crit prints",
  ignore,
  async fn() {
    const fixtures = ownFixtures();
    const all = await decodedByDebian(fixtures);
    let decoded = 0;
    let alike = 0;
    let prettyAlike = 0;
    fixtures.forEach(({ name, file, bytes }, i) => {
      const { compact, pretty, encoded } = all[i]!;
      if (compact === undefined || pretty === undefined || MISREAD.test(file)) return;
      decoded++;
      const ours = imageToJson(bytes, { name: file });
      assertWithin(parseExactly(compact), parseExactly(ours), name);
      if (ours !== compact) return;
      alike++;
      // Some flags have no name in 3.17.1; encode takes them as numbers too.
      if (imageToJson(bytes, { name: file, pretty: true }) === pretty) prettyAlike++;
      for (const json of [compact, pretty]) {
        const image = jsonToImage(json);
        if (encoded !== undefined) assert.equal(image.toHex(), encoded, name);
      }
    });
    assert(decoded > 80, `it decodes ${decoded} images`);
    assert(prettyAlike > 60, `${prettyAlike} images are shown alike`);
    assert(alike > 60, `${alike} images are printed alike`);
  },
});

for (const options of [[], ["--pretty"]]) {
  Deno.test({
    name: `Debian's crit and crit decode ${options.join()} files.img to the same bytes`,
    ignore,
    async fn() {
      const args = ["decode", ...options, "-i", `${ROOT}fixtures/images/files.img`];
      const theirs = await runProgram("crit", args);
      assert.equal(theirs.code, 0, theirs.stderr);
      assert.deepEqual(await crit(args), theirs);
    },
  });
}
