/** The program as a whole: what it prints where, and its exit codes. */

import assert from "node:assert/strict";
import { VERSION } from "../../version.ts";
import { CRIT, crit, lacks, ROOT, runProgram } from "../programs.ts";

Deno.test("the version is the one in deno.json", async () => {
  const config = JSON.parse(await Deno.readTextFile(`${ROOT}deno.json`));
  assert.equal(VERSION, config.version);
  for (const args of [["--version"], ["-V"], ["decode", "--version"]]) {
    assert.deepEqual(await crit(args), { code: 0, stdout: `crit ${VERSION}\n`, stderr: "" });
  }
});

Deno.test("crit without arguments prints its help as an error", async () => {
  const { code, stdout, stderr } = await crit([]);
  assert.deepEqual([code, stdout], [2, ""]);
  assert.equal(stderr, (await crit(["--help"])).stdout);
});

Deno.test("a wrong command line is one line and exit code 2", async () => {
  assert.deepEqual(await crit(["decod"]), {
    code: 2,
    stdout: "",
    stderr: "crit: there is no command decod (did you mean decode? see crit --help)\n",
  });
});

Deno.test("a dump or an image without a command gets a guess", async () => {
  for (
    const [path, command] of [
      ["fixtures/dumps/shloop", "info"],
      ["fixtures/dumps/shloop/pstree.img", "show"],
    ]
  ) {
    assert.deepEqual(await crit([ROOT + path!]), {
      code: 2,
      stdout: "",
      stderr:
        `crit: there is no command ${ROOT}${path} (did you mean crit ${command} ${ROOT}${path}? ` +
        "see crit --help)\n",
    });
  }
  assert.match((await crit(["/no/such/dump"])).stderr, /^crit: there is no command \S+ \(see crit/);
});

Deno.test("a missing file is one line and exit code 4", async () => {
  const { code, stdout, stderr } = await crit(["info", "/no/such/core-1.img"]);
  assert.deepEqual([code, stdout], [4, ""]);
  assert.equal(stderr, "crit: /no/such/core-1.img: no such file or directory\n");
});

Deno.test("CRIT_DEBUG=1 adds the stack, and nothing else does", async () => {
  const args = ["info", "/no/such/core-1.img"];
  const debug = await crit(args, { env: { CRIT_DEBUG: "1" } });
  assert.equal(debug.code, 4);
  assert.match(debug.stderr, /^crit: .*\n.*\n {4}at /);
  assert.doesNotMatch((await crit(args, { env: { CRIT_DEBUG: "0" } })).stderr, /at /);
});

Deno.test("crit works without permission to read the environment", async () => {
  const { code, stdout, stderr } = await crit(["help", "decode"], {
    permissions: ["--allow-read"],
    env: { CRIT_PLUGINS: "/no/such/plugin.js" },
  });
  assert.deepEqual([code, stderr], [0, ""]);
  assert.match(stdout, /^crit decode: /);
});

Deno.test("a pipe that is closed early is not an error", async () => {
  const [program, ...words] = CRIT;
  const child = new Deno.Command(program, {
    args: [...words, "help", "--man"],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  await child.stdout.cancel();
  const stderr = await new Response(child.stderr).text();
  assert.deepEqual([(await child.status).code, stderr], [0, ""]);
});

Deno.test({
  name: "a full non-blocking pipe is an error",
  ignore: lacks("python3"),
  fn: async () => {
    // The pipe is made to hold one page, and nobody reads it.
    const program = `
import fcntl, os, subprocess, sys
read, write = os.pipe()
fcntl.fcntl(write, 1031, 4096)
os.set_blocking(write, False)
sys.exit(subprocess.run(sys.argv[1:], stdout=write).returncode)
`;
    const call = ["-c", program, ...CRIT, "help", "--man"];
    const { code, stderr } = await runProgram("python3", call);
    assert.equal(code, 4);
    assert.match(stderr, /^crit: standard output is not ready \(.*\)\n$/);
  },
});

Deno.test("before a command runs, Deno loads only the modules that parse the command line", async () => {
  const { stdout } = await runProgram(Deno.execPath(), ["info", "--json", `${ROOT}main.ts`]);
  const graph = new Map<string, string[]>();
  for (const { specifier, dependencies = [] } of JSON.parse(stdout).modules) {
    // It looks at what may be imported in the course of things as well, unless only types are.
    const code = dependencies.flatMap(({ code }: { code?: { specifier: string } }) =>
      code?.specifier ?? []
    );
    graph.set(specifier, code);
  }
  const loaded = new Set<string>();
  const visit = (specifier: string) => {
    if (loaded.has(specifier)) return;
    loaded.add(specifier);
    graph.get(specifier)!.forEach(visit);
  };
  visit(`file://${ROOT}main.ts`);
  const names = [...loaded].map((specifier) => specifier.slice(`file://${ROOT}`.length));
  assert(names.includes("cli/line/parse.ts"));
  assert.deepEqual(names.filter((name) => /\/run\.ts$|^plugins\/|^(npm|node):/.test(name)), []);
  const library = names.filter((name) => name.startsWith("images/"));
  const bytes = ["io.ts", "nearest.ts", "printable.ts"].map((name) => `images/bytes/${name}`);
  assert.deepEqual(library.sort(), [...bytes, "images/errors.ts"]);
});
