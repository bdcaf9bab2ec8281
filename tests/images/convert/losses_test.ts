/** Values that an older release cannot represent: each kind of loss is refused and accepted by name. */

import assert from "node:assert/strict";
import type { Message } from "../../../images/codec/objects.ts";
import { acceptedNames } from "../../../images/convert/drops.ts";
import { decodeObjects } from "../../../images/image/objects.ts";
import type { Entry } from "../../../images/image/objects.ts";
import { encodeImage } from "../../../mod.ts";
import { converted, type Files, fixture } from "./dumps.ts";

/** A dump with one image edited. */
function edited(name: string, image: string, edit: (entries: Entry[]) => void): Files {
  const files = fixture(name);
  const decoded = decodeObjects(files.get(image)!, { name: image });
  edit(decoded.entries);
  const path = image.startsWith("pagemap-shmem") ? "SHMEM_PAGEMAP" : decoded.type;
  return files.set(image, encodeImage({ ...decoded, type: path }));
}

const part = (entry: Entry | Message, ...keys: string[]): Message =>
  keys.reduce((at, key) => (at[key] ??= {}) as Message, entry as Message);

/** One kind of loss. */
interface Case {
  what: string;
  files: () => Files;
  to: string;
  image: string;
  entry?: number;
  field?: string;
  text: RegExp;
  drop: string;
}

const CORE = "core-1517.img";
const MM = "mm-1517.img";

const CASES: Case[] = [
  {
    what: "a field of a later release",
    files: () => edited("shloop", CORE, ([core]) => (part(core!, "tc").stop_signo = 20)),
    to: "3.17.1",
    image: CORE,
    entry: 0,
    field: "tc.stop_signo",
    text: /^20 \(Signal that stopped the task\)$/,
    drop: "task_core_entry.stop_signo",
  },
  {
    what: "the name of the nftables table that keeps connections still",
    files: () =>
      edited("shloop", "inventory.img", ([inventory]) => {
        Object.assign(inventory!, { network_lock_method: 1, dump_criu_run_id: "a-b" });
      }),
    to: "4.0",
    image: "inventory.img",
    entry: 0,
    field: "dump_criu_run_id",
    text: /^"a-b"/,
    drop: "inventory_entry.dump_criu_run_id",
  },
  {
    what: "a list of a later release",
    files: () =>
      edited("shloop", CORE, ([core]) => (part(core!, "thread_core", "creds").cap_amb = [0, 4])),
    to: "4.0",
    image: CORE,
    entry: 0,
    field: "thread_core.creds.cap_amb",
    text: /^4 \(Ambient capabilities\)$/,
    drop: "creds_entry.cap_amb",
  },
  {
    what: "a field that crit does not know",
    files: () =>
      edited("shloop", CORE, ([core]) => {
        part(core!, "tc")["?"] = Uint8Array.of(0x98, 0x06, 1);
      }),
    to: "4.1.1",
    image: CORE,
    entry: 0,
    field: "tc.99",
    text: /^a field that crit does not know$/,
    drop: "task_core_entry.99",
  },
  {
    what: "a value of an enum, in a field that must be there",
    files: () => edited("shloop", "fdinfo-2.img", ([fd]) => (fd!.type = "PIDFD")),
    to: "4.0",
    image: "fdinfo-2.img",
    entry: 0,
    field: "type",
    text: /^PIDFD/,
    drop: "fdinfo_entry.type",
  },
  {
    what: "a value of an enum, in a field that need not",
    files: () =>
      edited("shloop", "inventory.img", ([inventory]) => (inventory!.lsmtype = "APPARMOR")),
    to: "1.5.2",
    image: "inventory.img",
    entry: 0,
    field: "lsmtype",
    text: /^2/,
    drop: "inventory_entry.lsmtype",
  },
  {
    what: "a flag",
    files: () =>
      edited("shloop", MM, ([mm]) => {
        const [vma] = mm!.vmas as Message[];
        vma!.status = vma!.status as number | 1 << 16;
      }),
    to: "4.1.1",
    image: MM,
    entry: 0,
    field: "vmas.status",
    text: /^0x10000/,
    drop: "vma_entry.status",
  },
  {
    what: "an image of a later release",
    files: () => fixture("shloop"),
    to: "3.13",
    image: "timens-0.img",
    text: /^the image: what the clocks/,
    drop: "TIMENS",
  },
  {
    what: "a file of a kind that has no image",
    files: () => fixture("pyapp"),
    to: "3.3",
    image: "files.img",
    entry: 1,
    field: "type",
    text: /^a file of type MEMFD/,
    drop: "file_entry.type",
  },
  {
    what: "a thread that differs from its task",
    files: () =>
      edited("pyapp", "core-2530.img", ([core]) => (part(core!, "thread_core").cg_set = 7)),
    to: "3.17.1",
    image: "core-2530.img",
    entry: 0,
    field: "thread_core.cg_set",
    text: /^7 \(Set in cgroup.img\)$/,
    drop: "thread_core_entry.cg_set",
  },
  {
    what: "pages that are elsewhere",
    files: () => edited("shloop", "pagemap-1517.img", (entries) => (entries[1]!.flags = 2)),
    to: "3.4",
    image: "pagemap-1517.img",
    entry: 1,
    field: "flags",
    text: /^2/,
    drop: "pagemap_entry.flags",
  },
  {
    what: "watches of a file that is not there",
    files: () => edited("legacy-v1.0", "eventpoll-tfd.img", ([watch]) => (watch!.id = 9999)),
    to: "4.2",
    image: "eventpoll-tfd.img",
    field: "id",
    text: /^watches of file 9999/,
    drop: "eventpoll_tfd_entry.id",
  },
];

