/** Damaged dumps: the conversion refuses them in one line, or makes something that can be read. */

import assert from "node:assert/strict";
import { CritError } from "../../../mod.ts";
import { rounds } from "../../dumps.ts";
import fc from "../../fast_check.ts";
import { converted, type Files, fixture } from "./dumps.ts";

const TARGETS = ["1.0", "1.1", "1.3", "2.12.1", "3.3", "3.9", "3.17.1", "4.1", "4.2"];

/** Converts to every kind of target; only crit's own errors may come. */
function survive(files: Files, to: string): void {
  try {
    converted(files, to);
  } catch (error) {
    if (!(error instanceof CritError)) throw error;
    // A flipped bit may make another machine, which old releases do not know.
    assert(["data", "file", "unsupported"].includes(error.kind), error.message);
    assert(!error.message.includes("\n"), error.message);
  }
}

/** Dumps with images of many types, none of them large. */
const DUMPS = ["shloop", "sysvipc", "pyapp", "legacy-v1.0", "ghost_holes"].map(fixture);

const anyDamage = fc.record({
  dump: fc.nat(DUMPS.length - 1),
  image: fc.nat(),
  to: fc.constantFrom(...TARGETS),
  at: fc.nat(),
});

function damaged(
  { dump, image }: { dump: number; image: number },
  damage: (bytes: Uint8Array) => Uint8Array | undefined,
): Files {
  const files = new Map(DUMPS[dump]!);
  const names = [...files.keys()].filter((name) => !name.startsWith("pages-"));
  const name = names[image % names.length]!;
  const bytes = damage(files.get(name)!.slice());
  if (bytes === undefined) files.delete(name);
  else files.set(name, bytes);
  return files;
}

Deno.test("an image is cut short", () => {
  fc.assert(
    fc.property(anyDamage, ({ at, to, ...place }) => {
      survive(damaged(place, (bytes) => bytes.subarray(0, at % bytes.length)), to);
    }),
    { numRuns: rounds(250) },
  );
});

Deno.test("bits are flipped", () => {
  fc.assert(
    fc.property(anyDamage, fc.nat(7), ({ at, to, ...place }, bit) => {
      const flip = (bytes: Uint8Array) => {
        bytes[at % bytes.length]! ^= 1 << bit;
        return bytes;
      };
      survive(damaged(place, flip), to);
    }),
    { numRuns: rounds(400) },
  );
});

Deno.test("an image is missing", () => {
  fc.assert(
    fc.property(anyDamage, ({ to, ...place }) => survive(damaged(place, () => undefined), to)),
    { numRuns: rounds(100) },
  );
});

Deno.test("an image cut short is refused with its name, for releases and versions that read it", () => {
  const files = fixture("legacy-v1.0");
  for (const [name, bytes] of files) {
    if (/^ghost|^pages/.test(name) || bytes.length < 13) continue;
    const short = new Map([...files, [name, bytes.subarray(0, bytes.length - 1)]]);
    assert.throws(() => converted(short, "4.2"), (error) => {
      assert(error instanceof CritError, String(error));
      assert.equal(error.place.image, name);
      return true;
    }, name);
  }
});
