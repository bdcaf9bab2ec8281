/** The built-in image types beside each other. */

import assert from "node:assert/strict";
import type { ImageType } from "../../../images/types/image_type.ts";
import {
  register,
  typeByFileName,
  typeByMagic,
  typeByName,
} from "../../../images/types/registry.ts";
import "../../../plugins/mod.ts";
import { ROOT } from "../../programs.ts";

/** The declarations of all plugin files, whatever the tables made of them. */
async function declared(): Promise<ImageType[]> {
  const names = [...Deno.readDirSync(`${ROOT}plugins`)].map(({ name }) => name);
  const modules = names.filter((name) => name !== "mod.ts").map((name) =>
    import(`${ROOT}plugins/${name}`) as Promise<{ default?: ImageType | ImageType[] }>
  );
  return (await Promise.all(modules)).flatMap((module) => module.default ?? []);
}

function assertDifferent(what: string, values: readonly unknown[]): void {
  const twice = values.filter((value, index) => values.indexOf(value) !== index);
  assert.deepEqual(twice, [], what);
}

Deno.test("no two built-in types claim a name, a magic number, a file name or a hint", async () => {
  const types = await declared();
  assert(types.length > 70);
  assertDifferent("names", types.map(({ name }) => name));
  const own = types.filter(({ sameMagicAs }) => sameMagicAs === undefined);
  assertDifferent("magics", own.flatMap(({ magic }) => magic ?? []));
  assertDifferent("files", types.flatMap(({ files }) => files));
  const hints = types.flatMap(({ hints = {} }) =>
    Object.entries(hints).flatMap(([message, fields]) =>
      Object.keys(fields).map((field) => `${message}.${field}`)
    )
  );
  assert(hints.length > 50);
  assertDifferent("hints", hints);
  for (const type of types) {
    assert.equal(typeByName(type.name), type);
    if (type.magic !== undefined && type.sameMagicAs === undefined) {
      assert.equal(typeByMagic(type.magic), type);
    }
    // pages-12.img was a task's before CRIU 1.0, and is that of a page map since.
    for (const file of type.name === "PAGES_OLD" ? [] : type.files) {
      const name = file.replace(/%[udx]/, "12").replace("%s", "name");
      assert.equal(typeByFileName(name), type, name);
    }
  }
});

Deno.test("a type with a name or magic in use is refused; registering a type twice is accepted", () => {
  const core = typeByName("CORE")!;
  assert.equal(register({ ...core }), core);
  const other = { name: "OTHER", files: ["other.img"], summary: "something" };
  for (
    const [claim, reason] of [
      [{ ...core, summary: "x" }, /the name already belongs to CORE/],
      [{ ...other, magic: core.magic }, /magic 0x\w+ already belongs to CORE/],
      [{ ...other, files: ["core-%u.img"] }, /the file name core-%u\.img already belongs to CORE/],
      [{ ...other, hints: core.hints }, /has a hint already/],
    ] as const
  ) assert.throws(() => register(claim), reason);
  assert.equal(typeByName("OTHER"), undefined);
});
