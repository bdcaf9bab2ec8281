/** What docs/ON_THE_FLY.md says works: its scripts, its edits, its commands. */

import assert from "node:assert/strict";
import { allDeclarations } from "../../cli/commands/load.ts";
import { parse } from "../../cli/line/parse.ts";
import { decodeObjects } from "../../images/image/objects.ts";
import { encodeImage, type Entry } from "../../mod.ts";
import { Running } from "../cli/running.ts";
import { isQuick } from "../dumps.ts";
import { CRIT, crit, isInstalled, ROOT, runProgram } from "../programs.ts";
import { play } from "../play.ts";
import { readDirectory, Scratch } from "../scratch.ts";

const allCommands = await allDeclarations();

const TEXT = Deno.readTextFileSync(`${ROOT}docs/ON_THE_FLY.md`);
const BLOCKS = [...TEXT.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, tag, code]) => ({
  tag,
  code: code!,
}));
const SCRIPTS = BLOCKS.filter(({ code }) => code.startsWith("#!/bin/sh\n")).map(({ code }) => code);
const OPTIONS = [...TEXT.matchAll(/`--(set|delete-if-present) '([^'`]*)'`/g)].map((
  [, option, value],
) => [
  `--${option}`,
  value!,
]);

/** A dump with all that the text speaks of. */
function dumpIn(scratch: Scratch): string {
  const files = decodeObjects(Deno.readFileSync(`${ROOT}fixtures/images/pyapp/files.img`));
  const open = files.entries.find(({ reg }) => (reg as Entry | undefined)?.size !== undefined)!;
  Object.assign(open.reg as Entry, { name: "/var/log/a.log", pos: 10n });
  return scratch.directory("dump", {
    ...readDirectory(`${ROOT}fixtures/dumps/shloop`),
    "files.img": encodeImage(files),
    "utsns-10.img": Deno.readFileSync(`${ROOT}fixtures/images/utsns-10.img`),
  });
}

/** A directory with `crit` and `criu` in it; the latter runs the action script as the real one does. */
function binIn(scratch: Scratch): string {
  const bin = scratch.directory("bin");
  const quoted = CRIT.map((word) => `'${word}'`).join(" ");
  Deno.writeTextFileSync(`${bin}/crit`, `#!/bin/sh\nexec ${quoted} "$@"\n`, { mode: 0o755 });
  Deno.writeTextFileSync(
    `${bin}/criu`,
    `#!/bin/sh
    [ "$2 $3 $5" = "--stream --images-dir --action-script" ] || exit 99
    exec 5<"$4"
    CRTOOLS_SCRIPT_ACTION=pre-stream CRTOOLS_IMAGE_DIR=/proc/$$/fd/5 "$6" || exit
    exec sleep 5 > /dev/null 2>&1\n`,
    { mode: 0o755 },
  );
  return bin;
}

const entriesIn = (path: string): Entry[] =>
  decodeObjects(Deno.readFileSync(path), { name: path.split("/").at(-1)! }).entries;

Deno.test("every edit in the text works, and changes something", async () => {
  assert.ok(OPTIONS.length >= 10, `${OPTIONS.length}`);
  for (const edit of OPTIONS) {
    using scratch = new Scratch();
    const dump = dumpIn(scratch);
    const { code, stderr } = await crit(["edit", dump, "--in-place", "--json", ...edit]);
    assert.equal(code, 0, `${edit}: ${stderr}`);
    assert.notDeepEqual(readDirectory(dump), readDirectory(dumpIn(scratch)), `${edit}`);
  }
});

Deno.test("another path for a file, with the size deleted before", async () => {
  using scratch = new Scratch();
  const dump = dumpIn(scratch);
  const [path, size] = OPTIONS as [string[], string[]];
  assert.ok(size[1]!.endsWith(".reg.size"));
  const before = entriesIn(`${dump}/files.img`);
  const index = before.findIndex(({ reg }) =>
    (reg as Entry | undefined)?.name === "/var/log/a.log"
  );
  const { code } = await crit(["edit", dump, "--in-place", ...size, ...path]);
  assert.equal(code, 0);
  const reg = entriesIn(`${dump}/files.img`)[index]!.reg as Entry;
  assert.deepEqual([reg.name, reg.size], ["/var/log/b.log", undefined]);
});

Deno.test("the port of a listening socket alone changes", async () => {
  using scratch = new Scratch();
  const dump = dumpIn(scratch);
  const edit = OPTIONS.find(([, value]) => value!.endsWith(".isk.src_port=8080"))!;
  const portsOf = () =>
    entriesIn(`${dump}/files.img`).flatMap(({ isk }) =>
      isk === undefined ? [] : [[(isk as Entry).state, (isk as Entry).src_port]]
    );
  const before = portsOf();
  assert.ok(before.some(([state, port]) => state === 1 && port === 18080));
  assert.equal((await crit(["edit", dump, "--in-place", ...edit])).code, 0);
  assert.deepEqual(
    portsOf(),
    before.map(([state, port]) => [state, state === 10 && port === 18080 ? 8080 : port]),
  );
});

