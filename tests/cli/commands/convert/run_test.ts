/** `crit convert` as a user meets it: what it writes, what it refuses, what it leaves behind. */

import assert from "node:assert/strict";
import { allDrops, filesIn, fixture } from "../../../images/convert/dumps.ts";
import { crit, lacks } from "../../../programs.ts";

/** A directory for a test, with a copy of a fixture dump in it, and the names of what is in it. */
class Place implements Disposable {
  readonly path = Deno.makeTempDirSync();
  readonly dump: string;

  constructor(name: string) {
    this.dump = `${this.path}/dump`;
    Deno.mkdirSync(this.dump);
    for (const [file, bytes] of fixture(name)) Deno.writeFileSync(`${this.dump}/${file}`, bytes);
  }

  at(name: string): string {
    return `${this.path}/${name}`;
  }

  get names(): string[] {
    return [...Deno.readDirSync(this.path)].map(({ name }) => name).sort();
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

Deno.test("a dump becomes a new directory, pages and link to the parent with it", async () => {
  using place = new Place("shloop");
  Deno.symlinkSync("../1", `${place.dump}/parent`);
  Deno.writeTextFileSync(`${place.dump}/dump.log`, "(00.000001) a log\n");
  const { code, stdout, stderr } = await crit(["convert", place.dump, place.at("new/")]);
  assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: "", stderr: "" });
  assert.deepEqual(place.names, ["dump", "new"]);
  assert.deepEqual(filesIn(place.at("new")), filesIn(place.dump));
  assert.equal(Deno.readLinkSync(place.at("new/parent")), "../1");
  const inode = (path: string) => Deno.statSync(path).ino;
  assert.equal(inode(place.at("new/pages-1.img")), inode(`${place.dump}/pages-1.img`));
  const copy = await crit(["convert", "--copy", place.dump, place.at("copy"), "--to", "1.0"]);
  assert.equal(copy.code, 0, copy.stderr);
  assert.notEqual(inode(place.at("copy/pages-1.img")), inode(`${place.dump}/pages-1.img`));
  const back = await crit(["convert", place.at("copy"), place.at("back"), "--to", "1.1"]);
  assert.equal(back.code, 0, back.stderr);
  assert.deepEqual(filesIn(place.at("back")), filesIn(place.dump));
});

Deno.test("a loss is refused with every place and its name, and nothing is left", async () => {
  using place = new Place("shloop");
  const refused = await crit(["convert", place.dump, place.at("new"), "--to", "3.16"]);
  assert.equal(refused.code, 1);
  assert.equal(refused.stdout, "");
  const lines = refused.stderr.trim().split("\n");
  assert.match(
    lines[0]!,
    /^crit: core-1517.img: entry 0: thread_core.rseq_entry: CRIU 3.16 cannot say .* \(--drop thread_core_entry.rseq_entry\)$/,
  );
  assert.equal(
    lines.at(-1),
    "crit: nothing was written: CRIU 3.16 cannot say 2 things (to lose them: --drop thread_core_entry.rseq_entry)",
  );
  assert.equal(lines.length, 3);
  assert.deepEqual(place.names, ["dump"]);
  const args = ["convert", place.dump, place.at("new"), "--to", "3.16", "--drop", "rseq_entry"];
  const accepted = await crit(args);
  assert.deepEqual([accepted.code, accepted.stderr], [0, ""]);
  assert.deepEqual(place.names, ["dump", "new"]);
});

