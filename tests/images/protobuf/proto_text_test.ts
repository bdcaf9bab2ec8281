import assert from "node:assert/strict";
import { CritError, type ErrorKind } from "../../../images/errors.ts";
import { parseProto } from "../../../images/protobuf/proto_text.ts";
import { addSchema, enumSchema, Kind, messageSchema } from "../../../images/protobuf/schema.ts";

async function refuses(kind: ErrorKind, text: string, message: RegExp): Promise<void> {
  await assert.rejects(parseProto(text, "vendor.js"), (error) => {
    assert(error instanceof CritError, String(error));
    assert.equal(error.kind, kind);
    assert.match(error.message, message);
    return true;
  });
}

Deno.test("a .proto text becomes tables of messages and enums", async () => {
  const schema = await parseProto(
    `syntax = "proto2";
    import "fown.proto";
    message vendor_entry {
      enum colour { RED = 0; BLUE = -2; }
      message part { required sfixed64 at = 1; }
      repeated part parts = 9;
      required uint32 snake_case = 1;
      optional colour paint = 2 [default = BLUE];
      optional fown_entry fown = 3;
      optional core_entry.march mtype = 4;
      optional bytes blob = 0x10;
      optional .vendor_entry.part again = 5;
    }`,
    "vendor.js",
  );
  assert.deepEqual(schema, {
    messages: {
      "vendor_entry": [
        "required uint32 snake_case = 1",
        "optional vendor_entry.colour paint = 2 [default = BLUE]",
        "optional fown_entry fown = 3",
        "optional core_entry.march mtype = 4",
        "optional vendor_entry.part again = 5",
        "repeated vendor_entry.part parts = 9",
        "optional bytes blob = 16",
      ].join("\n"),
      "vendor_entry.part": "required sfixed64 at = 1",
    },
    enums: { "vendor_entry.colour": "RED = 0\nBLUE = -2" },
  });
});

Deno.test("parsed messages can be added and looked up", async () => {
  const text = `package vendor;
    enum speed { SLOW = 1; FAST = 2; }
    message gear {
      optional speed speed = 1;
      optional string label = 2 [default = "a b\\n]"];
      optional sint32 offset = 3 [default = -1];
    }`;
  addSchema(await parseProto(text, "vendor.js"));
  const [speed, label, offset] = messageSchema("vendor.gear").fields;
  assert.equal(speed?.kind, Kind.Enum);
  assert.equal(speed?.typeName, "vendor.speed");
  assert.equal(label?.default, JSON.stringify("a b\n]"));
  assert.equal(offset?.default, "-1");
  assert.equal(enumSchema("vendor.speed").byNumber.get(2), "FAST");
  addSchema(await parseProto(text, "vendor.js"));
  await assert.rejects(
    async () => addSchema(await parseProto("package vendor; message gear {}", "vendor.js")),
    /message vendor.gear is already defined/,
  );
});

Deno.test("the name of a field does not hide a type of the same name", async () => {
  const { messages } = await parseProto(
    "enum mode { A = 1; } message m { optional mode mode = 1; optional mode next = 2; }",
    "vendor.js",
  );
  assert.equal(messages["m"], "optional mode mode = 1\noptional mode next = 2");
});

Deno.test("malformed text is refused with its line", async () => {
  await refuses("data", "message m {\n requred uint32 x = 1;\n}", /^vendor\.js: .*line 2/);
  await refuses(
    "data",
    "message m { optional uint32 x = 1; optional uint32 y = 1; }",
    /vendor\.js/,
  );
  await refuses("data", "message m {", /vendor\.js/);
  await refuses("data", "message m { optional nowhere x = 1; }", /m\.x: there is no type nowhere/);
});

Deno.test("features of .proto that images never use are refused by name", async () => {
  const cases: Array<[text: string, message: RegExp]> = [
    [`syntax = "proto3"; message m { uint32 x = 1; }`, /: m: .*proto2/],
    [`edition = "2023"; message m { uint32 x = 1; }`, /: m: .*proto2/],
    ["message m { optional float x = 1; }", /m\.x: .*float/],
    ["message m { repeated double x = 1; }", /m\.x: .*double/],
    ["message m { oneof o { uint32 x = 1; } }", /m\.x: .*oneof/],
    ["message m { map<string, uint32> x = 1; }", /m\.x: .*map/],
    ["message m { optional group G = 1 { optional uint32 x = 1; } }", /groups/],
    ["message m { repeated uint32 x = 1 [packed = true]; }", /m\.x: .*packed/],
    ["message m { extensions 9; } extend m { optional uint32 x = 9; }", /extensions/],
  ];
  for (const [text, message] of cases) await refuses("unsupported", text, message);
});