for (const { what, files, to, image, entry, field, text, drop } of CASES) {
  Deno.test(`refused, and accepted by name: ${what}`, () => {
    const dump = files();
    const { report } = converted(dump, to);
    const loss = report.refusals.find((one) => one.image === image && one.name === drop)!;
    assert(loss, JSON.stringify(report.refusals));
    assert.deepEqual([loss.entry, loss.field], [entry, field]);
    assert.match(loss.what, text);
    const names = [...new Set(report.losses.map(({ name }) => name))];
    const accepted = converted(dump, to, names);
    assert.deepEqual(accepted.report.refusals, []);
    // What is left is in the release's form: nothing more is lost on the same way again.
    assert.deepEqual(converted(accepted.files, to).report.losses, []);
    // The field's name alone will do.
    const short = names.map((name) => name.slice(name.indexOf(".") + 1));
    assert.deepEqual(converted(dump, to, short).report.refusals, []);
    const others = names.filter((name) => name !== drop);
    assert.deepEqual(
      [...new Set(converted(dump, to, others).report.refusals.map(({ name }) => name))],
      [drop],
    );
  });
}

Deno.test("every loss is listed once", () => {
  const { losses } = converted(fixture("pyapp"), "1.5.2").report;
  const places = losses.map(({ image, entry, field }) => `${image} ${entry} ${field}`);
  assert(losses.length > 30);
  assert.equal(new Set(places).size, places.length);
});

Deno.test("an entry is removed if the release does not know a required value", () => {
  const files = edited("shloop", "fdinfo-2.img", ([fd]) => (fd!.type = "PIDFD"));
  const before = decodeObjects(files.get("fdinfo-2.img")!, { name: "fdinfo-2.img" }).entries;
  const after = converted(files, "4.0", ["fdinfo_entry.type"]).files.get("fdinfo-2.img")!;
  assert.deepEqual(decodeObjects(after, { name: "fdinfo-2.img" }).entries, before.slice(1));
});

Deno.test("a range of pages without data is dropped as a whole", () => {
  const image = "pagemap-1517.img";
  const files = edited("shloop", image, (entries) => (entries[2]!.flags = 2));
  const before = decodeObjects(files.get(image)!, { name: image }).entries;
  const accepted = [...converted(files, "3.4").report.losses.map(({ name }) => name)];
  const after = converted(files, "3.4", accepted).files.get(image)!;
  assert.deepEqual(
    decodeObjects(after, { name: image }).entries.map(({ vaddr }) => vaddr),
    before.filter((_, i) => i !== 2).map(({ vaddr }) => vaddr),
  );
});

Deno.test("insignificant fields are removed silently", () => {
  const silent: Array<[image: string, edit: (entries: Entry[]) => void, to: string]> = [
    [CORE, ([core]) => (part(core!, "tc").stop_signo = 19), "3.17.1"],
    [CORE, ([core]) => (part(core!, "tc").loginuid = 0xffff_ffff), "1.8"],
    [CORE, ([core]) => (part(core!, "thread_core", "creds").cap_amb = [0, 0]), "4.0"],
    ["inventory.img", ([inventory]) => (inventory!.dump_uptime = 77n), "3.9"],
    ["pagemap-1517.img", (entries) => (entries[1]!.flags = 6), "3.4"],
  ];
  const common = (to: string) =>
    new Set(converted(fixture("shloop"), to).report.losses.map(({ name }) => name));
  for (const [image, edit, to] of silent) {
    const { losses } = converted(edited("shloop", image, edit), to).report;
    assert.deepEqual(losses.filter(({ name }) => !common(to).has(name)), [], `${image} ${to}`);
  }
  // The same fields with other values are losses.
  const root = edited("shloop", CORE, ([core]) => (part(core!, "tc").loginuid = 0));
  const { losses } = converted(root, "1.8").report;
  assert(losses.some(({ name }) => name === "task_core_entry.loginuid"));
});

Deno.test("unknown fields are kept in conversions to the newest release", () => {
  const raw = Uint8Array.of(0x98, 0x06, 1);
  const files = edited("shloop", CORE, ([core]) => (part(core!, "tc")["?"] = raw));
  const { files: newest, report } = converted(files, undefined);
  assert.deepEqual(report.losses, []);
  assert.deepEqual(newest, files);
  // Also where the entry is written anew.
  const old = edited("legacy-v1.0", "core-17936.img", ([core]) => (part(core!, "tc")["?"] = raw));
  const [core] = decodeObjects(converted(old, undefined).files.get("core-17936.img")!).entries;
  assert.deepEqual(part(core!, "tc")["?"], raw);
});

Deno.test("--drop accepts only existing names", () => {
  const names = ["comm", "thread_core_entry.comm", "TIMENS", "core_entry.99"];
  assert.deepEqual([...acceptedNames(names)], names);
  for (
    const [wrong, hint] of [
      ["thread_core_entry.com", /did you mean thread_core_entry.comm\?/],
      ["rseq_entri", /did you mean rseq_entry\?/],
      ["TIMEN", /did you mean TIMENS\?/],
      ["no_such_message.1", /no field and no image type/],
    ] as const
  ) {
    assert.throws(() => acceptedNames([wrong]), hint, wrong);
  }
});
