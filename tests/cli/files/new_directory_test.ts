/** Whatever command writes a dump: what it keeps, what it refuses, where links lead. */

import assert from "node:assert/strict";
import { isTemporary, temporaryName } from "../../../images/bytes/paths.ts";
import { THOROUGH } from "../../dumps.ts";
import { crit, IS_OLD_DENO, lacks, ROOT, runProgram } from "../../programs.ts";
import { Running } from "../running.ts";
import { readTree, Temporary } from "../trees.ts";

const SHELL = `${ROOT}fixtures/dumps/shloop`;
const INCREMENTAL = `${ROOT}fixtures/dumps/incremental`;
const EDIT = ["--set", "core-*.img:[0].tc.comm=zz"];

/** A copy of a dump in a temporary directory. */
function copyOf(temporary: Temporary, name: string, from = SHELL): string {
  const path = temporary.at(name);
  Deno.mkdirSync(path, { recursive: true });
  for (const { name, isFile } of Deno.readDirSync(from)) {
    if (isFile && name !== "parent") Deno.copyFileSync(`${from}/${name}`, `${path}/${name}`);
  }
  return path;
}

/** Each way to make a dump of a dump, as the arguments. */
const MAKERS: Readonly<Record<string, (dump: string, out: string) => string[]>> = {
  convert: (dump, out) => ["convert", dump, out, "--to", "3.17.1", "--drop", "rseq_entry"],
  edit: (dump, out) => ["edit", dump, "-o", out, ...EDIT],
  decode: (dump, out) => ["decode", "-i", dump, "-o", out],
};

/** Runs a command that must succeed. */
async function made(args: string[]): Promise<void> {
  const { code, stderr } = await crit(args);
  assert.equal(code, 0, `${args.join(" ")}: ${stderr}`);
}

for (const [name, argsOf] of Object.entries(MAKERS)) {
  Deno.test(`${name} keeps the files beside and below the images`, async () => {
    using temporary = new Temporary();
    const dump = copyOf(temporary, "dump");
    copyOf(temporary, "dump/parent");
    temporary.directory("dump", { "sub/deep/note.txt": "note", "dump.log": "log" });
    Deno.mkdirSync(`${dump}/empty`);
    Deno.symlinkSync("sub", `${dump}/way`);
    await made(argsOf(dump, temporary.at("out")));
    const [before, after] = [readTree(dump), readTree(temporary.at("out"))];
    const asImage = (place: string) => place.replace(/\.json$/, "");
    assert.deepEqual([...after.keys()].map(asImage).sort(), [...before.keys()].sort());
    assert.deepEqual(after.get("sub/deep/note.txt"), before.get("sub/deep/note.txt"));
    assert.equal(after.get("way"), "link to sub");
    assert.equal(after.get("parent"), "directory");
  });

  Deno.test(`${name} follows no link out of the dump`, async () => {
    using temporary = new Temporary();
    const dump = copyOf(temporary, "dump");
    temporary.directory("secret", { "deep/key": "top secret" });
    Deno.symlinkSync(temporary.at("secret"), `${dump}/lib`);
    Deno.symlinkSync("../secret/deep/key", `${dump}/key`);
    Deno.symlinkSync(".", `${dump}/self`);
    Deno.symlinkSync("/", `${dump}/root`);
    await made([...argsOf(dump, temporary.at("a/b").replace("/a/", "/")), "--color=never"]);
    const out = temporary.at("b");
    for (const link of ["lib", "key", "self", "root"]) {
      assert(Deno.lstatSync(`${out}/${link}`).isSymlink, link);
    }
    assert.equal(Deno.statSync(temporary.at("secret/deep/key")).nlink, 1);
    // From another place it leads to the same file.
    Deno.mkdirSync(temporary.at("below"));
    await made(argsOf(dump, temporary.at("below/c")));
    assert.equal(Deno.readTextFileSync(temporary.at("below/c/key")), "top secret");
  });

  Deno.test(`${name} refuses an image outside the dump, and writes nothing`, async () => {
    using temporary = new Temporary();
    const dump = copyOf(temporary, "dump");
    Deno.renameSync(`${dump}/core-1517.img`, temporary.at("core"));
    Deno.symlinkSync("../core", `${dump}/core-1517.img`);
    const { code, stderr } = await crit(argsOf(dump, temporary.at("out")));
    assert.equal(code, 4, stderr);
    assert.match(
      stderr,
      /^crit: \S*core-1517\.img: it is a link to \.\.\/core, out of the dump, .*\n$/,
    );
    assert.deepEqual([...Deno.readDirSync(temporary.path)].map(({ name }) => name).sort(), [
      "core",
      "dump",
    ]);
  });

  Deno.test({
    name: `${name} refuses names that are not UTF-8 and a parent that is no path`,
    ignore: lacks("python3") || IS_OLD_DENO,
    async fn() {
      using temporary = new Temporary();
      const refused = async (dump: string, expected: number, reason: RegExp) => {
        const { code, stderr } = await crit(argsOf(dump, temporary.at("out")));
        assert.equal(code, expected, stderr);
        assert.match(stderr, reason);
        assert.match(stderr, /^crit: [^\n]*\n$/);
        assert.throws(() => Deno.lstatSync(temporary.at("out")), Deno.errors.NotFound);
      };
      const latin = copyOf(temporary, "latin");
      const script = "import os,sys; open(os.fsencode(sys.argv[1])+b'/caf\\xe9.txt','w')";
      await runProgram("python3", ["-c", script, latin]);
      await refused(latin, 5, /caf.*: a name that is not UTF-8 cannot be written\n$/);
      const binary = copyOf(temporary, "binary");
      Deno.writeTextFileSync(`${binary}/parent`, "A\0B");
      await refused(binary, 3, /^crit: \S*parent: it holds a NUL byte/);
    },
  });

  Deno.test(`${name} makes no file more accessible than its input`, async () => {
    using temporary = new Temporary();
    const dump = copyOf(temporary, "dump");
    temporary.directory("dump", { "sub/note": "note" });
    for (const { name, isFile } of Deno.readDirSync(dump)) {
      if (isFile) Deno.chmodSync(`${dump}/${name}`, 0o600);
    }
    Deno.chmodSync(`${dump}/sub`, 0o700);
    Deno.chmodSync(`${dump}/sub/note`, 0o600);
    Deno.chmodSync(dump, 0o700);
    const out = temporary.at("out");
    await made(argsOf(dump, out));
    for (const place of ["", ...readTree(out).keys()]) {
      const mode = Deno.statSync(`${out}/${place}`).mode! & 0o077;
      assert.equal(mode, 0, `${place} has ${mode.toString(8)}`);
    }
  });
}

