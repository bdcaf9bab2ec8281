/** Edits of entries, lists, messages and values, and what is refused. */

import assert from "node:assert/strict";
import { joinBytes } from "../../../images/bytes/bytes.ts";
import { Edit } from "../../../images/edit/edit.ts";
import { Edits } from "../../../images/edit/edits.ts";
import { decodeObjects } from "../../../images/image/objects.ts";
import { type Entry, imageToJson, jsonToImage } from "../../../mod.ts";
import fc from "../../fast_check.ts";
import { ROOT } from "../../programs.ts";
import { edited, editsOf, piecesOf, refused } from "./editing.ts";

const read = (name: string) => Deno.readFileSync(`${ROOT}fixtures/images/${name}`);
const FILES = read("files.img");
const PSTREE = read("pstree.img");
const MM = read("mm-2496.img");
const PAGEMAP = read("pagemap-2496.img");

const entriesOf = (name: string, image: Uint8Array): Entry[] =>
  decodeObjects(image, { name }).entries;

async function editedEntries(name: string, image: Uint8Array, ...edits: string[]) {
  return entriesOf(name, await edited(name, image, ...edits));
}

Deno.test("entries are chosen by number, from either end, all of them, or by a value", async () => {
  const before = entriesOf("files.img", FILES);
  const idsAfter = async (which: string) => {
    const after = await editedEntries("files.img", FILES, `${which}.id=77`);
    return after.flatMap(({ id }, i) => id === 77 ? [i] : []);
  };
  const everyone = before.map((_, i) => i);
  const of = (type: string) => everyone.filter((i) => before[i]!.type === type);
  assert.deepEqual(await idsAfter("[3]"), [3]);
  assert.deepEqual(await idsAfter("[-1]"), [before.length - 1]);
  assert.deepEqual(await idsAfter(`[-${before.length}]`), [0]);
  assert.deepEqual(await idsAfter("[*]"), everyone);
  assert.deepEqual(await idsAfter("[type=REG]"), of("REG"));
  assert.deepEqual(await idsAfter("[type=1]"), of("REG"));
  const first = before.findIndex(({ reg }) => reg !== undefined);
  const { id, name } = before[first]!.reg as { id: number; name: string };
  for (const form of [`${id}`, `0x${id.toString(16)}`, `0o${id.toString(8)}`, `"${id}"`]) {
    assert.deepEqual(await idsAfter(`[reg.id=${form}]`), [first], form);
  }
  const same = everyone.filter((i) => (before[i]!.reg as Entry | undefined)?.name === name);
  assert.deepEqual(await idsAfter(`[reg.name=${name}]`), same);
  assert.deepEqual(await idsAfter(`[reg.name=${JSON.stringify(name)}]`), same);
});

Deno.test("flags, addresses and lists are compared in their readable forms too", async () => {
  const [{ vmas }] = entriesOf("mm-2496.img", MM) as [{ vmas: Entry[] }];
  const wanted = vmas.filter(({ prot }) => prot === 5).length;
  assert.ok(wanted > 0);
  const [after] = await editedEntries(
    "mm-2496.img",
    MM,
    "[0].vmas[prot=PROT_READ | PROT_EXEC].shmid=424242",
  ) as [{ vmas: Entry[] }];
  assert.equal(after.vmas.filter(({ shmid }) => shmid === 424242n).length, wanted);
  const address = `[isk.src_addr=127.0.0.1].isk.src_port=8080`;
  const files = await editedEntries("files.img", read("pyapp/files.img"), address);
  const sockets = files.map(({ isk }) => isk as Entry | undefined).filter((isk) => isk);
  const local = sockets.filter((isk) => String(isk!.src_addr) === String(0x0100007f));
  assert.ok(local.length > 0 && local.every((isk) => isk!.src_port === 8080));
  const listening = "[isk.state=LISTEN][isk.src_port=18080]";
  const [before, ports] = [read("pyapp/files.img"), `${listening}.isk.src_port=8080`];
  const changed = (await editedEntries("files.img", before, ports))
    .filter(({ isk }) => (isk as Entry | undefined)?.src_port === 8080);
  assert.deepEqual(changed.map(({ isk }) => (isk as Entry).state), [10]);
  const nowhere = "[isk.state=LISTEN][isk.src_port=1].id=1";
  await refused(
    "files.img",
    before,
    nowhere,
    /no entry has isk\.state=LISTEN and isk\.src_port=1$/,
  );
  const threads = await editedEntries("pstree.img", PSTREE, "[threads=2530].sid=9");
  assert.equal(threads[0]!.sid, 9);
});

