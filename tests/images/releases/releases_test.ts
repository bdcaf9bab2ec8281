/** What a version may be called, and the tables of releases. */

import assert from "node:assert/strict";
import history from "../../../fixtures/history.json" with { type: "json" };
import { STEPS } from "../../../images/convert/plan.ts";
import { messageSchema } from "../../../images/protobuf/schema.ts";
import { DEFAULTS } from "../../../images/releases/defaults.ts";
import {
  firstOfField,
  firstOfImage,
  firstOfValue,
  NEWEST,
  parseTarget,
  rankOf,
  releaseName,
} from "../../../images/releases/releases.ts";
import { allTypes } from "../../../images/types/registry.ts";
import "../../../plugins/mod.ts";
import { isWithout, ROOT } from "../../programs.ts";

Deno.test("1.0 and 1.1 are image versions, releases begin at 1.3", () => {
  assert.deepEqual(parseTarget("1.0"), { kind: "version", version: "1.0" });
  assert.deepEqual(parseTarget("1.1"), { kind: "version", version: "1.1" });
  for (const release of history.releases.slice(history.releases.indexOf("v1.3"))) {
    const target = parseTarget(release.slice(1));
    assert.equal(target.kind, "release");
    assert.deepEqual(parseTarget(release), target);
    const isOld = history.releases.indexOf(release) <= history.releases.indexOf("v1.5.2");
    assert.equal(target.version, isOld ? "1.0" : "1.1", release);
  }
  assert.deepEqual(parseTarget(), { kind: "release", rank: NEWEST, version: "1.1" });
  for (
    const [wrong, hint] of [["1.2", /1\.3/], ["0.8", /releases 1.3 to/], ["4.1.2", /4\.1/]] as const
  ) {
    assert.throws(() => parseTarget(wrong), hint, wrong);
  }
  assert.throws(() => parseTarget(""), /there is no version/);
});

Deno.test("the tables match the history", () => {
  const rank = (release: string) => history.releases.indexOf(release);
  assert(history.releases.length - 1 <= NEWEST);
  for (const [name, { fields }] of Object.entries(history.messages)) {
    for (const [number, eras] of Object.entries(fields)) {
      assert.equal(firstOfField(name, Number(number)), rank(eras[0]!.first), `${name}.${number}`);
    }
  }
  for (const [name, values] of Object.entries(history.enums)) {
    for (const [value, { number, first }] of Object.entries(values)) {
      // TUN was renamed TUNF: the number is older than the name.
      const oldest = value === "TUNF" ? "v0.7" : first;
      assert.equal(firstOfValue(name, number), rank(oldest), `${name}.${value}`);
    }
  }
});

Deno.test("the first release of an image type is not before that of its message", () => {
  const images: Record<string, string> = history.images;
  const names = new Set(allTypes().map(({ name }) => name));
  for (const name of Object.keys(images)) assert(names.has(name), name);
  for (const [name, first] of Object.entries(images)) {
    assert.equal(firstOfImage(name), history.releases.indexOf(first), name);
  }
});

Deno.test("steps are in the order of releases, and default rules name existing fields", () => {
  const ranks = STEPS.map(({ since }) => rankOf(since));
  assert.deepEqual(ranks, [...ranks].sort((a, b) => a - b));
  assert.equal(releaseName(rankOf("3.17.1")), "3.17.1");
  for (const path of Object.keys(DEFAULTS)) {
    const [message, field] = path.split(".");
    assert(messageSchema(message!).byName.has(field!), path);
  }
});

Deno.test("docs/CONVERT.md lists every step with its release", () => {
  const text = Deno.readTextFileSync(`${ROOT}docs/CONVERT.md`);
  const rows = [...text.matchAll(/^\| (\d[\d.]*) +\| ([^|`]+?) +\|.*\|.*\|$/gm)]
    .map(([, since, name]) => `${since} ${name}`);
  assert.deepEqual(rows, STEPS.map(({ since, name }) => `${since} ${name}`));
});

interface SpecImage {
  name: string;
  first: string;
}

const SPEC = new URL("../../../../shared/spec/images.json", import.meta.url);

function spec(): SpecImage[] | undefined {
  try {
    return JSON.parse(Deno.readTextFileSync(SPEC));
  } catch {
    return undefined;
  }
}

Deno.test({
  name: "first releases of images are those of the format's tables beside the checkout",
  ignore: isWithout("../shared", spec() !== undefined),
  fn() {
    const expected = Object.fromEntries(spec()!.map(({ name, first }) => [name, first]));
    assert.deepEqual(history.images, expected);
  },
});
