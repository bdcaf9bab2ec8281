/** `crit build`: images whose digests are right, as other programs see them. */

import assert from "node:assert/strict";
import { isDirectory, SHARED } from "../../../dumps.ts";
import { run, tar } from "../../../images/archive/archives.ts";
import { criOFiles, podmanFiles } from "../../../images/container/engines.ts";
import { DUMPS } from "../../../images/dump/sources.ts";
import { engineArchive, pack, type Packing, sha256 } from "../../../images/oci/layouts.ts";
import { debianProgram } from "../../../peer/debian_program.ts";
import { crit, lacks, runProgram } from "../../../programs.ts";
import { Scratch } from "../../../scratch.ts";

const ignore = lacks("tar", "gzip", "zstd", "sha256sum");
const SHLOOP = `${DUMPS}/shloop`;

/** Builds an image and gives what crit says of it. */
async function build(...args: string[]) {
  const { code, stdout, stderr } = await crit(["build", "--json", ...args]);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout);
}

/** Unpacks an image and checks every blob's name by sha256sum; gives its manifest and directory. */
async function unpacked(scratch: Scratch, image: string) {
  const directory = Deno.makeTempDirSync({ dir: scratch.path });
  await run("tar", ["-xf", image, "-C", directory]);
  const blobs = `${directory}/blobs/sha256`;
  for (const { name } of Deno.readDirSync(blobs)) {
    assert.equal(await sha256(`${blobs}/${name}`), name);
  }
  const json = (path: string) => JSON.parse(Deno.readTextFileSync(`${directory}/${path}`));
  const index = json("index.json");
  const blob = (digest: string) => `blobs/${digest.replace(":", "/")}`;
  const [descriptor] = index.manifests;
  const manifest = json(blob(descriptor.digest));
  const config = json(blob(manifest.config.digest));
  const [layer] = manifest.layers;
  assert.equal(Deno.statSync(`${directory}/${blob(layer.digest)}`).size, layer.size);
  return { directory, descriptor, manifest, config, layer: `${directory}/${blob(layer.digest)}` };
}

Deno.test({
  name: "an engine's archive is the layer as it is, however it was compressed and is stored",
  ignore,
  async fn() {
    using scratch = new Scratch();
    const plain = await engineArchive(`${scratch.path}/plain.tar`, SHLOOP, podmanFiles());
    const packings: readonly Packing[] = ["none", "gzip", "zstd"];
    for (const packing of packings) {
      const archive = `${scratch.path}/a`;
      await run("cp", [plain, archive]);
      await pack(archive, packing);
      const image = `${scratch.path}/${packing}.tar`;
      const said = await build(archive, "-o", image, "--layer", packing, "--ref", "web:1");
      const { manifest, descriptor, config, layer } = await unpacked(scratch, image);
      assert.equal(said.digest, descriptor.digest);
      assert.equal(descriptor.annotations["org.opencontainers.image.ref.name"], "web:1");
      assert.deepEqual(manifest.annotations, said.annotations);
      assert.deepEqual(config.rootfs.diff_ids, [`sha256:${await sha256(plain)}`]);
      assert.equal(config.architecture, "amd64");
      const contents = packing === "none" ? "cat" : `${packing} -dc`;
      await run("sh", ["-c", `${contents} <"$1" | cmp - "$2"`, "-", layer, plain]);
      assert.equal(Deno.statSync(image).mode! & 0o077, 0);
      // The same again is the same.
      assert.deepEqual(
        await build(archive, "-o", image, "--layer", packing, "--ref", "web:1"),
        said,
      );
    }
  },
});

Deno.test({
  name: "annotations in the forms of engines, and one's own",
  ignore,
  async fn() {
    using scratch = new Scratch();
    const image = `${scratch.path}/i.tar`;
    const archive = await engineArchive(`${scratch.path}/a.tar`, SHLOOP, criOFiles());
    const { annotations } = await build(archive, "-o", image, "--annotation", "team=a=b");
    assert.equal(annotations["org.criu.checkpoint.pod.namespace"], "prod");
    assert.equal(annotations["org.criu.checkpoint.criu.version"], "40101");
    assert.equal(annotations["io.kubernetes.cri-o.annotations.checkpoint.name"], "web");
    assert.equal(annotations.team, "a=b");
    const none = await build(archive, "-o", image, "--annotations", "none");
    assert.deepEqual(none.annotations, {});
    const podman = await build(archive, "-o", image, "--annotations", "podman");
    assert.deepEqual(
      Object.keys(podman.annotations).filter((key) => !key.startsWith("io.podman.")),
      [],
    );
    const wrong = await crit(["build", archive, "-o", image, "--annotation", "=x"]);
    assert.equal(wrong.code, 2);
  },
});