Deno.test("a dry run writes nothing and says what would change", async () => {
  using place = new Place("shloop");
  const { code, stdout } = await crit(["convert", "-n", place.dump, "--to", "4.1"]);
  assert.equal(code, 0);
  const rows = stdout.split("\n").map((line) => line.split(/ {2,}/));
  assert.deepEqual(rows[0], ["IMAGE", "FATE", "TO CRIU 4.1"]);
  const row = (name: string) => rows.find(([image]) => image === name);
  assert.deepEqual(row("pages-1.img"), ["pages-1.img", "kept"]);
  assert.match(row("pagemap-1517.img")![2]!, /^page counts \(\d+\)$/);
  assert.match(row("pagemap-1517.img")![1]!, /^changed$/);
  assert.deepEqual(place.names, ["dump"]);
  const json = await crit(["convert", "-n", "--json", place.dump, "--to", "3.16"]);
  assert.equal(json.code, 1);
  const facts = JSON.parse(json.stdout);
  assert.deepEqual([facts.release, facts.image_version], ["3.16", "1.1"]);
  assert.deepEqual(facts.losses[0].drop, "thread_core_entry.rseq_entry");
  assert.equal(facts.losses[0].accepted, false);
  assert.deepEqual(place.names, ["dump"]);
});

Deno.test("OUT must be new, or an empty directory", async () => {
  using place = new Place("shloop");
  Deno.mkdirSync(place.at("empty"));
  assert.equal((await crit(["convert", place.dump, place.at("empty")])).code, 0);
  assert.deepEqual(filesIn(place.at("empty")), filesIn(place.dump));
  for (
    const path of [place.dump, `${place.dump}/`, place.at("empty"), `${place.dump}/pstree.img`]
  ) {
    const { code, stderr } = await crit(["convert", place.dump, path]);
    assert.equal(code, 4, stderr);
    assert.match(stderr, /^crit: .*(not empty|exists already) \(OUT must be new\)\n$/);
  }
  const nowhere = await crit(["convert", place.dump, place.at("no/where")]);
  assert.equal(nowhere.code, 4);
  assert.match(nowhere.stderr, /^crit: .*no\/where: there is no directory .*\/no\n$/);
  assert.deepEqual(place.names, ["dump", "empty"]);
});

Deno.test("wrong words are usage errors", async () => {
  using place = new Place("shloop");
  for (
    const [words, message] of [
      [["--to", "4.9"], /there is no version 4.9 to convert to/],
      [
        ["--drop", "rseq_entri"],
        /no field and no image type rseq_entri \(did you mean rseq_entry\?\)/,
      ],
    ] as const
  ) {
    const { code, stderr } = await crit(["convert", place.dump, place.at("new"), ...words]);
    assert.equal(code, 2);
    assert.match(stderr, message);
  }
  const missing = await crit(["convert", place.dump]);
  assert.equal(missing.code, 2);
  assert.match(missing.stderr, /OUT is missing/);
  const nothing = await crit(["convert", place.at("no"), place.at("new")]);
  assert.equal(nothing.code, 4);
  assert.deepEqual(place.names, ["dump"]);
});

Deno.test("damage is one line, and leaves nothing", async () => {
  using place = new Place("sysvipc");
  for (const name of ["core-21324.img", "files.img", "pagemap-21324.img", "pstree.img"]) {
    const bytes = Deno.readFileSync(`${place.dump}/${name}`);
    Deno.writeFileSync(`${place.dump}/${name}`, bytes.subarray(0, bytes.length - 1));
    for (const to of ["4.2", "3.3"]) {
      const drops = "rseq_entry,opmask_reg,hi16_zmm,TIMENS";
      const args = ["convert", place.dump, place.at("new"), "--to", to, "--drop", drops];
      const { code, stderr } = await crit(args);
      assert.equal(code, 3, `${name} ${to}: ${stderr}`);
      assert.match(stderr, new RegExp(`^crit: ${name}: [^\n]+\n$`));
    }
    Deno.writeFileSync(`${place.dump}/${name}`, bytes);
    assert.deepEqual(place.names, ["dump"]);
  }
});

