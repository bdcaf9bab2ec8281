import assert from "node:assert/strict";
import { decodeObjects } from "../../../images/image/objects.ts";
import { CritError, encodeImage, imageToJson } from "../../../mod.ts";
import { isNotSwept, SHARED } from "../../dumps.ts";
import { type Fixture, fixturesIn, ownFixtures, roundTrip } from "../../fixtures.ts";

function check(fixture: Fixture): void {
  const { name, file, bytes, compact, pretty } = fixture;
  if (compact !== undefined) assert.equal(imageToJson(bytes, { name: file }), compact, name);
  if (pretty !== undefined) {
    assert.equal(imageToJson(bytes, { name: file, pretty: true }), pretty, name);
  }
  assert.deepEqual(roundTrip(fixture, false), bytes, name);
  assert.deepEqual(roundTrip(fixture, true), bytes, name);
  assert.deepEqual(encodeImage(decodeObjects(bytes, { name: file })), bytes, name);
}

Deno.test("fixtures are printed as CRIU's own tool prints them, and encode to the same bytes", () => {
  const fixtures = ownFixtures();
  assert(fixtures.length > 80);
  for (const fixture of fixtures) check(fixture);
});

Deno.test({
  name:
    "all images of the dumps beside the checkout are printed like CRIU's tool and encode to the same bytes",
  ignore: isNotSwept(),
  fn() {
    let count = 0;
    for (const fixture of fixturesIn(`${SHARED}dumps`, `${SHARED}golden`)) {
      try {
        check(fixture);
        count++;
      } catch (error) {
        if (!(error instanceof CritError) || !error.message.includes("raw image")) throw error;
      }
    }
    assert(count > 500);
  },
});