Deno.test({
  name: "a directory, or a dump alone with --config, is packed as engines pack theirs",
  ignore,
  async fn() {
    using scratch = new Scratch();
    const image = `${scratch.path}/i.tar`;
    const config = `${scratch.path}/config.json`;
    Deno.writeTextFileSync(config, '{"id": "abc", "name": "lone"}');
    const said = await build(SHLOOP, "-o", image, "--config", config);
    const { layer } = await unpacked(scratch, image);
    const names = (await run("tar", ["-tf", layer])).trim().split("\n");
    const images = [...Deno.readDirSync(SHLOOP)].map(({ name }) => `checkpoint/${name}`).sort();
    assert.deepEqual(names, ["config.dump", ...images]);
    const out = scratch.directory("out");
    await run("tar", ["-xf", layer, "-C", out]);
    await run("diff", ["-r", SHLOOP, `${out}/checkpoint`]);
    assert.equal(Deno.readTextFileSync(`${out}/config.dump`), Deno.readTextFileSync(config));
    // What was unpacked is packed again as it was.
    const again = await build(out, "-o", `${scratch.path}/again.tar`);
    assert.equal(again.size, said.size);
    const shown = await crit(["container", image]);
    assert.match(shown.stdout, /^Container +lone$/m);
    const machine = `${SHARED}machines/aarch64`;
    if (!isDirectory(machine)) return;
    const [dump] = (await run("find", [machine, "-name", "pstree.img"])).split("\n");
    await build(dump!.replace(/\/pstree\.img$/, ""), "-o", image);
    assert.equal((await unpacked(scratch, image)).config.architecture, "arm64");
  },
});

Deno.test({
  name: "what cannot be built is refused in one line and leaves nothing",
  ignore,
  async fn() {
    using scratch = new Scratch();
    const cut = await engineArchive(`${scratch.path}/a.tar`, SHLOOP, podmanFiles());
    Deno.truncateSync(cut, 200_000);
    const chain = await tar(`${scratch.path}/two.tar`, scratch.directory("empty"));
    const image = `${scratch.path}/i.tar`;
    const cases: Array<[args: string[], code: number]> = [
      [[cut, "-o", image], 3],
      [[chain, "-o", image], 3],
      [[SHLOOP, "-o", `${scratch.path}/i.zip`], 2],
      [[SHLOOP], 2],
      [[SHLOOP, "-o", image, "--config", `${scratch.path}/none`], 4],
    ];
    for (const [args, code] of cases) {
      const ended = await crit(["build", ...args]);
      assert.equal(ended.code, code, ended.stderr);
      assert.match(ended.stderr, /^crit: [^\n]+\n$/);
    }
    assert.deepEqual([...Deno.readDirSync(scratch.path)].map(({ name }) => name).sort(), [
      "a.tar",
      "empty",
      "two.tar",
    ]);
  },
});

for (const program of ["skopeo", "umoci"]) {
  const path = ignore ? undefined : await debianProgram(program);
  Deno.test({
    name: `${program} takes the image, and gives the checkpoint again`,
    ignore: path === undefined,
    async fn() {
      using scratch = new Scratch();
      const archive = await engineArchive(`${scratch.path}/a.tar`, SHLOOP, podmanFiles());
      const image = `${scratch.path}/i.tar`;
      const { digest } = await build(archive, "-o", image, "--layer", "gzip", "--ref", "web");
      const { directory } = await unpacked(scratch, image);
      const succeed = async (args: string[]) => {
        const { code, stdout, stderr } = await runProgram(path!, args);
        assert.equal(code, 0, stderr);
        return stdout;
      };
      if (program === "skopeo") {
        const inspected = JSON.parse(await succeed(["inspect", `oci-archive:${image}`]));
        assert.equal(inspected.Digest, digest);
        const forms = [`oci:${scratch.path}/oci:web`, `dir:${scratch.path}/dir`];
        forms.push(`docker-archive:${scratch.path}/docker.tar:web:1`);
        for (const form of forms) {
          await succeed(["copy", "--insecure-policy", `oci-archive:${image}`, form]);
          const copy = form.split(":")[1]!;
          const expected = await crit(["x", SHLOOP, "ps"]);
          assert.equal((await crit(["x", copy, "ps"])).stdout, expected.stdout, form);
        }
        return;
      }
      const out = `${scratch.path}/bundle`;
      await succeed(["unpack", "--rootless", "--image", `${directory}:web`, out]);
      await run("diff", ["-r", SHLOOP, `${out}/rootfs/checkpoint`]);
    },
  });
}
