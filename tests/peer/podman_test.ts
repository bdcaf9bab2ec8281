/**
 * Checkpoints of a real Podman: what crit says of them, and what Podman restores of what crit has
 * made. They run where `$CRIU_BIN` names a CRIU to be tested with, and Podman can use it.
 */

import assert from "node:assert/strict";
import { crit, isWithout } from "../programs.ts";
import { checkpointingRuntime, IMAGE, Podman } from "./podman.ts";

const runtime = await checkpointingRuntime();

/** Runs crit, which must succeed. */
async function succeed(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await crit(args);
  assert.equal(code, 0, `crit ${args.join(" ")}: ${stderr}`);
  return stdout;
}

/** Tests with a checkpoint that Podman has exported. */
function podmanTest(
  name: string,
  test: (podman: Podman, archive: string, about: { word: string; facts: unknown }) => Promise<void>,
): void {
  Deno.test({
    name,
    ignore: isWithout("podman with a runtime that checkpoints", runtime !== undefined),
    async fn() {
      await using podman = await Podman.start(runtime!);
      const word = (await podman.count("one")).replace(/^at 0x/, "");
      await podman.do("cp", podman.at("counter.c"), "one:/added.c");
      const [facts] = JSON.parse(await podman.do("container", "inspect", "one"));
      const archive = podman.at("one.tar.zst");
      await podman.do("container", "checkpoint", "--export", archive, "one");
      await podman.clear();
      await test(podman, archive, { word, facts });
    },
  });
}

/** Restores an archive; gives the numbers that were said with a word once it runs again. */
async function restored(podman: Podman, archive: string, word: string): Promise<number[]> {
  await podman.clear();
  await podman.do("container", "restore", "--import", archive, "--name", "two");
  const said = await podman.said("two", new RegExp(`(^${word} \\d+\\n){3}`, "m"));
  return said.split("\n").filter((line) => line.startsWith(`${word} `))
    .map((line) => Number(line.split(" ")[1]));
}

podmanTest("crit says of Podman's archive what Podman says of the container", async (
  _podman,
  archive,
  { facts },
) => {
  const [own] = JSON.parse(await succeed("container", "--json", archive));
  // deno-lint-ignore no-explicit-any
  const theirs = facts as any;
  assert.equal(own.engine, "Podman");
  assert.equal(own.id, theirs.Id);
  assert.equal(own.container_name, theirs.Name);
  assert.equal(own.image, theirs.ImageName);
  assert.equal(own.image_id, theirs.Image);
  assert.equal(own.runtime, theirs.OCIRuntime);
  assert.equal(Date.parse(own.created), Date.parse(theirs.Created));
  assert.deepEqual(own.command, theirs.Config.Cmd);
  assert.deepEqual(own.environment, theirs.Config.Env);
  assert.equal(own.hostname, theirs.Config.Hostname);
  assert.ok(own.checkpoint_size.root_fs_diff > 0);
  const changes = JSON.parse(await succeed("x", "--json", archive, "rootfs"));
  assert.ok(JSON.stringify(changes).includes('"/added.c"'));
  const report = JSON.parse(await succeed("check", "--json", archive));
  assert.equal(report.errors, 0, JSON.stringify(report.findings));
  const found = await succeed("search", archive, "--json", "first");
  assert.equal(JSON.parse(found.split("\n")[0]!).pid, 1);
});

podmanTest("Podman restores what crit has edited and converted, archive in, archive out", async (
  podman,
  archive,
  { word },
) => {
  for (const ending of [".tar", ".tar.gz", ".tar.zst"]) {
    const edited = podman.at(`edited${ending}`);
    const write = `1:${word}="${ending.replaceAll(".", "")}\\u0000"`;
    await succeed("edit", archive, "--write", write, "-o", edited);
    const numbers = await restored(podman, edited, ending.replaceAll(".", ""));
    assert.ok(numbers[0]! >= 3, `${numbers}`);
    const converted = podman.at(`converted${ending}`);
    await succeed("convert", archive, converted, "--to", "3.19");
    // It says the numbers that come next.
    const all = await restored(podman, converted, "first");
    assert.deepEqual(all, all.map((_, i) => i));
    const json = `${podman.at(`json${ending}`)}/`;
    await succeed("decode", archive, "-o", json);
    const image = `${json}checkpoint/core-1.img.json`;
    const text = Deno.readTextFileSync(image);
    Deno.writeTextFileSync(image, text.replace(/("comm": *)"counter"/, '$1"decoded"'));
    const encoded = podman.at(`encoded${ending}`);
    await succeed("encode", json, "-o", encoded);
    await restored(podman, encoded, "first");
    assert.match(await podman.do("top", "two", "comm"), /^decoded$/m);
  }
});

podmanTest("Podman loads the image that crit has built, and restores from it", async (
  podman,
  archive,
) => {
  const image = podman.at("image.tar");
  const ref = "localhost/checkpoint:1";
  const { digest } = JSON.parse(
    await succeed("build", "--json", archive, "-o", image, "--ref", ref),
  );
  await podman.do("load", "--input", image);
  const [inspected] = JSON.parse(await podman.do("image", "inspect", ref));
  assert.ok([inspected.Digest, ...inspected.RepoDigests].some((one) => one.includes(digest)));
  const annotations = inspected.Annotations;
  assert.equal(annotations["io.podman.annotations.checkpoint.rootfsImageName"], IMAGE);
  await podman.do("container", "restore", "--name", "three", ref);
  await podman.said("three", /(^first \d+\n){3}/m);
  // The image as Podman stores it is read like any other.
  const saved = podman.at("saved.tar");
  await podman.do("save", "--format", "oci-archive", "--output", saved, ref);
  const expected = await succeed("x", archive, "ps");
  assert.equal(await succeed("x", saved, "ps"), expected);
});

Deno.test({
  name: "crit reads Podman's checkpoint image in each form in which Podman saves it",
  ignore: isWithout("podman with a runtime that checkpoints", runtime !== undefined),
  async fn() {
    await using podman = await Podman.start(runtime!);
    await podman.count("one");
    const ref = "localhost/made:1";
    await podman.do("container", "checkpoint", "--create-image", ref, "one");
    const [inspected] = JSON.parse(await podman.do("image", "inspect", ref));
    for (const format of ["oci-archive", "docker-archive", "oci-dir", "docker-dir"]) {
      const saved = podman.at(format);
      await podman.do("save", "--format", format, "--output", saved, ref);
      const [own] = JSON.parse(await succeed("container", "--json", saved));
      assert.deepEqual([own.engine, own.image, own.container_name], ["Podman", IMAGE, "one"]);
      // Docker's forms have no annotations.
      if (!format.startsWith("oci")) continue;
      assert.deepEqual(own.checkpoint_image.annotations, inspected.Annotations);
      const key = "io.podman.annotations.checkpoint.criu.version";
      assert.match(
        own.criu.version.replaceAll(".", "0"),
        new RegExp(`^${inspected.Annotations[key]}`),
      );
    }
  },
});
