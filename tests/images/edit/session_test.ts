/** Sessions: an image is edited the same way as it is read and in memory. */

import assert from "node:assert/strict";
import { joinBytes } from "../../../images/bytes/bytes.ts";
import { Edits } from "../../../images/edit/edits.ts";
import type { EditInput, Stage } from "../../../images/edit/session.ts";
import { THOROUGH } from "../../dumps.ts";
import { ROOT } from "../../programs.ts";
import { editsOf } from "./editing.ts";

const NAME = "files.img";
const IMAGE = Deno.readFileSync(`${ROOT}fixtures/images/${NAME}`);

/** An image that comes in pieces of so many bytes; counts how often it was opened. */
class Pieces implements EditInput {
  readonly label = NAME;
  readonly size: number | undefined = undefined;
  opened = 0;

  constructor(readonly length: number, readonly isRepeatable: boolean) {}

  open(): ReturnType<EditInput["open"]> {
    this.opened++;
    let pos = 0;
    return {
      readSync: (into) => {
        if (pos === IMAGE.length) return null;
        const piece = IMAGE.subarray(pos, pos + Math.min(this.length, into.length));
        into.set(piece);
        pos += piece.length;
        return piece.length;
      },
      [Symbol.dispose]() {},
    };
  }
}

async function streamed(edits: Edits, input: EditInput): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  await edits.session(NAME).stream(input, (bytes) => pieces.push(bytes.slice()));
  return joinBytes(pieces);
}

Deno.test("an edit gives the same image for chunks of any size and in memory", async () => {
  for (const text of ["[0].id=77", "[-1].id=77", "-[-1]", "[type=REG].id=5"]) {
    const edits = () => new Edits(editsOf(text), [], "image");
    const expected = await edits().session(NAME).edit(IMAGE);
    assert.notDeepEqual(expected, IMAGE);
    for (const length of THOROUGH ? [1, 7, 1 << 16] : [7, 1 << 16]) {
      for (const isRepeatable of [true, false]) {
        const input = new Pieces(length, isRepeatable);
        assert.deepEqual(await streamed(edits(), input), expected, `${text} ${length}`);
        // Counting from the end takes a second reading, or all of the image in memory.
        assert.equal(input.opened, isRepeatable && text.includes("[-1]") ? 2 : 1, text);
      }
    }
  }
});

Deno.test("fields are edited first, then each stage gets the result of the one before", async () => {
  const order: string[] = [];
  const stage = (text: string, change: boolean): Stage => ({
    text,
    files: NAME,
    edit(_name, image) {
      order.push(`${text} ${image.length - IMAGE.length}`);
      return change ? joinBytes([image, Uint8Array.of(0, 0, 0, 0)]) : image.slice();
    },
  });
  const stages = [stage("a", true), stage("b", false), stage("c", true)];
  const edits = new Edits(editsOf("-[0]"), stages, "dump");
  const other = edits.session("pstree.img");
  assert.ok(!other.isEmpty && other.stages.length === 0);
  const shorter = (await new Edits(editsOf("-[0]"), [], "image").session(NAME).edit(IMAGE)).length;
  const edited = await streamed(edits, new Pieces(100, true));
  assert.equal(edited.length, shorter + 8);
  const less = shorter - IMAGE.length;
  assert.deepEqual(order, [`a ${less}`, `b ${less + 4}`, `c ${less + 4}`]);
  assert.deepEqual(edits.tally, { edits: 3, images: 1 });
  edits.finish();
});

Deno.test("an image without edits passes unchanged", async () => {
  const edits = new Edits(editsOf("pstree.img:[0].pid=1"), [], "dump");
  assert.ok(edits.session(NAME).isEmpty);
  assert.deepEqual(await streamed(edits, new Pieces(50, false)), IMAGE);
  assert.deepEqual(edits.tally, { edits: 0, images: 0 });
  assert.throws(() => edits.finish(), /matches no image/);
});