Deno.test("a pattern means every value whose text fits it, in either printed form", async () => {
  const files = read("pyapp/files.img");
  const chosen = async (which: string) => {
    const before = entriesOf("files.img", files);
    const after = await editedEntries("files.img", files, `${which}.id=77777`);
    return before.filter((_, i) => after[i]!.id === 77777);
  };
  const all = entriesOf("files.img", files);
  const nameOf = (entry: Entry) => (entry.reg as Entry | undefined)?.name as string | undefined;
  const libraries = all.filter((entry) => /^\/usr\/lib\/.*\.so/.test(nameOf(entry) ?? ""));
  assert.ok(libraries.length > 1);
  assert.deepEqual((await chosen("[reg.name~/usr/lib/**.so*]")).map(nameOf), libraries.map(nameOf));
  const listening = all.filter(({ isk }) => (isk as Entry | undefined)?.state === 10);
  assert.ok(listening.length > 0);
  for (const pattern of ["LIS*", "LISTE?", "10"]) {
    assert.equal((await chosen(`[isk.state~${pattern}]`)).length, listening.length, pattern);
  }
  const local = all.filter(({ isk }) => String((isk as Entry)?.src_addr) === String(0x0100007f));
  assert.equal((await chosen("[isk.src_addr~127.*]")).length, local.length);
  assert.equal((await chosen('[reg.name~"/usr/**"][type=REG]')).length > 0, true);
  await refused(
    "files.img",
    files,
    "[reg.name~/none/*].id=1",
    /no entry has reg\.name~\/none\/\*$/,
  );
  await refused("files.img", files, "[reg.nme~*].id=1", /reg_file_entry has no field nme/);
});

Deno.test("the state of a task is set by CRIU's names, and names that its tool confuses are refused", async () => {
  const core = Deno.readFileSync(`${ROOT}fixtures/dumps/shloop/core-1517.img`);
  for (const [name, state] of [["alive", 1], ["dead", 2], ["stopped", 3], ["zombie", 6]] as const) {
    const [entry] = await editedEntries("core-1517.img", core, `[0].tc.task_state=${name}`);
    assert.equal((entry!.tc as Entry).task_state, state, name);
  }
  const mixedUp = /calls 6 \(zombie\) by mistake: write stopped for 3, zombie for 6$/;
  await refused("core-1517.img", core, "[0].tc.task_state=Stopped", mixedUp);
  await refused("core-1517.img", core, '[0].tc.task_state="Stopped"', mixedUp);
  await refused("core-1517.img", core, "[tc.task_state=Zombie].tc.comm=x", /calls 3 \(stopped\)/);
});

Deno.test("list items are set by index, by value and all at once, added and deleted", async () => {
  const threads = async (...edits: string[]) =>
    (await editedEntries("pstree.img", PSTREE, ...edits))[0]!.threads;
  assert.deepEqual(await threads("[0].threads[1]=0x10"), [2496, 16, 2530, 2531, 2532]);
  assert.deepEqual(await threads("[0].threads[-1]=5"), [2496, 2529, 2530, 2531, 5]);
  assert.deepEqual(await threads("[0].threads[*]=5"), [5, 5, 5, 5, 5]);
  assert.deepEqual(await threads('[0].threads=[1, "0x2"]'), [1, 2]);
  assert.deepEqual(await threads("[0].threads[+]=7", "[0].threads[+]=8"), [
    2496,
    2529,
    2530,
    2531,
    2532,
    7,
    8,
  ]);
  assert.deepEqual(await threads("-[0].threads[0]"), [2529, 2530, 2531, 2532]);
  // Numbers are those before the first edit, until the whole list is set.
  assert.deepEqual(await threads("-[0].threads[0]", "-[0].threads[1]"), [2530, 2531, 2532]);
  assert.deepEqual(await threads("-[0].threads[0]", "[0].threads=[1,2]", "-[0].threads[0]"), [2]);
  assert.deepEqual(await threads("-[0].threads"), undefined);
  assert.deepEqual(await threads("-[0].threads", "[0].threads[+]=3"), [3]);
});