for (const maker of ["convert", "edit"] as const) {
  Deno.test(`${maker} --copy keeps holes`, async () => {
    using temporary = new Temporary();
    const dump = copyOf(temporary, "dump");
    Deno.truncateSync(`${dump}/pages-1.img`, 64 << 20);
    await made([...MAKERS[maker]!(dump, temporary.at("out")), "--copy"]);
    const { size, blocks } = Deno.statSync(temporary.at("out/pages-1.img"));
    assert.equal(size, 64 << 20);
    assert(blocks! * 512 < 16 << 20, `${blocks} blocks`);
  });

  Deno.test(`${maker} keeps an engine's files beside the dump, from a directory and an archive`, {
    ignore: lacks("tar"),
  }, async () => {
    using temporary = new Temporary();
    copyOf(temporary, "ctr/checkpoint");
    temporary.directory("ctr", { "config.dump": "{}", "spec.dump": "{}", "stats-dump": "" });
    const archive = temporary.at("ctr.tar");
    await runProgram("tar", ["-cf", archive, "-C", temporary.at("ctr"), "."]);
    const from = maker === "edit" ? [temporary.at("ctr")] : [temporary.at("ctr"), archive];
    for (const [index, path] of from.entries()) {
      const out = temporary.at(`out${index}`);
      await made(MAKERS[maker]!(path, out));
      assert.deepEqual(
        [...readTree(out).keys()],
        [...readTree(temporary.at("ctr")).keys()],
      );
      const checked = await crit(["check", out]);
      assert.equal(checked.code, 0, checked.stdout);
    }
  });
}

Deno.test(
  "decode of an archive keeps an engine's files, decode of a directory in it only the dump",
  {
    ignore: lacks("tar"),
  },
  async () => {
    using temporary = new Temporary();
    copyOf(temporary, "ctr/checkpoint");
    temporary.directory("ctr", { "config.dump": "{}" });
    const archive = temporary.at("ctr.tar");
    await runProgram("tar", ["-cf", archive, "-C", temporary.at("ctr"), "."]);
    await made(["decode", "-i", archive, "-o", temporary.at("all")]);
    assert(readTree(temporary.at("all")).has("config.dump"));
    assert(readTree(temporary.at("all")).has("checkpoint/pstree.img.json"));
    await made(["decode", "-i", `${archive}/checkpoint`, "-o", temporary.at("one")]);
    assert(readTree(temporary.at("one")).has("pstree.img.json"));
  },
);

