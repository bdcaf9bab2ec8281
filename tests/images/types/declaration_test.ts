import assert from "node:assert/strict";
import { CritError } from "../../../images/errors.ts";
import { checkDeclaration } from "../../../images/types/declaration.ts";
import type { ImageType } from "../../../images/types/image_type.ts";

const SOUND: ImageType = {
  name: "VENDOR",
  magic: 0xfedcba98,
  files: ["vendor-%u.img"],
  summary: "what a vendor adds",
  head: { entry: "ghost_file_entry", extra: { kind: "rest", unless: "chunks" } },
  entry: "tcp_stream_entry",
  extra: {
    kind: "record",
    parts: {
      inq: { kind: "bytes", length: ["inq_len", "unsq_len"], pad: 8 },
      outq: { kind: "bytes", length: ["outq_len"], unless: "cork" },
    },
  },
  hints: {
    tcp_stream_entry: { inq_seq: "hex", opt_mask: { flags: [["ONE", 1]] } },
    inet_sk_entry: { opts: "hex", src_addr: "ip", state: { dict: "sk.state" } },
    unix_sk_entry: { name: "unix_name", ino: "dev" },
  },
};

function accepts(change: Record<string, unknown>): void {
  checkDeclaration({ ...SOUND, ...change } as ImageType);
}

/** Whatever else is right, this part makes it wrong, and the error names it. */
function refuses(change: Record<string, unknown>, message: string): void {
  assert.throws(() => accepts(change), (error) => {
    assert(error instanceof CritError, String(error));
    assert.equal(error.kind, "usage");
    assert.equal(error.message, message);
    return true;
  });
}

Deno.test("valid declarations are accepted", () => {
  accepts({});
  accepts({ framing: "bare", head: undefined, extra: undefined, hints: undefined });
  accepts({ entry: "ipc_sem_entry", extra: { kind: "numbers", count: "nsems", pad: 8 } });
  const bytes = { kind: "bytes", length: ["msize"] };
  const extra = { kind: "messages", count: "qnum", message: "ipc_msg", bytes };
  accepts({ entry: "ipc_msg_entry", extra });
  const raw = { head: undefined, entry: undefined, extra: undefined, raw: "text" };
  accepts({ ...raw, magic: undefined, framing: "none" });
});

Deno.test("identities name single fields of messages", () => {
  accepts({ identities: { ipc_msg_entry: ["desc.id"], file_entry: ["type", "id"] } });
  refuses({ identities: { nothing: ["id"] } }, "identities.nothing: there is no message nothing");
  refuses(
    { identities: { fdinfo_entry: [] } },
    "identities.fdinfo_entry: not a list of field names",
  );
  refuses(
    { identities: { fdinfo_entry: ["fd", "nr"] } },
    "identities.fdinfo_entry: fdinfo_entry has no field nr",
  );
  refuses(
    { identities: { fdinfo_entry: ["fd.id"] } },
    "identities.fdinfo_entry: fd is no message",
  );
  refuses({ identities: { mm_entry: ["vmas"] } }, "identities.mm_entry: mm_entry.vmas is a list");
  refuses({ number: "inode" }, "number: no such number");
});

Deno.test("a declaration must have its parts, each of the right type", () => {
  refuses({ extras: {} }, "extras: no such part");
  refuses({ name: "" }, "name: not a text");
  refuses({ summary: 5 }, "summary: not a text");
  refuses({ files: [] }, "files: not a list of file names");
  refuses({ files: "a.img" }, "files: not a list of file names");
  refuses({ files: ["a.img", 1] }, "files[1]: not a text");
  refuses({ framing: "odd" }, 'framing: not "common", "service", "bare" or "none"');
  for (const magic of [undefined, "0x1", -1, 1.5, 0x100000000]) {
    refuses({ magic }, "magic: not a number of 32 bits");
  }
  refuses({ framing: "none" }, 'magic: framing "none" has no magic');
  refuses({ sameMagicAs: 1 }, "sameMagicAs: not a text");
  refuses({ entry: undefined }, "entry: missing (a raw image has raw in its place)");
  refuses({ entry: "nothing" }, "entry: there is no message nothing");
  refuses({ raw: "text" }, "entry: a raw image has none");
  refuses({ head: { entry: "nothing" } }, "head.entry: there is no message nothing");
  refuses({ head: "pagemap_head" }, "head: not an object");
});

