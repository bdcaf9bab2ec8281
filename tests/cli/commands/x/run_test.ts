/** `crit x` as a program. */

import assert from "node:assert/strict";
import { decodeObjects } from "../../../../images/image/objects.ts";
import { encodeImage } from "../../../../mod.ts";
import { DumpCopy } from "../../../dumps.ts";
import { crit, ROOT } from "../../../programs.ts";

const DUMP = `${ROOT}fixtures/dumps/shloop`;

Deno.test("crit x prints a view, of one task too", async () => {
  const whole = await crit(["x", DUMP, "ps", "--args", "--tree"]);
  assert.deepEqual(whole, {
    code: 0,
    stdout: "    PID   PGID    SID   COMM\n" +
      "   1517   1517   1517   sh /srv/shloop/loop.sh\n" +
      "   1520   1517   1517   └── sleep 1\n",
    stderr: "",
  });
  const one = await crit(["x", DUMP, "threads", "-p", "1520"]);
  assert.match(one.stdout, /^ PID +TID +COMM .*\n1520 +1520 +sleep .*\n$/);
});

Deno.test("crit x --json prints a list of objects", async () => {
  const { code, stdout } = await crit(["x", DUMP, "fds", "--pid", "1520", "--json"]);
  assert.equal(code, 0);
  const rows = JSON.parse(stdout);
  assert.deepEqual(rows.map(({ fd }: { fd: unknown }) => fd), [0, 1, 2, "cwd", "root"]);
  assert.deepEqual(rows[0], {
    pid: 1520,
    fd: 0,
    type: "REG",
    id: 4,
    name: "/dev/null",
    flags: 0,
  });
});

Deno.test("crit x names the nearest view, and reports missing tasks", async () => {
  const view = await crit(["x", DUMP, "threds"]);
  assert.equal(view.code, 2);
  assert.match(view.stderr, /threads/);
  const task = await crit(["x", DUMP, "ps", "-p", "7"]);
  assert.equal(task.code, 2);
  assert.match(task.stderr, /^crit: there is no task 7 \(.*\)\n$/);
});

Deno.test("crit x shows the intact part of a damaged dump, and exits with 3", async () => {
  using copy = new DumpCopy(DUMP);
  Deno.truncateSync(`${copy.path}/mm-1517.img`, 40);
  const { code, stdout, stderr } = await crit(["x", copy.path, "mems"]);
  assert.equal(code, 3);
  assert.match(stderr, /^crit: \S*mm-1517\.img: [^\n]*\n$/);
  assert.match(stdout, /^1517\n1520\n\texe/);
});

Deno.test("crit x of a path that is not a dump is a one-line error", async () => {
  const { code, stderr } = await crit(["x", `${ROOT}nowhere`, "ps"]);
  assert.equal(code, 4);
  assert.match(stderr, /^crit: [^\n]*no such directory[^\n]*\n$/);
});

Deno.test("views of a pre-dump report that it is one", async () => {
  for (const view of ["ps", "mems", "rss", "env"]) {
    const { code, stdout, stderr } = await crit(["x", `${ROOT}fixtures/chain/1`, view]);
    assert.deepEqual([code, stdout], [3, ""]);
    assert.match(stderr, /chain\/1: it is a pre-dump: there are no tasks in it \(/);
  }
});

Deno.test("lazy pages with arguments and variables are counted", async () => {
  using copy = new DumpCopy(DUMP);
  const name = "pagemap-1520.img";
  const image = decodeObjects(Deno.readFileSync(`${copy.path}/${name}`), { name });
  // They are in the last range, the stack.
  image.entries.at(-1)!.flags = 2;
  Deno.writeFileSync(`${copy.path}/${name}`, encodeImage(image));
  const pages = Deno.statSync(`${copy.path}/pages-2.img`).size;
  const lost = Number(image.entries.at(-1)!.nr_pages) * 4096;
  Deno.truncateSync(`${copy.path}/pages-2.img`, pages - lost);
  for (const [args, text] of [[["env"], "environment"], [["ps", "--args"], "arguments"]] as const) {
    const ended = await crit(["x", copy.path, ...args]);
    assert.equal(ended.code, 0);
    assert.equal(
      ended.stderr,
      `crit: 1 page with the ${text} of a process is to be fetched later\n`,
    );
  }
  assert.match((await crit(["x", copy.path, "ps", "--args"])).stdout, / {7}sleep\n/);
});