Deno.test("the action scripts do in both directions what the text says", {
  ignore: isQuick(),
}, async () => {
  using scratch = new Scratch();
  const dump = dumpIn(scratch);
  const bin = binIn(scratch);
  const names = Object.keys(readDirectory(dump)).filter((name) => name.endsWith(".img"));
  const inOrder = [...names.filter((name) => name !== "inventory.img"), "inventory.img"];
  assert.equal(SCRIPTS.length, 2);
  for (const script of SCRIPTS) {
    const name = /^# (\w+)\.sh/m.exec(script)![1]!;
    const cwd = scratch.directory(name);
    Deno.writeTextFileSync(`${cwd}/${name}.sh`, script);
    const lines = BLOCKS.find(({ code }) => code.includes(`chmod +x ${name}.sh`))!.code;
    const isRestore = name === "restore";
    if (isRestore) Deno.symlinkSync(dump, `${cwd}/dump`);
    else Deno.mkdirSync(`${cwd}/dump`);
    const env = { PATH: `${bin}:${Deno.env.get("PATH")}` };
    // CRIU lives on while its images are streamed.
    const criu = runProgram("sh", ["-ec", lines], { cwd, env });
    const log = `${cwd}/dump/crit-${isRestore ? "serve" : "capture"}.log`;
    if (isRestore) {
      const outcome = await play("restore", { socket: `${dump}/streamer-serve.sock`, names });
      assert.equal(Object.keys(outcome).length, names.length);
    } else {
      const socket = `${cwd}/dump/streamer-capture.sock`;
      await play("dump", { socket, directory: dump, names: inOrder });
    }
    assert.deepEqual(await criu, { code: 0, stdout: "", stderr: "" });
    for (let i = 0; i < 500 && Deno.readTextFileSync(log) === ""; i++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const done = isRestore
      ? /^crit: served \d+ images, .* 2 edited/
      : /^crit: captured .* 1 edited/;
    assert.match(Deno.readTextFileSync(log), done);
  }
  assert.equal(entriesIn(`${scratch.path}/dump/dump/utsns-10.img`)[0]!.nodename, "new-host");
});

/** Lines in the text that call crit, apart from scripts. */
const LINES = BLOCKS.filter(({ tag, code }) => tag === "sh" && code.startsWith("crit "))
  .map(({ code }) => code.trim());

Deno.test("the other commands serve the dump, edited", async () => {
  assert.ok(LINES.length >= 3, `${LINES}`);
  for (const line of LINES) {
    if (line.includes("jq") && !isInstalled("jq")) continue;
    using scratch = new Scratch();
    const dump = dumpIn(scratch);
    const script = BLOCKS.find(({ tag }) => tag === "js")!.code;
    Deno.writeTextFileSync(`${scratch.path}/move.js`, script);
    const files = decodeObjects(Deno.readFileSync(`${dump}/files.img`));
    const open = files.entries.find(({ reg }) => reg !== undefined)!.reg as Entry;
    open.name = "/srv/old/x";
    Deno.writeFileSync(`${dump}/files.img`, encodeImage(files));
    const printed = await runProgram("sh", ["-c", `printf '%s\\0' ${line.replace("crit", "")}`]);
    const words = printed.stdout.split("\0").slice(0, -1);
    assert.equal(parse(words, allCommands).asked, "run");
    const running = new Running(words, { cwd: scratch.path });
    const names = Object.keys(readDirectory(dump)).filter((name) => name.endsWith(".img"));
    await play("restore", { socket: `${dump}/streamer-serve.sock`, names });
    const { code, stderr } = await running.ended();
    assert.equal(code, 0, stderr);
    assert.match(stderr, /, [1-9] edited /);
  }
});

Deno.test("the function moves paths", async () => {
  using scratch = new Scratch();
  const script = BLOCKS.find(({ tag }) => tag === "js")!.code;
  Deno.writeTextFileSync(`${scratch.path}/move.js`, script);
  const { default: move } = await import(`file://${scratch.path}/move.js`);
  const entries = [{ reg: { name: "/srv/old/a/b" } }, { reg: { name: "/srv/older" } }, {
    pipe: {},
  }];
  move({ entries });
  assert.deepEqual(entries.map(({ reg }) => reg?.name), ["/srv/new/a/b", "/srv/older", undefined]);
});
