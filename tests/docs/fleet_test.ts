/** docs/FLEET.md: its manifests are valid, its questions have answers, its commands work. */

import assert from "node:assert/strict";
import { isQuick } from "../dumps.ts";
import { tar } from "../images/archive/archives.ts";
import { ENGINE_FILES } from "../images/container/engines.ts";
import { DUMPS } from "../images/dump/sources.ts";
import { engineArchive } from "../images/oci/layouts.ts";
import { CRIT, crit, type Ended, lacks, ROOT, runProgram } from "../programs.ts";
import { Scratch } from "../scratch.ts";

const PAGE = Deno.readTextFileSync(`${ROOT}docs/FLEET.md`);

/** The blocks of a language on the page. */
function blocks(language: string): string[] {
  return [...PAGE.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, "gms"))]
    .map(([, text]) => text!);
}

/** Validates a manifest against Kubernetes' schemas; without one it only loads them. */
const VALIDATOR = `
  import { parse } from "npm:yaml@2.8.1";
  import { Job } from "npm:kubernetes-models@5.1.0/batch/v1/Job";
  import { DaemonSet } from "npm:kubernetes-models@5.1.0/apps/v1/DaemonSet";
  const [path] = Deno.args;
  if (path !== undefined) {
    const manifest = parse(Deno.readTextFileSync(path));
    new ({ Job, DaemonSet })[manifest.kind](manifest).validate();
  }
`;

async function validate(...args: string[]): Promise<Ended> {
  using scratch = new Scratch();
  const script = `${scratch.path}/validate.js`;
  Deno.writeTextFileSync(script, VALIDATOR);
  const options = ["run", "--quiet", "--no-lock", "--no-config", "--allow-all", script];
  return await runProgram(Deno.execPath(), [...options, ...args]);
}

Deno.test({
  name: "the manifests are valid against Kubernetes' schemas, and a wrong one is not",
  // The schemas come from npm, where that can be reached.
  ignore: isQuick() || (await validate()).code !== 0,
  async fn() {
    using scratch = new Scratch();
    const manifests = blocks("yaml");
    assert.equal(manifests.length, 2);
    for (const [i, manifest] of manifests.entries()) {
      const path = `${scratch.path}/${i}.yaml`;
      Deno.writeTextFileSync(path, manifest);
      const { code, stderr } = await validate(path);
      assert.equal(code, 0, stderr);
      Deno.writeTextFileSync(path, manifest.replace(/image: .*/, "image: [7]"));
      assert.match((await validate(path)).stderr, /image must be string/);
    }
  },
});

Deno.test({
  name: "the questions to the JSON lines have answers",
  ignore: lacks("jq", "tar", "sort", "uniq"),
  async fn() {
    using scratch = new Scratch();
    const broken = await tar(`${scratch.path}/broken.tar`, `${DUMPS}/shloop`);
    Deno.truncateSync(broken, 130_000);
    const dumps = [`${DUMPS}/shloop`, broken, `${DUMPS}/none`];
    const archives: string[] = [];
    for (const [engine, files] of Object.entries(ENGINE_FILES)) {
      archives.push(await engineArchive(`${scratch.path}/${engine}.tar`, dumps[0]!, files()));
    }
    const write = async (name: string, args: string[]) =>
      Deno.writeTextFileSync(`${scratch.path}/${name}`, (await crit(args)).stdout);
    await write("all.jsonl", ["check", "--jsonl", ...dumps]);
    await write("found.jsonl", ["search", "--jsonl", "-c", "-e", "while :;", ...dumps]);
    await write("containers.jsonl", ["container", "--jsonl", ...archives]);
    const answers: string[] = [];
    for (const line of blocks("sh").join("").split("\n").filter((line) => line.startsWith("jq "))) {
      const { code, stdout, stderr } = await runProgram("sh", ["-c", line], { cwd: scratch.path });
      assert.equal(code, 0, stderr);
      answers.push(stdout);
    }
    assert.equal(answers.length, 6);
    assert.ok(answers[0]!.includes(`4\t${DUMPS}/none\n`), answers[0]);
    assert.ok(answers[1]!.includes(`${broken}\tarchive-whole\t`), answers[1]);
    assert.match(answers[2]!, /^ +1 archive-whole$/m);
    assert.deepEqual(JSON.parse(answers[3]!), { none: 1, prod: 1, test: 1 });
    assert.equal(answers[4], "");
    assert.ok(answers[5]!.startsWith(`${DUMPS}/shloop\t1517\t1\n`), answers[5]);
  },
});

Deno.test({
  name: "the pods of the job deal the archives out among themselves",
  ignore: isQuick() || lacks("find", "split", "sort"),
  async fn() {
    using scratch = new Scratch();
    const script = /^ {12}- \|\n((?: {14}.*\n)+)/m.exec(blocks("yaml")[0]!)![1]!
      .replaceAll("/dumps", `${scratch.path}/dumps`)
      .replaceAll("/results", `${scratch.path}/results`)
      .replace("/10 |", "/2 |").replace("crit check", '"$@" check');
    const directory = scratch.directory("dumps");
    scratch.directory("results");
    for (let i = 0; i < 5; i++) await tar(`${directory}/${i}.tar`, `${DUMPS}/shloop`);
    const found: string[] = [];
    for (let i = 0; i < 2; i++) {
      const env = { JOB_COMPLETION_INDEX: String(i) };
      const { code, stderr } = await runProgram("sh", ["-c", script, "-", ...CRIT], { env });
      assert.equal(code, 0, stderr);
      const lines = Deno.readTextFileSync(`${scratch.path}/results/${i}.jsonl`).trim().split("\n");
      assert.ok(lines.length >= 2);
      found.push(...lines.map((line) => JSON.parse(line).dump));
    }
    assert.deepEqual(found.sort(), Array.from({ length: 5 }, (_, i) => `${directory}/${i}.tar`));
  },
});
