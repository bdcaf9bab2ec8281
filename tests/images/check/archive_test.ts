/** Dumps in archives: checked like directories; a damaged archive is a finding. */

import assert from "node:assert/strict";
import { TAR_END, tarHeader, tarPadding } from "../../../images/archive/tar_writer.ts";
import { checked, copyOf, linesOf } from "./broken_dump.ts";

/** An archive of a directory's files. */
function archiveOf(path: string): Uint8Array<ArrayBuffer> {
  const parts = [...Deno.readDirSync(path)].sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(({ name }) => {
      const bytes = Deno.readFileSync(`${path}/${name}`);
      return [
        tarHeader({ path: name, size: bytes.length, mode: 0o644, modified: 0 }),
        bytes,
        tarPadding(bytes.length),
      ];
    });
  return new Uint8Array(Buffer.concat([...parts, TAR_END]));
}

Deno.test("a good dump in an archive has no findings", async () => {
  using copy = await copyOf("shloop");
  const archive = `${copy.path}.tar`;
  try {
    Deno.writeFileSync(archive, archiveOf(copy.path));
    const report = await checked(archive);
    assert.deepEqual(linesOf(report), []);
    assert.equal(report.images, 18);
  } finally {
    Deno.removeSync(archive);
  }
});

Deno.test("archive-whole: cut an archive anywhere", async () => {
  using copy = await copyOf("shloop");
  const archive = `${copy.path}.tar`;
  try {
    const bytes = archiveOf(copy.path);
    for (let size = 5000; size < bytes.length - 2048; size += 20_000) {
      Deno.writeFileSync(archive, bytes.subarray(0, size));
      const report = await checked(archive);
      const [first] = report.findings;
      assert.equal(first?.rule.id, "archive-whole", `${size} bytes`);
      assert.equal(first.image, archive);
      assert.match(first.message, /cut short/);
      assert.equal(report.unfinished?.isCopy, true);
      assert.equal(report.unfinished.signs[0], "the archive is cut short");
    }
  } finally {
    Deno.removeSync(archive);
  }
});
