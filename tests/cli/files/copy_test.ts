/** Copies of files: bytes, permissions, holes, links. */

import assert from "node:assert/strict";
import { copyFile, makeLink } from "../../../cli/files/copy.ts";
import { foundAt } from "../../../cli/files/found.ts";
import { pattern, Scratch } from "../../scratch.ts";

Deno.test("a copy has the same bytes and replaces an existing file", async () => {
  using scratch = new Scratch();
  const from = `${scratch.path}/from`;
  for (const size of [0, 1, 5000, 3_000_000]) {
    Deno.writeFileSync(from, pattern(size, size));
    for (const isNew of [true, false]) {
      const to = `${scratch.path}/to-${size}-${isNew}`;
      if (!isNew) Deno.writeTextFileSync(to, "old");
      let copied = 0;
      const onCopied = (count: number) => void (copied += count);
      await copyFile(foundAt("from", from, Deno.statSync(from)), to, {
        asLink: false,
        isNew,
        onCopied,
      });
      assert.deepEqual(Deno.readFileSync(to), pattern(size, size));
      assert.equal(copied, size);
      assert.notEqual(Deno.statSync(to).ino, Deno.statSync(from).ino);
    }
  }
});

Deno.test("holes stay holes", async () => {
  using scratch = new Scratch();
  const [from, to] = [`${scratch.path}/from`, `${scratch.path}/to`];
  const size = 8 * 2 ** 20 + 100;
  Deno.writeFileSync(from, pattern(4096, 1));
  Deno.truncateSync(from, size);
  for (const isNew of [true, false]) {
    await copyFile(foundAt("from", from, Deno.statSync(from)), to, { asLink: false, isNew });
    const info = Deno.statSync(to);
    assert.equal(info.size, size);
    assert(info.blocks! * 512 <= 64 * 1024, `${info.blocks} blocks`);
    assert.deepEqual(Deno.readFileSync(to), Deno.readFileSync(from));
    Deno.removeSync(to);
  }
});

Deno.test("a hard link is the same file, and can replace another", async () => {
  using scratch = new Scratch();
  const [from, to] = [`${scratch.path}/from`, `${scratch.path}/to`];
  Deno.writeFileSync(from, pattern(100, 1));
  await copyFile(foundAt("from", from, Deno.statSync(from)), to, { asLink: true, isNew: true });
  Deno.removeSync(to);
  Deno.writeTextFileSync(to, "old");
  await copyFile(foundAt("from", from, Deno.statSync(from)), to, { asLink: true, isNew: false });
  assert.equal(Deno.statSync(to).ino, Deno.statSync(from).ino);
  assert.deepEqual([...Deno.readDirSync(scratch.path)].map(({ name }) => name).sort(), [
    "from",
    "to",
  ]);
});

Deno.test("a symbolic link replaces a file but not a directory", () => {
  using scratch = new Scratch();
  const to = `${scratch.path}/link`;
  Deno.writeTextFileSync(to, "old");
  makeLink("anywhere/else", to);
  assert.equal(Deno.readLinkSync(to), "anywhere/else");
  Deno.mkdirSync(`${scratch.path}/directory`);
  assert.throws(() => makeLink("x", `${scratch.path}/directory`));
  assert.deepEqual([...Deno.readDirSync(scratch.path)].map(({ name }) => name).sort(), [
    "directory",
    "link",
  ]);
});