Deno.test("pages of a segment that are missing are one line, and leave nothing", async () => {
  using place = new Place("sysvipc");
  const drops = allDrops(fixture("sysvipc"), "2.12").join(",");
  Deno.removeSync(`${place.dump}/pages-5.img`);
  Deno.removeSync(`${place.dump}/pages-4.img`);
  Deno.removeSync(`${place.dump}/pages-3.img`);
  Deno.removeSync(`${place.dump}/pages-2.img`);
  const args = ["convert", place.dump, place.at("new"), "--to", "2.12", "--drop", drops];
  const { code, stderr } = await crit(args);
  assert.equal(code, 3, stderr);
  assert.match(stderr, /^crit: ipcns-shm-9.img: entry 0: its contents are not in [^\n]+\n$/);
  assert.deepEqual(place.names, ["dump"]);
});

Deno.test("a single image", async () => {
  using place = new Place("shloop");
  const image = `${place.dump}/pagemap-1517.img`;
  const whole = await crit(["convert", place.dump, place.at("whole"), "--to", "4.1"]);
  assert.equal(whole.code, 0, whole.stderr);
  for (const name of ["pagemap-1517.img", "files.img", "inventory.img", "seccomp.img"]) {
    const out = place.at(name);
    const { code, stderr } = await crit(["convert", `${place.dump}/${name}`, out, "--to", "4.1"]);
    assert.deepEqual([code, stderr], [0, ""]);
    assert.deepEqual(Deno.readFileSync(out), Deno.readFileSync(place.at(`whole/${name}`)), name);
    Deno.removeSync(out);
  }
  const old = await crit(["convert", image, place.at("old.img"), "--to", "1.0"]);
  assert.equal(old.code, 0, old.stderr);
  assert.deepEqual(Deno.readFileSync(place.at("old.img")), Deno.readFileSync(image).subarray(4));
  // Over an image that is there, as every command that writes a file does.
  const again = await crit(["convert", image, place.at("old.img"), "--to", "1.1"]);
  assert.equal(again.code, 0, again.stderr);
  assert.deepEqual(Deno.readFileSync(place.at("old.img")), Deno.readFileSync(image));
});

Deno.test("a single image of which parts belong elsewhere is refused", async () => {
  using place = new Place("shloop");
  const core = `${place.dump}/core-1517.img`;
  const drops = ["--drop", "rseq_entry,opmask_reg,hi16_zmm"];
  const args = ["convert", core, place.at("core.img"), "--to", "3.0", ...drops];
  const { code, stderr } = await crit(args);
  assert.equal(code, 5, stderr);
  assert.match(
    stderr,
    /^crit: core-1517.img: a part of it belongs into sigacts-1517.img \(convert the whole dump\)\n$/,
  );
  const files = await crit(["convert", `${place.dump}/files.img`, place.at("f"), "--to", "3.3"]);
  assert.equal(files.code, 5);
  assert.match(
    files.stderr,
    /^crit: files.img: a part of it belongs into \S+ \(convert the whole dump\)\n$/,
  );
  const clocks = ["convert", `${place.dump}/timens-0.img`, place.at("t"), "--to", "3.13"];
  assert.equal((await crit(clocks)).code, 1);
  const nothing = await crit([...clocks, "--drop", "TIMENS"]);
  assert.equal(nothing.code, 3);
  assert.match(nothing.stderr, /^crit: timens-0.img: nothing is left of it\n$/);
  assert.deepEqual(place.names, ["dump"]);
});

Deno.test({
  name: "Debian's crit shows the pages of what convert wrote",
  ignore: lacks("crit"),
  async fn() {
    using place = new Place("shloop");
    await crit(["convert", place.dump, place.at("old"), "--to", "3.17.1"]);
    const command = new Deno.Command("crit", { args: ["x", place.at("old"), "rss"] });
    const { stdout } = await command.output();
    assert.match(new TextDecoder().decode(stdout), /^1517\n\t559458d68000 \/ 1 /);
  },
});

Deno.test("the help names the versions", async () => {
  const { stdout } = await crit(["convert", "--help"]);
  assert.match(stdout, /--to VERSION/);
  assert.match(stdout, /one after the\s+other/);
});