Deno.test("entries are deleted, replaced and added under their original numbers", async () => {
  const before = entriesOf("files.img", FILES);
  const ids = async (...edits: string[]) =>
    (await editedEntries("files.img", FILES, ...edits)).map(({ id }) => id);
  const all = before.map(({ id }) => id);
  assert.deepEqual(await ids("-[0]", "-[2]"), all.filter((_, i) => i !== 0 && i !== 2));
  assert.deepEqual(await ids("-[-1]"), all.slice(0, -1));
  assert.deepEqual(await ids("-[*]"), []);
  const entry = '{"type": "PIPE", "id": 999, "pipe": {"id": 999, "pipe_id": 1, "flags": "0x1",' +
    '"fown": {"uid": 0, "euid": 0, "signum": 0, "pid_type": 0, "pid": 0}}}';
  assert.deepEqual(await ids(`[+]=${entry}`), [...all, 999]);
  assert.deepEqual(await ids(`[1]=${entry}`), all.toSpliced(1, 1, 999));
  assert.deepEqual(await ids(`[1]=${entry}`, "[1].id=5"), all.toSpliced(1, 1, 5));
  const replaced = await editedEntries("files.img", FILES, `[1]=${entry}`);
  assert.equal((replaced[1]!.pipe as Entry).flags, 1);
});

Deno.test("each edit sees the results of earlier edits", async () => {
  const after = await editedEntries(
    "pstree.img",
    PSTREE,
    "[pid=2496].sid=7",
    "[sid=7].pgid=8",
    "[0].threads[0]=9",
    "[threads=9].pid=10",
  );
  const { pid, sid, pgid } = after[0]!;
  assert.deepEqual([pid, sid, pgid], [10, 7, 8]);
});

Deno.test("messages are set, deleted and extended, but absent ones are not created", async () => {
  const [core] = await editedEntries(
    "core-66.img",
    read("zombie00/core-66.img"),
    '[0].tc.comm="\\u00e9\\n"',
  );
  assert.equal((core!.tc as Entry).comm, "é\n");
  const index = entriesOf("files.img", FILES).findIndex(({ reg }) => reg !== undefined);
  const fown = '{"uid": 5, "euid": 6, "signum": 7, "pid_type": 8, "pid": 9}';
  const files = await editedEntries(
    "files.img",
    FILES,
    `[${index}].reg.fown=${fown}`,
    `[${index}].reg.ext=true`,
    `-[${index}].reg.mode`,
  );
  const reg = files[index]!.reg as Entry;
  assert.deepEqual(reg.fown, { uid: 5, euid: 6, signum: 7, pid_type: 8, pid: 9 });
  assert.equal(reg.ext, true);
  assert.equal(reg.mode, undefined);
  await refused("files.img", FILES, `[${index}].isk.id=1`, /nothing: there is no isk in it$/);
});

Deno.test("text that is not UTF-8 and quoted-printable names can be set", async () => {
  const index = entriesOf("files.img", FILES).findIndex(({ reg }) => reg !== undefined);
  const name = "/tmp/\udcff\udcfe x";
  const after = await edited("files.img", FILES, `[${index}].reg.name=${name}`);
  assert.ok(Array.from(after).join().includes("47,116,109,112,47,255,254,32,120"));
  const found = await edited("files.img", after, `[reg.name=${name}].reg.name=/b`);
  assert.equal((entriesOf("files.img", found)[index]!.reg as Entry).name, "/b");
  const unix = entriesOf("files.img", FILES).findIndex(({ usk }) => usk !== undefined);
  const sockets = await editedEntries("files.img", FILES, `[${unix}].usk.name==00abc`);
  assert.deepEqual((sockets[unix]!.usk as Entry).name, Uint8Array.of(0, 97, 98, 99));
});