Deno.test("a link to the parent leads to the same dump or to its copy", async () => {
  using temporary = new Temporary();
  copyOf(temporary, "old/1-predump", `${INCREMENTAL}/1-predump`);
  const dump = copyOf(temporary, "old/2-predump", `${INCREMENTAL}/2-predump`);
  Deno.symlinkSync("../1-predump", `${dump}/parent`);
  const linkOf = (path: string) => Deno.readLinkSync(`${temporary.at(path)}/parent`);
  // A parent that stays behind must be as the new release reads it.
  const convert = (from: string, to: string, release = "4.2") =>
    made(["convert", temporary.at(from), temporary.at(to), "--to", release]);
  await convert("old/2-predump", "alone");
  assert.equal(linkOf("alone"), "old/1-predump".replace(/^/, "../"));
  Deno.mkdirSync(temporary.at("new"));
  await convert("old/1-predump", "new/1-predump", "4.1");
  await convert("old/2-predump", "new/2-predump", "4.1");
  assert.equal(linkOf("new/2-predump"), "../1-predump");
  // What has that name by chance is not the parent.
  copyOf(temporary, "other/1-predump");
  await convert("old/2-predump", "other/2-predump");
  assert.equal(linkOf("other/2-predump"), "../../old/1-predump");
});

Deno.test("a dump with a directory `parent` stays a chain", async () => {
  using temporary = new Temporary();
  const dump = copyOf(temporary, "dump", `${INCREMENTAL}/3-dump`);
  copyOf(temporary, "dump/parent", `${INCREMENTAL}/2-predump`);
  copyOf(temporary, "dump/parent/parent", `${INCREMENTAL}/1-predump`);
  const out = temporary.at("out");
  await made(["convert", dump, out, "--to", "4.1", "--with-parents"]);
  const [before, after] = await Promise.all([dump, out].map((path) => crit(["check", path])));
  assert.deepEqual(
    [after!.code, after!.stdout.replaceAll(out, dump)],
    [before!.code, before!.stdout],
  );
});

Deno.test("two processes with the same new id are an error that names the dump's images", async () => {
  using temporary = new Temporary();
  const dump = copyOf(temporary, "dump");
  const pstree = `${dump}/pstree.img`;
  const twice = [
    ...["--set", "pstree.img:[1].pid=1517"],
    ...["--set", "pstree.img:[1].threads=[1517]"],
  ];
  await made([
    "edit",
    pstree,
    "--in-place",
    ...twice.map((word) => word.replace("pstree.img:", "")),
  ]);
  const { code, stderr } = await crit(["convert", dump, temporary.at("out"), "--to", "3.3"]);
  assert.equal(code, 3, stderr);
  assert.match(stderr, /^crit: \S+-1517\.img: it would be written twice: [^\n]*\n$/);
  assert(!stderr.includes(".crit-"), stderr);
});

Deno.test("an edit in place does not write through links out of the dump", async () => {
  using temporary = new Temporary();
  const dump = copyOf(temporary, "dump");
  Deno.renameSync(`${dump}/core-1517.img`, temporary.at("core"));
  Deno.symlinkSync("../core", `${dump}/core-1517.img`);
  const before = Deno.readFileSync(temporary.at("core"));
  const { code } = await crit(["edit", dump, "--in-place", ...EDIT]);
  assert.equal(code, 4);
  assert.deepEqual(Deno.readFileSync(temporary.at("core")), before);
});

Deno.test("a batch does not write through links in its output directory", async () => {
  using temporary = new Temporary();
  copyOf(temporary, "dump/sub");
  temporary.directory("victim", { "precious": "precious" });
  temporary.directory("out", { "other": "" });
  Deno.symlinkSync(temporary.at("victim"), temporary.at("out/sub"));
  const args = ["decode", "-i", temporary.at("dump"), "-o", temporary.at("out")];
  const { code, stderr } = await crit(args);
  assert.equal(code, 4);
  assert.match(stderr, /^crit: \S+\/out\/sub: it is a symbolic link, through which .*\n$/);
  assert.deepEqual([...readTree(temporary.at("victim")).keys()], ["precious"]);
});

Deno.test("a core file is readable by its owner only, and replaces a link", async () => {
  using temporary = new Temporary();
  const dump = copyOf(temporary, "dump");
  temporary.directory("victim", { "precious": "precious" });
  Deno.symlinkSync(temporary.at("victim/precious"), `${dump}/core.1517`);
  const { code, stderr } = await crit(["coredump", ".", "--no-files"], { cwd: dump });
  assert.equal(code, 0, stderr);
  assert.equal(Deno.readTextFileSync(temporary.at("victim/precious")), "precious");
  const core = Deno.lstatSync(`${dump}/core.1517`);
  assert(core.isFile);
  assert.equal(core.mode! & 0o777, 0o600);
});

