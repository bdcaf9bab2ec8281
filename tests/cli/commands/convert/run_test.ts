/** `crit convert` as a user meets it: what it writes, what it refuses, what it leaves behind. */

import assert from "node:assert/strict";
import { allDrops, filesIn, fixture } from "../../../images/convert/dumps.ts";
import { decodeObjects } from "../../../../images/image/objects.ts";
import { isDirectory } from "../../../dumps.ts";
import { crit, lacks, ROOT, runProgram } from "../../../programs.ts";

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

Deno.test("a dump is converted into a new directory, with pages and the link to the parent", async () => {
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

Deno.test("a loss is refused with its places and names, and no output remains", async () => {
  using place = new Place("shloop");
  const refused = await crit(["convert", place.dump, place.at("new"), "--to", "3.16"]);
  assert.equal(refused.code, 1);
  assert.equal(refused.stdout, "");
  const lines = refused.stderr.trim().split("\n");
  assert.match(
    lines[0]!,
    /^crit: \S*core-1517.img: entry 0: thread_core.rseq_entry: CRIU 3.16 cannot represent .* \(--drop thread_core_entry.rseq_entry\)$/,
  );
  assert.equal(
    lines.at(-1),
    "crit: nothing was written: CRIU 3.16 cannot represent 2 values (to drop them: --drop thread_core_entry.rseq_entry)",
  );
  assert.equal(lines.length, 3);
  assert.deepEqual(place.names, ["dump"]);
  const args = ["convert", place.dump, place.at("new"), "--to", "3.16", "--drop", "rseq_entry"];
  const accepted = await crit(args);
  assert.deepEqual([accepted.code, accepted.stderr], [0, ""]);
  assert.deepEqual(place.names, ["dump", "new"]);
});

Deno.test("a dry run writes nothing and prints the changes", async () => {
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

Deno.test("invalid arguments are usage errors", async () => {
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

Deno.test("a damaged image is a one-line error without output", async () => {
  using place = new Place("sysvipc");
  for (const name of ["core-21324.img", "files.img", "pagemap-21324.img", "pstree.img"]) {
    const bytes = Deno.readFileSync(`${place.dump}/${name}`);
    Deno.writeFileSync(`${place.dump}/${name}`, bytes.subarray(0, bytes.length - 1));
    for (const to of ["4.2", "3.3"]) {
      const drops = "rseq_entry,opmask_reg,hi16_zmm,TIMENS";
      const args = ["convert", place.dump, place.at("new"), "--to", to, "--drop", drops];
      const { code, stderr } = await crit(args);
      assert.equal(code, 3, `${name} ${to}: ${stderr}`);
      assert.match(stderr, new RegExp(`^crit: \\S*/${name}: [^\n]+\n$`));
    }
    Deno.writeFileSync(`${place.dump}/${name}`, bytes);
    assert.deepEqual(place.names, ["dump"]);
  }
});

Deno.test("missing pages of a segment are a one-line error without output", async () => {
  using place = new Place("sysvipc");
  const drops = allDrops(fixture("sysvipc"), "2.12").join(",");
  Deno.removeSync(`${place.dump}/pages-5.img`);
  Deno.removeSync(`${place.dump}/pages-4.img`);
  Deno.removeSync(`${place.dump}/pages-3.img`);
  Deno.removeSync(`${place.dump}/pages-2.img`);
  const args = ["convert", place.dump, place.at("new"), "--to", "2.12", "--drop", drops];
  const { code, stderr } = await crit(args);
  assert.equal(code, 3, stderr);
  assert.match(stderr, /^crit: \S*ipcns-shm-9.img: entry 0: its contents are not in [^\n]+\n$/);
  assert.deepEqual(place.names, ["dump"]);
});

Deno.test("a single image is converted", async () => {
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

Deno.test("a single image with parts that belong into other images is refused", async () => {
  using place = new Place("shloop");
  const core = `${place.dump}/core-1517.img`;
  const drops = ["--drop", "rseq_entry,opmask_reg,hi16_zmm"];
  const args = ["convert", core, place.at("core.img"), "--to", "3.0", ...drops];
  const { code, stderr } = await crit(args);
  assert.equal(code, 5, stderr);
  assert.match(
    stderr,
    /^crit: \S*core-1517.img: a part of it belongs in sigacts-1517.img \(convert the whole dump\)\n$/,
  );
  const files = await crit(["convert", `${place.dump}/files.img`, place.at("f"), "--to", "3.3"]);
  assert.equal(files.code, 5);
  assert.match(
    files.stderr,
    /^crit: \S*files.img: a part of it belongs in \S+ \(convert the whole dump\)\n$/,
  );
  const clocks = ["convert", `${place.dump}/timens-0.img`, place.at("t"), "--to", "3.13"];
  assert.equal((await crit(clocks)).code, 1);
  const nothing = await crit([...clocks, "--drop", "TIMENS"]);
  assert.equal(nothing.code, 3);
  assert.match(nothing.stderr, /^crit: timens-0.img: nothing of it remains\n$/);
  assert.deepEqual(place.names, ["dump"]);
});

Deno.test({
  name: "Debian's crit shows the pages of a converted dump",
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

const CHAIN = `${ROOT}fixtures/chain`;

/** Places of the files of a dump, and in which release's form its page maps are. */
function formsOf(path: string): Record<string, boolean> {
  const forms: Record<string, boolean> = {};
  for (let at = path; isDirectory(at); at = `${at}/parent`) {
    for (const { name } of Deno.readDirSync(at)) {
      if (!/^pagemap-\d+\.img$/.test(name)) continue;
      const { entries } = decodeObjects(Deno.readFileSync(`${at}/${name}`));
      forms[`${at.slice(path.length)}/${name}`] = "nr_pages" in entries[1]!;
    }
  }
  return forms;
}

Deno.test("a dump with parents that the release cannot read is refused, with a fix", async () => {
  using place = new Place("shloop");
  for (const args of [[place.at("new")], ["-n"]]) {
    const refused = await crit(["convert", `${CHAIN}/3`, ...args, "--to", "4.1"]);
    assert.equal(refused.code, 1);
    const lines = refused.stderr.trim().split("\n");
    assert.equal(lines.length, 5);
    assert.equal(
      lines[1],
      "crit: parent/parent/pagemap-1119.img: CRIU 4.1 cannot read pagemap_entry.nr_pages (--drop parent)",
    );
    assert.equal(
      lines[4],
      "crit: nothing was written: CRIU 4.1 cannot read the parents, which stay as they are (--with-parents converts the chain)",
    );
  }
  assert.deepEqual(place.names, ["dump"]);
  const version = await crit(["convert", `${CHAIN}/2`, place.at("new"), "--to", "1.0", "--json"]);
  assert.equal(version.code, 1);
  assert.deepEqual(
    JSON.parse(version.stdout).losses.map(({ what, drop }: Record<string, string>) => [what, drop]),
    [["image version 1.1", "parent"], ["image version 1.1", "parent"]],
  );
  // What needs nothing that the parents do not have is converted alone, as it was.
  for (const args of [["3", "--to", "4.2"], ["3", "--to", "4.1", "--drop", "parent"], ["1"]]) {
    const [link, ...options] = args;
    const out = place.at(`alone-${args.length}`);
    const alone = await crit(["convert", `${CHAIN}/${link}`, out, ...options]);
    assert.equal(alone.code, 0, alone.stderr);
  }
});

Deno.test("the dumps of a chain are converted one after the other", async () => {
  using place = new Place("shloop");
  Deno.mkdirSync(place.at("chain"));
  for (const link of ["1", "2", "3"]) {
    const args = ["convert", `${CHAIN}/${link}`, place.at(`chain/${link}`), "--to", "4.1"];
    const { code, stderr } = await crit(args);
    assert.equal(code, 0, stderr);
  }
  assert.equal(Deno.readLinkSync(place.at("chain/3/parent")), "../2");
  assert.equal((await crit(["check", place.at("chain/3")])).code, 0);
});

Deno.test("--with-parents converts the chain into a self-contained dump", async () => {
  using place = new Place("shloop");
  const args = ["convert", `${CHAIN}/3`, place.at("new"), "--to", "4.1", "--with-parents"];
  const { code, stdout, stderr } = await crit(args);
  assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: "", stderr: "" });
  const forms = formsOf(place.at("new"));
  assert.equal(Object.keys(forms).length, 6);
  assert(Object.values(forms).every((isNew) => !isNew), JSON.stringify(forms));
  assert.deepEqual(place.names, ["dump", "new"]);
  assert.equal((await crit(["check", place.at("new")])).code, 0);
  assert.deepEqual(await crit(["diff", `${CHAIN}/3`, place.at("new")]), {
    code: 0,
    stdout: "",
    stderr: "",
  });
  // The parents are in it now, and are converted where they are.
  const back = await crit(["convert", place.at("new"), place.at("back"), "--with-parents"]);
  assert.equal(back.code, 0, back.stderr);
  assert(Object.values(formsOf(place.at("back"))).every((isNew) => isNew));
  assert.equal((await crit(["diff", `${CHAIN}/3`, place.at("back")])).code, 0);
  const report = await crit([...args.toSpliced(2, 1), "-n", "--json"]);
  const images = JSON.parse(report.stdout).images as Array<{ image: string; fate: string }>;
  const changed = images.filter(({ fate }) => fate === "changed").map(({ image }) => image);
  assert.deepEqual(changed.filter((image) => image.startsWith("parent/parent/")), [
    "parent/parent/pagemap-1119.img",
    "parent/parent/pagemap-1122.img",
  ]);
});

Deno.test({
  name: "--with-parents converts chains in archives, and into them",
  ignore: lacks("tar"),
  async fn() {
    using place = new Place("shloop");
    const tar = place.at("chain.tar");
    const packed = ["-C", CHAIN, "-cf", tar, "1", "2", "3"];
    assert.equal((await runProgram("tar", packed)).code, 0);
    for (const [from, to] of [[`${CHAIN}/3`, "a.tar"], [`${tar}/3`, "b.tar"], [tar, "c.tar"]]) {
      const args = ["convert", from!, place.at(to!), "--to", "4.1"];
      assert.equal((await crit(args)).code, 1, from);
      const { code, stderr } = await crit([...args, "--with-parents"]);
      assert.equal(code, 0, stderr);
      const stats = JSON.parse((await crit(["stats", place.at(to!), "--json"])).stdout);
      assert.equal(stats.release.oldest_release, "3.18", from);
      assert.equal((await crit(["diff", `${CHAIN}/3`, place.at(to!)])).code, 0, from);
    }
  },
});

Deno.test("a chain with a missing dump is not converted", async () => {
  using place = new Place("shloop");
  Deno.symlinkSync("../gone", `${place.dump}/parent`);
  const ended = await crit(["convert", place.dump, place.at("new"), "--with-parents"]);
  assert.equal(ended.code, 3);
  assert.equal(ended.stderr, "crit: parent: it leads to ../gone, which is not a directory\n");
  const image = await crit(["convert", `${place.dump}/pstree.img`, "out", "--with-parents"]);
  assert.equal(image.code, 2);
});
