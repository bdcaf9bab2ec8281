import assert from "node:assert/strict";
import { schemaText } from "../../images/protobuf/proto_text.ts";
import { generate, join, parseFile, schemaModule, typesModule } from "../../tools/gen.ts";
import { releaseTablesModule } from "../../tools/gen_releases.ts";

const SHAPES = parseFile(
  "shapes.proto",
  `// Shapes.

  syntax = "proto2";

  import "points.proto";

  // Kind of a shape.
  enum shape_kind {
    CIRCLE = 1;
    // Since CRIU 9.9.
    SQUARE = 2;
  }

  // A shape, with
  // its corners.
  message shape_entry {
    enum side { LEFT = 0; }
    // Points in order.
    repeated point corners = 3;
    required shape_kind kind = 1;
    optional uint64 area = 2;
    optional bytes blob = 4;
    optional side towards = 5;
  }`,
);
const POINTS = parseFile("points.proto", "// A point.\nmessage point { required sint32 x = 1; }");

Deno.test("committed files match generated ones", async () => {
  for (const [path, text] of await generate()) {
    const file = new URL(`../../${path}`, import.meta.url);
    assert.equal(Deno.readTextFileSync(file), text, path);
  }
});

Deno.test("tables written as text are read back as the same tables", async () => {
  const schema = schemaText(join([SHAPES, POINTS]), () => false);
  const module = await import(
    `data:application/typescript,${encodeURIComponent(schemaModule(schema))}`
  );
  assert.deepEqual(module.messages, schema.messages);
  assert.deepEqual(module.enums, schema.enums);
  assert.equal(module.messages["shape_entry"].split("\n")[0], "required shape_kind kind = 1");
});

Deno.test("interfaces have the object form's types, and the .proto files' comments", () => {
  const text = typesModule(join([SHAPES, POINTS]));
  for (
    const part of [
      `- \`SQUARE\`: Since CRIU 9.9.\n */\nexport type ShapeKind = "CIRCLE" | "SQUARE" | number;`,
      `export type ShapeEntrySide = "LEFT" | number;`,
      `/**\n * A shape, with\n * its corners.\n */\nexport interface ShapeEntry {`,
      "kind: ShapeKind;",
      "area?: bigint;",
      "/** Points in order. */\ncorners?: Array<Point>;",
      "blob?: Uint8Array;",
      "towards?: ShapeEntrySide;",
      `"?"?: Uint8Array;`,
      "x: number;",
      "shape_entry: ShapeEntry;",
    ]
  ) assert(text.includes(part), `${part}\nis not in\n${text}`);
  assert(text.indexOf("kind: ShapeKind") < text.indexOf("corners?:"));
});

Deno.test("missing imports, unused imports and duplicate names are errors", () => {
  const unaided = parseFile("a.proto", "message a { optional point p = 1; }");
  assert.throws(() => join([unaided, POINTS]), /a\.proto: a\.p needs import "points\.proto"/);
  const idle = parseFile("b.proto", `import "points.proto"; message b { optional uint32 p = 1; }`);
  assert.throws(() => join([idle, POINTS]), /b\.proto: import "points\.proto" is not used/);
  const twin = parseFile("c.proto", "message point {}");
  assert.throws(() => join([POINTS, twin]), /c\.proto: point is also defined in points\.proto/);
  assert.throws(() => parseFile("d.proto", "message {"), /^Error: d\.proto: .*line 1/);
});

Deno.test("first releases come from the comments and from the plugins", () => {
  const text = releaseTablesModule(
    join([parseFile(
      "a.proto",
      `message old {
         optional uint32 a = 1;
         // Since
         // CRIU 3.14.
         optional uint32 b = 2;
       }
       // What is new. Since CRIU 4.1.
       message young { enum side { LEFT = 0; } required side towards = 1; }`,
    )]),
    [{ name: "A", files: ["a.img"], summary: "a", since: "3.14" }],
    "",
  );
  for (const row of [`"old": "0.2 2=3.14"`, `"young": "4.1"`, `"young.side": "0=4.1"`]) {
    assert(text.includes(row), `${row} is not in ${text}`);
  }
  assert(text.includes(`"A": "3.14"`));
  const unknown = parseFile("b.proto", "// Since CRIU 99.1.\nmessage b {}");
  assert.throws(
    () => releaseTablesModule(join([unknown]), [], ""),
    /^Error: the comment of b says CRIU 99\.1, .*releases\.json.*: add "99\.1" there/,
  );
  const type = { name: "B", files: ["b.img"], summary: "b", since: "99.1" };
  assert.throws(
    () => releaseTablesModule(join([POINTS]), [type], ""),
    /^Error: `since` of the image type B says CRIU 99\.1/,
  );
});
