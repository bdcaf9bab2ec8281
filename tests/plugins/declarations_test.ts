/** Every image type's declaration holds together, and says what the format's tables say. */

import assert from "node:assert/strict";
import { messageNames, messageSchema } from "../../images/protobuf/schema.ts";
import { checkDeclaration } from "../../images/types/declaration.ts";
import { type Hint, hintOf } from "../../images/types/hints.ts";
import { dictTables, flagTables } from "../../images/types/tables.ts";
import {
  allTypes,
  type Extra,
  type ImageType,
  register,
  typeByFileName,
  typeByMagic,
  typeByName,
} from "../../mod.ts";
import { isWithout } from "../programs.ts";

const PLUGINS = new URL("../../plugins/", import.meta.url);

/** An entry's message and what follows it, for each kind of entry that a type has. */
function shapesOf(type: ImageType): Array<{ entry: string; extra?: Extra }> {
  const shapes = type.head === undefined ? [] : [type.head];
  return type.entry === undefined ? shapes : [...shapes, { entry: type.entry, extra: type.extra }];
}

/** A file name of a pattern's shape. */
function exampleOf(pattern: string): string {
  return pattern.replace("%u", "12").replace("%d", "-12").replace("%x", "1f").replace("%s", "dump");
}

Deno.test("the registered types are those that the plugin files declare", async () => {
  const declared: ImageType[] = [];
  for (const { name } of Deno.readDirSync(PLUGINS)) {
    if (name === "mod.ts") continue;
    const { default: types } = await import(new URL(name, PLUGINS).href);
    declared.push(...[types].flat());
  }
  // A declaration that differs from the one registered under its name would have been refused.
  assert.deepEqual(new Set(declared), new Set(allTypes()));
  assert.equal(declared.length, allTypes().length);
});

Deno.test("every declaration passes the check for users' declarations", () => {
  for (const type of allTypes()) checkDeclaration(type);
});

Deno.test("every table of names is in use, and no name or value occurs twice in one", () => {
  const used = new Set<unknown>();
  for (const message of messageNames()) {
    for (const { name } of messageSchema(message).fields) {
      const hint = hintOf(message, name);
      if (typeof hint === "object") used.add("flags" in hint ? hint.flags : hint.dict);
    }
  }
  for (const [name, table] of [...Object.entries(flagTables), ...Object.entries(dictTables)]) {
    assert(used.has(name), name);
    const { rows } = table;
    assert.equal(new Set(rows.map(([, name]) => name)).size, rows.length);
    assert.equal(new Set(rows.map(([value]) => value)).size, rows.length);
  }
});

Deno.test("types are found by name, by magic number and by file name", () => {
  for (const type of allTypes()) {
    assert.equal(typeByName(type.name), type);
    for (const pattern of type.files) {
      assert.equal(typeByFileName(exampleOf(pattern)), type, pattern);
    }
    if (type.sameMagicAs !== undefined) {
      assert.equal(typeByName(type.sameMagicAs)?.magic, type.magic);
      assert.equal(typeByMagic(type.magic!)?.name, type.sameMagicAs);
    } else if (type.magic !== undefined) {
      assert.equal(typeByMagic(type.magic), type);
    }
    assert.equal(register(type), type);
  }
});

Deno.test("similar file names are distinguished", () => {
  const cases: Array<[file: string, name: string | undefined]> = [
    ["pagemap-1.img", "PAGEMAP"],
    ["pagemap-shmem-1.img", "SHMEM_PAGEMAP"],
    ["pages-1.img", "PAGES"],
    ["tmpfs-1.tar.gz.img", "TMPFS_IMG"],
    ["tmpfs-dev-1.tar.gz.img", "TMPFS_DEV"],
    ["binfmt-misc.img", "BINFMT_MISC"],
    ["binfmt-misc-3.img", "BINFMT_MISC_OLD"],
    ["stats-restore", "STATS"],
    ["stats-dump.img", "STATS"],
    ["route-1.img", "ROUTE"],
    ["route6-1.img", "ROUTE6"],
    ["core-.img", undefined],
    ["core-x.img", undefined],
    ["core-1.img.bak", undefined],
    ["xcore-1.img", undefined],
  ];
  for (const [file, name] of cases) assert.equal(typeByFileName(file)?.name, name, file);
});

/** What `spec/images.json` says of an image type. */
interface SpecImage {
  name: string;
  magic: string | null;
  file: string;
  framing: string;
  entry?: string;
  raw?: string;
  extra?: string;
}

/** A hint as `spec/schema.json` has it. */
type SpecHints = Record<string, string | boolean>;

/** A file of the format's tables beside the checkout, where they are. */
function spec<T>(name: string): T | undefined {
  try {
    const file = new URL(`../../../shared/spec/${name}`, import.meta.url);
    return JSON.parse(Deno.readTextFileSync(file));
  } catch {
    return undefined;
  }
}

const images = spec<SpecImage[]>("images.json");
const schema = spec<{ messages: Record<string, { fields: SpecField[] }> }>("schema.json");

interface SpecField {
  name: string;
  hints?: SpecHints;
}

/** A hint of the tables in a plugin's words. */
function hintFrom(message: string, name: string, hints: SpecHints): Hint | undefined {
  if (hints["hex"] === true) return "hex";
  if (hints["odev"] === true) return "odev";
  if (hints["dev"] === true) return "dev";
  if (hints["ipadd"] === true) return "ip";
  if (hints["conv"] === "unix_name") return "unix_name";
  if (typeof hints["flags"] === "string") return { flags: hints["flags"] };
  if (typeof hints["dict"] === "string") return { dict: `${hints["dict"]}.${name}` };
  assert.fail(`${message}.${name}: ${JSON.stringify(hints)}`);
}

Deno.test({
  name: "the types are those of the format's tables beside the checkout",
  ignore: isWithout("../shared", images !== undefined),
  fn() {
    // What is newer than the tables is not in them.
    const names = allTypes().map(({ name }) => name);
    for (const { name } of images!) assert(names.includes(name), name);
    for (const image of images!) {
      const type = typeByName(image.name)!;
      const magic = image.magic === null ? undefined : Number(image.magic);
      const entries = shapesOf(type).map(({ entry }) => entry).join(" then ");
      assert.equal(type.magic, magic, image.name);
      assert(type.files.includes(image.file), image.name);
      assert.equal(type.framing ?? "common", image.framing, image.name);
      assert.equal(entries, image.entry ?? "", image.name);
      assert.equal(type.raw, image.raw, image.name);
      const hasExtra = shapesOf(type).some(({ extra }) => extra !== undefined);
      assert.equal(hasExtra, image.extra !== undefined, image.name);
    }
  },
});

/** A hint as the reference has it, which does not know of names that are read but never printed. */
function printedAs(hint: Hint | undefined): Hint | undefined {
  if (typeof hint !== "object") return hint;
  const [table, plain] = "flags" in hint
    ? [flagTables[String(hint.flags)], "hex" as const]
    : [dictTables[String(hint.dict)], undefined];
  const isPrinted = table === undefined || table.rows.some(([, , crit]) => crit !== undefined);
  return isPrinted ? hint : plain;
}

Deno.test({
  name: "the hints are those of the format's tables beside the checkout",
  ignore: isWithout("../shared", schema !== undefined),
  fn() {
    for (const [message, { fields }] of Object.entries(schema!.messages)) {
      for (const { name, hints } of fields) {
        const expected = hints === undefined ? undefined : hintFrom(message, name, hints);
        assert.deepEqual(printedAs(hintOf(message, name)), expected, `${message}.${name}`);
      }
    }
  },
});
