/** An archive on standard input: every command reads it as it reads the file. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { isQuick, THOROUGH } from "../../dumps.ts";
import { engineArchive } from "../../images/oci/layouts.ts";
import { podmanFiles } from "../../images/container/engines.ts";
import { DUMPS } from "../../images/dump/sources.ts";
import { CRIT, crit, lacks, runProgram } from "../../programs.ts";
import { Scratch } from "../../scratch.ts";

const ignore = lacks("sh", "cat", "tar", "zstd");

/**
 * Commands on a dump or an image; what is in capitals stands for where it is. The first of each way
 * to read standard input runs always: as a dump, as an image in an archive, into a directory, into an
 * archive's copy, beside another dump.
 */
const [ALWAYS, OTHERS]: ReadonlyArray<ReadonlyArray<readonly string[]>> = [
  [
    ["check", "--json", "DUMP"],
    ["x", "DUMP/checkpoint", "fds"],
    ["show", "DUMP/checkpoint/pstree.img"],
    ["decode", "DUMP", "-o", "OUT"],
    ["edit", "DUMP", "--set", "core-1517.img:[0].tc.comm=x", "-o", "OUT"],
    ["diff", `${DUMPS}/sysvipc`, "DUMP"],
  ],
  [
    ["search", "DUMP", "sleep"],
    ["get", "DUMP", "pstree.img:[0].pid"],
    ["info", "DUMP"],
    ["stats", "--json", "DUMP"],
    ["x", "DUMP", "ps"],
    ["container", "--json", "DUMP"],
    ["strings", "DUMP"],
    ["preflight", "DUMP"],
    ["info", "DUMP/checkpoint/pstree.img"],
    ["decode", "DUMP/checkpoint/pstree.img"],
    ["convert", "DUMP", "OUT", "--to", "4.1"],
    ["flatten", "DUMP", "-o", "OUT"],
    ["diff", "DUMP", `${DUMPS}/shloop`],
    ["diff", "DUMP/checkpoint/pstree.img", `${DUMPS}/sysvipc/pstree.img`],
  ],
];
const COMMANDS = THOROUGH ? [...ALWAYS!, ...OTHERS!] : ALWAYS!;

/** Regular files below a directory, by their path, with a digest of their contents. */
function filesBelow(directory: string, below = ""): Record<string, string> {
  const files: Record<string, string> = {};
  for (const { name, isDirectory, isFile } of Deno.readDirSync(directory)) {
    const path = `${below}${name}`;
    if (isDirectory) Object.assign(files, filesBelow(`${directory}/${name}`, `${path}/`));
    if (!isFile) continue;
    const digest = createHash("sha256").update(Deno.readFileSync(`${directory}/${name}`));
    files[path] = digest.digest("hex");
  }
  return files;
}

for (
  const [packing, script] of [["none", '"$@" <"$archive"'], [
    "zstd",
    'cat "$archive" | "$@"',
  ]] as const
) {
  Deno.test({
    name: `commands read an archive (${packing}) on standard input: ${script}`,
    ignore: ignore || (packing !== "none" && isQuick()),
    async fn() {
      using scratch = new Scratch();
      const archive = `${scratch.path}/a.tar`;
      await engineArchive(archive, `${DUMPS}/shloop`, podmanFiles(), packing);
      const run = async (script: string | undefined, path: string, args: readonly string[]) => {
        const out = Deno.makeTempDirSync({ dir: scratch.path });
        const words = args.map((word) => word.replace("DUMP", path).replace("OUT", `${out}/out`));
        const env = { archive };
        const ended = script === undefined
          ? await crit(words)
          : await runProgram("sh", ["-c", script, "-", ...CRIT, ...words], { env });
        const text = `${ended.stdout}${ended.stderr}`;
        // What the dump is called is another thing.
        const plain = text.replaceAll(archive, "NAME").replaceAll("standard input", "NAME")
          .replace(/(^|[" ])-(?=[/:" ])/gm, "$1NAME").replaceAll(out, "OUT");
        return { code: ended.code, plain, files: filesBelow(out) };
      };
      for (const args of COMMANDS) {
        const expected = await run(undefined, archive, args);
        assert.ok(expected.code < 2, `${args.join(" ")}: ${expected.plain}`);
        assert.deepEqual(await run(script, "-", args), expected, `${args.join(" ")} ${script}`);
      }
    },
  });
}

Deno.test({
  name: "standard input is used once, and show does not take an archive there",
  ignore,
  async fn() {
    using scratch = new Scratch();
    const archive = `${scratch.path}/a.tar`;
    await engineArchive(archive, `${DUMPS}/shloop`, podmanFiles());
    const refused = async (reason: RegExp, ...args: string[]) => {
      const script = '"$@" <"$archive"';
      const ended = await runProgram("sh", ["-c", script, "-", ...CRIT, ...args], {
        env: { archive },
      });
      assert.equal(ended.code, 2, ended.stderr);
      assert.match(ended.stderr, reason);
    };
    await refused(/standard input cannot be compared with itself$/m, "diff", "-", "-/checkpoint");
    await refused(/- is an archive, which show does not take/, "show", "-");
    await refused(/the output directory is missing/, "decode", "-");
    await refused(/there is no option -x/, "show", "-x");
  },
});

Deno.test({
  name: "an archive can come through a named pipe, such as a shell's <(…)",
  ignore: ignore || lacks("bash"),
  async fn() {
    using scratch = new Scratch();
    const archive = `${scratch.path}/a.tar`;
    await engineArchive(archive, `${DUMPS}/shloop`, podmanFiles(), "zstd");
    const script = '"$@" <(zstd -dcq "$archive") <(cat "$archive")';
    const words = [...CRIT, "check", "--jsonl"];
    const { stdout } = await runProgram("bash", ["-c", script, "-", ...words], {
      env: { archive },
    });
    const answers = stdout.trim().split("\n").map((line) => JSON.parse(line));
    assert.deepEqual(answers.map(({ errors, exit_code }) => [errors, exit_code]), [[0, 0], [0, 0]]);
  },
});
