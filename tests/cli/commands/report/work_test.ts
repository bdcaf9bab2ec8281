/** `crit report` of many dumps: a page each, the same as of one alone. */

import assert from "node:assert/strict";
import { THOROUGH } from "../../../dumps.ts";
import { DUMPS } from "../../../images/dump/sources.ts";
import { crit } from "../../../programs.ts";
import { Scratch } from "../../../scratch.ts";

/** Whether a file is a whole page. */
function isPage(path: string): boolean {
  return /^<!DOCTYPE html>[^]*<\/html>\n$/.test(Deno.readTextFileSync(path));
}

Deno.test("each of several dumps gets a report, even if others fail", async () => {
  using scratch = new Scratch();
  const out = `${scratch.path}/pages`;
  const dumps = [`${DUMPS}/shloop`, `${DUMPS}/none`, `${DUMPS}/cprog`];
  for (const jobs of THOROUGH ? ["1", "2"] : ["2"]) {
    const ended = await crit(["report", ...dumps, "-o", out, "-j", jobs]);
    assert.equal(ended.code, 4);
    assert.equal(ended.stdout, `${dumps[0]}: ${out}/shloop.html\n${dumps[2]}: ${out}/cprog.html\n`);
    assert.match(ended.stderr, /^crit: \S+none: there is no such directory or archive\n$/);
    const names = [...Deno.readDirSync(out)].map(({ name }) => name).sort();
    assert.deepEqual(names, ["cprog.html", "shloop.html"]);
    assert.ok(names.every((name) => isPage(`${out}/${name}`)));
  }
  const list = `${scratch.path}/list`;
  Deno.writeTextFileSync(list, dumps.join("\n"));
  const lines = await crit(["report", "--jsonl", "--from", list, "-o", out]);
  assert.deepEqual(
    lines.stdout.trim().split("\n").map((line) => JSON.parse(line))
      .map(({ dump, page, exit_code }) => [dump, page, exit_code]),
    [
      [dumps[0], `${out}/shloop.html`, 0],
      [dumps[1], undefined, 4],
      [dumps[2], `${out}/cprog.html`, 0],
    ],
  );
  for (const args of [[], ["-o", "-"], ["-o", list]]) {
    const { code, stdout, stderr } = await crit(["report", ...dumps, ...args]);
    assert.ok(code === 2 || code === 4, stderr);
    assert.equal(stdout, "");
  }
  // One page that cannot be written does not stop the others.
  Deno.removeSync(`${out}/shloop.html`);
  Deno.mkdirSync(`${out}/shloop.html`);
  Deno.removeSync(`${out}/cprog.html`);
  const blocked = await crit(["report", ...dumps, "-o", out]);
  assert.match(blocked.stderr, /shloop\.html: it is a directory, not a file$/m);
  assert.deepEqual([blocked.code, isPage(`${out}/cprog.html`)], [4, true]);
});

Deno.test("a report is as private as its dump", async () => {
  using scratch = new Scratch();
  const images = [...Deno.readDirSync(`${DUMPS}/shloop`)].map(({ name }) => [
    name,
    Deno.readFileSync(`${DUMPS}/shloop/${name}`),
  ]);
  const dump = scratch.directory("dump", Object.fromEntries(images));
  const page = `${scratch.path}/page.html`;
  const modeAfter = async () => {
    assert.equal((await crit(["report", dump, "-o", page])).code, 0);
    const mode = Deno.statSync(page).mode! & 0o777;
    Deno.removeSync(page);
    return mode;
  };
  assert.equal(await modeAfter() & ~Deno.umask(), 0o666 & ~Deno.umask() & 0o755);
  Deno.chmodSync(`${dump}/core-1517.img`, 0o600);
  assert.equal(await modeAfter(), 0o600);
  Deno.chmodSync(`${dump}/core-1517.img`, 0o644);
  Deno.chmodSync(dump, 0o700);
  assert.equal(await modeAfter(), 0o600);
});