Deno.test("every temporary name has one form", () => {
  for (const path of ["core.img", "/a/b/dump.tar", "dir/n".padEnd(300, "n"), "🐳".repeat(63)]) {
    const name = temporaryName(path);
    assert.equal(name.includes("/") ? name.replace(/[^/]*$/, "") : "", path.replace(/[^/]*$/, ""));
    const last = name.replace(/^.*\//, "");
    assert(isTemporary(last), last);
    assert(new TextEncoder().encode(last).length <= 255);
  }
  assert(isTemporary(".core.img.crit-123-4"));
  for (const name of ["core-1.img", ".crit-serve", "x.crit-1", ".x.crit-a"]) {
    assert(!isTemporary(name), name);
  }
});

/** Waits until a temporary directory is there, and gives whether the process still runs. */
async function waitForTemporary(path: string, running: Running): Promise<boolean> {
  let isRunning = true;
  running.child.status.then(() => isRunning = false);
  const isThere = () => [...Deno.readDirSync(path)].some(({ name }) => isTemporary(name));
  while (isRunning && !isThere()) await new Promise((resolve) => setTimeout(resolve, 1));
  return isRunning;
}

for (const maker of ["convert", "edit"] as const) {
  Deno.test(`an interrupt as soon as ${maker} has begun leaves nothing`, async () => {
    using temporary = new Temporary();
    const dump = copyOf(temporary, "dump");
    const files = Deno.readFileSync(`${dump}/files.img`);
    for (let i = 0; i < 400; i++) Deno.writeFileSync(`${dump}/reg-files-${i}.img`, files);
    const quick = maker === "convert" ? ["SIGINT", "SIGHUP"] as const : ["SIGTERM"] as const;
    for (const signal of THOROUGH ? ["SIGINT", "SIGTERM", "SIGHUP"] as const : quick) {
      const running = new Running([...MAKERS[maker]!(dump, temporary.at("out")), "--copy"]);
      if (!await waitForTemporary(temporary.path, running)) assert.fail("it ended by itself");
      running.child.kill(signal);
      const { code, stderr } = await running.ended();
      assert.equal(code, { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }[signal], stderr);
      assert.deepEqual([...Deno.readDirSync(temporary.path)].map(({ name }) => name), ["dump"]);
    }
  });
}

Deno.test("an output file is not more accessible than its input", async () => {
  using temporary = new Temporary();
  const image = temporary.at("files.img");
  Deno.copyFileSync(`${SHELL}/files.img`, image);
  Deno.chmodSync(image, 0o600);
  const json = temporary.at("files.json");
  Deno.writeTextFileSync(json, "old");
  Deno.chmodSync(json, 0o644);
  const outputs = [
    [json, "decode", "-i", image, "-o"],
    [temporary.at("new.json"), "decode", "-i", image, "-o"],
    [temporary.at("edited.img"), "edit", image, "--set", "[0].id=9", "-o"],
    [temporary.at("back.img"), "encode", "-i", json, "-o"],
  ];
  for (const [out, ...args] of outputs as [string, ...string[]][]) {
    await made([...args, out]);
    assert.equal(Deno.statSync(out).mode! & 0o777, 0o600, out);
  }
  await made(["convert", image, temporary.at("converted.img"), "--to", "1.0"]);
  assert.equal(Deno.statSync(temporary.at("converted.img")).mode! & 0o777, 0o600);
});

Deno.test("decode --link makes no hard links to files outside the dump", async () => {
  using temporary = new Temporary();
  const dump = copyOf(temporary, "dump");
  temporary.directory("outside", { "key": "secret" });
  Deno.symlinkSync("../outside/key", `${dump}/key`);
  await made(["decode", "-i", dump, "-o", temporary.at("json"), "--link"]);
  assert.equal(Deno.statSync(temporary.at("outside/key")).nlink, 1);
  assert(Deno.lstatSync(temporary.at("json/key")).isSymlink);
});

Deno.test("an error of the output names only the output", async () => {
  for (
    const args of [
      ["decode", "-i", `${SHELL}/files.img`, "-o", "/dev/full"],
      ["edit", `${SHELL}/files.img`, "--set", "[0].id=9", "-o", "/dev/full"],
      ["convert", `${SHELL}/files.img`, "/dev/full", "--to", "1.0"],
    ]
  ) {
    const { code, stderr } = await crit(args);
    assert.deepEqual([code, stderr], [4, "crit: /dev/full: no space left on device\n"]);
  }
});

Deno.test(
  "empty directories, links and permissions of an archive are kept, and other members are reported",
  {
    ignore: lacks("tar") || lacks("mkfifo"),
  },
  async () => {
    using temporary = new Temporary();
    const dump = copyOf(temporary, "dump");
    Deno.mkdirSync(`${dump}/empty/below`, { recursive: true });
    Deno.symlinkSync("nowhere", `${dump}/way`);
    await runProgram("mkfifo", [`${dump}/pipe`]);
    Deno.chmodSync(`${dump}/files.img`, 0o600);
    const archive = temporary.at("dump.tar");
    await runProgram("tar", ["-cf", archive, "-C", dump, "."]);
    Deno.chmodSync(archive, 0o644);
    for (const maker of ["convert", "decode"] as const) {
      const out = temporary.at(maker);
      const { code, stderr } = await crit(MAKERS[maker]!(archive, out));
      assert.deepEqual([code, stderr], [0, "crit: pipe: not copied: it is not a regular file\n"]);
      const tree = readTree(out);
      assert.equal(tree.get("empty/below"), "directory");
      assert.equal(tree.get("way"), "link to nowhere");
      const image = tree.has("files.img") ? "files.img" : "files.img.json";
      assert.equal(Deno.statSync(`${out}/${image}`).mode! & 0o777, 0o600);
    }
  },
);

Deno.test({
  name: "a name that is not UTF-8 is kept beside a similar one",
  ignore: IS_OLD_DENO || lacks("python3") || lacks("tar"),
  async fn() {
    using temporary = new Temporary();
    const dump = copyOf(temporary, "dump");
    const script = "import os,sys; d=os.fsencode(sys.argv[1])\n" +
      "for n in (b'caf\\xe9.txt', 'caf\\ufffd.txt'.encode()): open(d+b'/'+n,'w')";
    await runProgram("python3", ["-c", script, dump]);
    const archive = temporary.at("dump.tar");
    await runProgram("tar", ["-cf", archive, "-C", dump, "."]);
    for (const from of [dump, archive]) {
      const { code, stderr } = await crit(MAKERS["convert"]!(from, temporary.at("out")));
      assert.equal(code, 5, stderr);
      assert.match(stderr, /a name that is not UTF-8 cannot be written\n$/);
    }
  },
});

Deno.test("a hole of a tebibyte in an archive is skipped", {
  ignore: lacks("tar"),
}, async () => {
  using temporary = new Temporary();
  const dump = copyOf(temporary, "dump");
  const size = 2 ** 40;
  Deno.truncateSync(`${dump}/pages-1.img`, size);
  const archive = temporary.at("dump.tar");
  await runProgram("tar", ["-cf", archive, "--sparse", "-C", dump, "."]);
  const begin = Deno.readFileSync(`${SHELL}/pages-1.img`);
  for (const maker of ["convert", "decode"] as const) {
    await made(MAKERS[maker]!(archive, temporary.at(maker)));
    using file = Deno.openSync(temporary.at(`${maker}/pages-1.img`));
    const { size: copied, blocks } = file.statSync();
    assert.equal(copied, size);
    assert(blocks! * 512 < 1 << 24);
    const bytes = new Uint8Array(begin.length);
    for (let at = 0; at < bytes.length;) at += file.readSync(bytes.subarray(at))!;
    assert.deepEqual(bytes, begin);
  }
});

Deno.test("a file `parent` becomes a link in a dump, and stays a file beside JSON", async () => {
  using temporary = new Temporary();
  copyOf(temporary, "old/1-predump", `${INCREMENTAL}/1-predump`);
  const dump = copyOf(temporary, "old/2-predump", `${INCREMENTAL}/2-predump`);
  Deno.writeTextFileSync(`${dump}/parent`, "../1-predump");
  for (const maker of ["convert", "decode"] as const) {
    const args = MAKERS[maker]!(dump, temporary.at(maker));
    await made(maker === "convert" ? [...args.slice(0, 3), "--to", "4.2"] : args);
    const parent = temporary.at(`${maker}/parent`);
    const text = maker === "convert" ? Deno.readLinkSync(parent) : Deno.readTextFileSync(parent);
    assert.equal(text, "../old/1-predump");
    assert.equal(Deno.lstatSync(parent).isSymlink, maker === "convert");
  }
});
