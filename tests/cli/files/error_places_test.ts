/** Errors name files as the user typed them, and what may not be read is said to be that. */

import assert from "node:assert/strict";
import { DumpCopy, THOROUGH } from "../../dumps.ts";
import {
  CRIT,
  crit,
  type Ended,
  isInstalled,
  isWithout,
  ROOT,
  runProgram,
} from "../../programs.ts";
import { Scratch } from "../../scratch.ts";

const DUMP = `${ROOT}fixtures/dumps/shloop`;

Deno.test("errors about an image name the dump as it was typed", async () => {
  using copy = new DumpCopy(DUMP);
  Deno.truncateSync(`${copy.path}/core-1520.img`, 100);
  const image = `${copy.path}/core-1520.img`;
  using scratch = new Scratch();
  let outputs = 0;
  const out = () => `${scratch.path}/${outputs++}`;
  const get = "core-1520.img:[0].mtype";
  const set = "core-1520.img:[0].tc.comm=x";
  for (
    const args of [
      ["x", copy.path, "ps"],
      ["stats", `${copy.path}/`],
      ["info", copy.path],
      ["info", image],
      ["info", image, DUMP],
      ["show", image],
      ["decode", "-i", image],
      ["decode", "-i", copy.path, "-o", out()],
      ["decode", image, `${DUMP}/mm-1517.img`, "-o", out()],
      ["convert", "--to", "4.1", copy.path, out()],
      ["convert", "--to", "4.1", image, out()],
      ["edit", copy.path, "-o", out(), "--set", set],
      ["edit", image, "-o", out(), "--set", "[0].tc.comm=x"],
      ["edit", "-n", copy.path, "--set", set],
      ["get", copy.path, get],
      ["get", image, "[0].mtype"],
      ["coredump", copy.path, "-o", out()],
      ["diff", DUMP, copy.path],
    ]
  ) {
    const { code, stderr } = await crit(args);
    assert.equal(code, 3, args.join(" "));
    assert.ok(stderr.includes(`crit: ${image}: `), `${args.join(" ")}: ${stderr}`);
    assert.ok(!stderr.includes(`${image}/`) && !stderr.includes("//core"), stderr);
  }
});

/** Runs crit as a user who is not root; the executable's runtime may write into \`home\`. */
async function asAnother(home: string, args: string[]): Promise<Ended> {
  if (Deno.uid() !== 0) return await runProgram(CRIT[0], [...CRIT.slice(1), ...args]);
  Deno.chmodSync(home, 0o777);
  const user = ["--reuid=65534", "--regid=65534", "--clear-groups"];
  const env = { HOME: home, DENO_DIR: `${home}/deno` };
  return await runProgram("setpriv", [...user, ...CRIT, ...args], { env });
}

Deno.test("an unreadable file is reported with a fix", {
  ignore: Deno.uid() === 0 && isWithout("setpriv", isInstalled("setpriv")),
}, async () => {
  using copy = new DumpCopy(DUMP);
  using scratch = new Scratch();
  Deno.chmodSync(copy.path, 0o755);
  for (const name of ["core-1517.img", "pages-1.img"]) Deno.chmodSync(`${copy.path}/${name}`, 0);
  const image = `${copy.path}/core-1517.img`;
  const checked = await asAnother(scratch.path, ["check", copy.path, "--fix-hints"]);
  assert.equal(checked.code, 1, checked.stderr);
  for (const name of ["core-1517.img", "pages-1.img"]) {
    assert.ok(checked.stdout.includes(`image-readable  ${name}: permission denied\n`));
    assert.ok(
      checked.stdout.includes(`hint: run crit as a user who can read ${name}, such as root\n`),
    );
  }
  assert.doesNotMatch(checked.stdout, /fetch|image-whole/);
  const said = `crit: ${image}: permission denied (read it as a user who may, such as root)\n`;
  const out = `${scratch.path}/out`;
  const commands = [
    ["x", copy.path, "ps"],
    ["decode", "-i", copy.path, "-o", out],
    ["show", image],
    ["convert", "--to", "4.1", copy.path, out],
  ];
  for (const args of THOROUGH ? commands : commands.slice(0, 1)) {
    const { stderr } = await asAnother(scratch.path, args);
    assert.equal(stderr, said, args.join(" "));
  }
});