Deno.test("the head of a pagemap is entry 0 and cannot be deleted", async () => {
  const entries = await editedEntries(
    "pagemap-2496.img",
    PAGEMAP,
    "[0].pages_id=5",
    "[1].flags=PE_PARENT",
  );
  assert.equal(entries[0]!.pages_id, 5);
  assert.equal(entries[1]!.flags, 1);
  const all = await editedEntries("pagemap-2496.img", PAGEMAP, "[*].flags=0x4");
  assert.ok(all.slice(1).every(({ flags }) => flags === 4));
  await refused("pagemap-2496.img", PAGEMAP, "-[0]", /entry 0 at offset 8: it is the image's head/);
  await refused(
    "pagemap-2496.img",
    PAGEMAP,
    "[vaddr=0x1].flags=0",
    /matches nothing: no entry has vaddr=0x1$/,
  );
});

Deno.test("an impossible edit is refused, with its place", async () => {
  const index = entriesOf("files.img", FILES).findIndex(({ reg }) => reg !== undefined);
  const cases: Array<[edit: string, message: RegExp]> = [
    [
      "[99].id=1",
      /^files\.img: \[99\]\.id=1 matches nothing: there is no \[99\]: it has \d+ entries$/,
    ],
    ["[-99].id=1", /there is no \[-99\]: it has/],
    ["[0].idd=1", /file_entry has no field idd \(did you mean id\?\)$/],
    [`[${index}].reg.nam=/x`, /reg_file_entry has no field nam \(did you mean name\?\)$/],
    ["[typ=REG].id=1", /file_entry has no field typ \(did you mean type\?\)$/],
    [
      "[type=REGG].id=1",
      /entry 0 at offset 8: fd_types has no value "REGG" \(did you mean REG\?\)$/,
    ],
    ["[reg=1].id=1", /entry 0 at offset 8: reg: is a message: name a field of it$/],
    ["[id.x=1].id=1", /entry 0 at offset 8: id: has no fields$/],
    ["[id=x].id=1", /"x" is not a number$/],
    ["[0].id=x", /entry 0 at offset 8: id: "x" is not a number$/],
    ["[0].id=4294967296", /entry 0 at offset 8: id: 4294967296 does not fit uint32$/],
    ["[0].id=1.5", /id: "1\.5" is not a number$/],
    ["[0].type=NONE", /type: fd_types has no value "NONE"/],
    ["[0].id[0]=1", /id: it is not a list$/],
    ["[0].id.x=1", /id: it has no fields$/],
    [`[${index}].reg.fown={}`, /reg\.fown\.uid: required field is missing$/],
    [`[${index}].reg.fown=5`, /reg\.fown: expected an object/],
    [`[${index}].reg.fown.uidd=5`, /fown_entry has no field uidd/],
    [`-[${index}].reg.id`, new RegExp(`entry ${index} at offset \\d+: reg\\.id: required field`)],
    ["-[0].type", /entry 0 at offset 8: type: required field is missing$/],
    ["[0]=5", /an entry must be a JSON object$/],
    ['[0]={"type": 1}', /id: required field is missing$/],
    ['[0]={"type": 1, "id": 1} x', /something follows the value$/],
    ["[+]={}", /required field is missing$/],
    ["[0].extra=aa", /file_entry has no field extra/],
  ];
  for (const [edit, message] of cases) await refused("files.img", FILES, edit, message);
  const inTree: Array<[edit: string, message: RegExp]> = [
    ["[0].threads=5", /threads: expected a list/],
    ["[0].threads.x=5", /threads: it is a list: select an item \(threads\[0\]/],
    ["[0].threads[0].x=5", /threads: its items have no fields$/],
    ["[0].threads[9]=5", /there is no \[9\]: it has 5 items$/],
    ["[0].threads=[1,]", /threads: expected/],
  ];
  for (const [edit, message] of inTree) await refused("pstree.img", PSTREE, edit, message);
  const usage = { kind: "usage" };
  assert.throws(() => Edit.delete("[+]"), { ...usage, message: /cannot be deleted$/ });
  assert.throws(() => Edit.set("[0].a[+].b=1"), { ...usage, message: /nothing can follow \[\+\]/ });
  assert.throws(() => Edit.set("[+].b=1"), { ...usage, message: /nothing can follow \[\+\]/ });
});

Deno.test("an edit with a wildcard need only match in one image", async () => {
  const edits = new Edits(editsOf("*:[pid=2496].sid=5", "*.img:[*].nowhere=1"), [], "dump");
  await edits.session("files.img").edit(FILES);
  assert.notDeepEqual(await edits.session("pstree.img").edit(PSTREE), PSTREE);
  assert.deepEqual(edits.tally, { edits: 1, images: 1 });
  assert.throws(() => edits.finish(), {
    kind: "data",
    message: /^\*\.img:\[\*\]\.nowhere=1 matches nothing: \w+ has no field nowhere$/,
  });
  const absent = new Edits(editsOf("pstre.img:[0].pid=1"), [], "dump");
  assert.ok(absent.session("pstree.img").isEmpty);
  assert.throws(() => absent.finish(), {
    kind: "data",
    message: "pstre.img:[0].pid=1 matches no image (did you mean pstree.img?)",
  });
  const raw = new Edits(editsOf("*:[0].x=1", "pages-1.img:[0].x=1"), [], "dump");
  assert.ok(raw.session("pages-2.img").isEmpty);
  await assert.rejects(
    raw.session("pages-1.img").edit(new Uint8Array(4096)),
    /a raw image without entries/,
  );
});

/** A message's fields as wire bytes. */
const wire = (...bytes: number[]) => Uint8Array.from(bytes);
const sized = (payload: Uint8Array) => joinBytes([wire(payload.length, 0, 0, 0), payload]);
const HEAD = PSTREE.subarray(0, 8);

Deno.test("irregular wire data stays unchanged if no edit touches it", async () => {
  // pid twice (the last one counts), ppid after it with a varint too long, threads packed, and two
  // fields that no schema knows, one of them in the middle.
  const odd = wire(
    ...[0x08, 1],
    ...[0xf8, 0x7f, 1],
    ...[0x08, 2],
    ...[0x20, 0x84, 0x80, 0x00],
    ...[0x10, 3],
    ...[0x2a, 3, 7, 8, 9],
    ...[0x18, 5],
    ...[0xfa, 0x7f, 1, 0x61],
  );
  const image = joinBytes([HEAD, sized(odd), sized(odd)]);
  const value = imageToJson(image, { name: "pstree.img" });
  assert.ok(value.includes('"pid": 2, "ppid": 3, "pgid": 5, "sid": 4, "threads": [7, 8, 9], "?"'));
  for (
    const edit of [
      "[0].sid=4",
      "[0].ppid=3",
      "[0].pid=0x2",
      "[0].threads=[7,8,9]",
      "[0].threads[1]=8",
    ]
  ) {
    assert.equal(await edited("pstree.img", image, edit), image, edit);
  }
  const [, first, second] = piecesOf("pstree.img", await edited("pstree.img", image, "[0].sid=6"));
  const at = odd.findIndex((byte, i) => byte === 0x20 && odd[i + 1] === 0x84);
  const expected = [...odd.subarray(0, at), 0x20, 6, ...odd.subarray(at + 4)];
  assert.deepEqual([...first!], [...sized(Uint8Array.from(expected))]);
  assert.deepEqual(second, sized(odd));
  const unpacked = await edited("pstree.img", image, "[1].threads[1]=1");
  assert.deepEqual(entriesOf("pstree.img", unpacked)[1]!.threads, [7, 1, 8].toSpliced(2, 1, 9));
  assert.deepEqual(piecesOf("pstree.img", unpacked)[1], sized(odd));
  const chosen = await edited("pstree.img", image, "[pid=1].sid=6").catch((error) => error.message);
  assert.match(chosen, /no entry has pid=1$/);
  const twice = await editedEntries("pstree.img", image, "[pid=2].sid=6", "[threads=8].pgid=1");
  assert.deepEqual(twice.map(({ sid, pgid }) => [sid, pgid]), [[6, 1], [6, 1]]);
});

Deno.test("two pieces of a message are merged", async () => {
  const image = jsonToImage(
    JSON.stringify({ magic: "FILES", entries: [{ type: "TUNF", id: 1 }] }),
  );
  const fown = [0x2a, 10, 8, 0, 16, 0, 24, 0, 32, 0, 40, 0];
  const inner = [[8, 1, 0x10, 2, 0x18, 3], [...fown, 0x32, 2, 0x2f, 0x61]];
  const split = wire(8, 1, 16, 1, ...inner.flatMap((piece) => [0x1a, piece.length, ...piece]));
  const odd = joinBytes([image.subarray(0, 8), sized(split)]);
  assert.equal((entriesOf("files.img", odd)[0]!.reg as Entry).name, "/a");
  assert.equal(await edited("files.img", odd, "[reg.id=1].reg.name=/a"), odd);
  const after = await editedEntries("files.img", odd, "[reg.name=/a].reg.name=/b");
  const { id, name, flags } = after[0]!.reg as Entry;
  assert.deepEqual([id, name, flags], [1, "/b", 2]);
});

Deno.test("random bytes and random paths give an image or a one-line error", async () => {
  const anyText = fc.constantFrom(
    "[0].id=1",
    "[*].reg.name=/x",
    "-[-1]",
    "[type=REG].id=0x7",
    "[+]={}",
  );
  const anyDamage = fc.array(fc.tuple(fc.nat(FILES.length - 1), fc.nat(255)), { maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(anyText, anyDamage, fc.nat(FILES.length), async (text, damage, length) => {
      const image = FILES.slice(0, length);
      for (const [at, byte] of damage) if (at < length) image[at] = byte;
      try {
        await edited("files.img", image, text);
      } catch (error) {
        assert.equal((error as Error).name, "CritError", (error as Error).stack);
        assert.doesNotMatch((error as Error).message, /\n/);
      }
    }),
    { numRuns: 300 },
  );
});