Deno.test("an extra's lengths are integer fields of its message", () => {
  const bytes = { kind: "bytes", length: ["inq_len"] };
  const kinds = '"bytes", "rest", "numbers", "record" or "messages"';
  refuses({ extra: null }, "extra: not an object");
  refuses({ extra: { kind: "bits" } }, `extra.kind: not ${kinds}`);
  refuses({ extra: { kind: "bytes" } }, "extra.length: not a list of field names");
  refuses({ extra: { ...bytes, length: [] } }, "extra.length: not a list of field names");
  refuses(
    { extra: { ...bytes, length: ["inq_len", "x"] } },
    "extra.length[1]: tcp_stream_entry has no field x",
  );
  refuses(
    { extra: { ...bytes, length: ["cork"] } },
    "extra.length[0]: tcp_stream_entry.cork is not an integer",
  );
  refuses(
    { entry: "pstree_entry", extra: { ...bytes, length: ["threads"] } },
    "extra.length[0]: pstree_entry.threads is not an integer",
  );
  refuses(
    { extra: { ...bytes, unless: "inq_len" } },
    "extra.unless: tcp_stream_entry.inq_len is not a boolean",
  );
  for (const pad of [0, -8, 1.5, "8"]) {
    refuses({ extra: { ...bytes, pad } }, "extra.pad: not a number of bytes");
  }
  refuses({ extra: { kind: "numbers", count: "inq_len" } }, "extra.pad: not a number of bytes");
  refuses(
    { extra: { kind: "record", parts: { a: bytes, b: null } } },
    "extra.parts.b: not an object",
  );
  refuses(
    { extra: { kind: "messages", count: "inq_len", message: "nothing", bytes } },
    "extra.message: there is no message nothing",
  );
  refuses(
    { extra: { kind: "messages", count: "inq_len", message: "ipc_msg", bytes } },
    "extra.bytes.length[0]: ipc_msg has no field inq_len",
  );
  refuses(
    { head: { entry: "pagemap_head", extra: { kind: "rest", unless: "x" } } },
    "head.extra.unless: pagemap_head has no field x",
  );
});

Deno.test("a hint fits its field", () => {
  const hint = (message: string, field: string, hint: unknown) => ({
    hints: { [message]: { [field]: hint } },
  });
  refuses({ hints: "hex" }, "hints: not an object");
  refuses({ hints: { nothing: {} } }, "hints.nothing: there is no message nothing");
  refuses({ hints: { mm_entry: null } }, "hints.mm_entry: not an object");
  refuses(hint("mm_entry", "x", "hex"), "hints.mm_entry.x: mm_entry has no field x");
  for (const unknown of ["hx", null, {}, 5]) {
    refuses(hint("mm_entry", "mm_brk", unknown), "hints.mm_entry.mm_brk: no such hint");
  }
  const name = "hints.utsns_entry.nodename";
  refuses(hint("utsns_entry", "nodename", "hex"), `${name}: hex is for integers and messages`);
  refuses(hint("utsns_entry", "nodename", "odev"), `${name}: odev is for integers`);
  refuses(hint("utsns_entry", "nodename", "unix_name"), `${name}: unix_name is for bytes`);
  refuses(
    hint("utsns_entry", "nodename", { dict: "sk.type" }),
    `${name}: flags and dict are for integers`,
  );
  refuses(hint("mm_entry", "mm_brk", "ip"), "hints.mm_entry.mm_brk: ip is for repeated uint32");
  refuses(
    hint("mm_entry", "mm_brk", { flags: "sk.type" }),
    "hints.mm_entry.mm_brk: no table sk.type",
  );
  for (const table of [5, { A: 1 }, [["A", "1"]], [["A"]]]) {
    refuses(
      hint("mm_entry", "mm_brk", { dict: table }),
      "hints.mm_entry.mm_brk: not a list of [name, number]",
    );
  }
});
