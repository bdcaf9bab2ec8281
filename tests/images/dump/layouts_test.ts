/** Dumps wherever container engines and their tools leave them. */

import assert from "node:assert/strict";
import { openCheckpoints, openDump, openImageFile } from "../../../images/dump/open.ts";
import { readWhole } from "../../../images/dump/source.ts";
import { CritError } from "../../../images/errors.ts";
import "../../../plugins/mod.ts";
import { lacks } from "../../programs.ts";
import { Scratch } from "../../scratch.ts";
import { run, tar } from "../archive/archives.ts";
import {
  anyMessage,
  engineArchive,
  LayoutMaker,
  pack,
  type Packing,
  sha256,
  writeFiles,
} from "../oci/layouts.ts";
import { DUMPS, filesOf } from "./sources.ts";

const ignore = lacks("tar", "gzip", "zstd", "sha256sum");
const SHLOOP = `${DUMPS}/shloop`;
const PACKINGS: readonly Packing[] = ["none", "gzip", "zstd"];
const BESIDE = { "config.dump": '{"id": "1"}', "spec.dump": "{}" };

/** Checks that a path opens as a dump of the same files as shloop. */
async function assertShloop(path: string): Promise<void> {
  using dump = await openDump(path);
  const files = Object.fromEntries(dump.dumpFiles.map(({ name }) => {
    using file = dump.source.open(name);
    return [name, new Uint8Array(readWhole(file))];
  }));
  const expected = filesOf("shloop");
  assert.deepEqual(Object.keys(files).sort(), Object.keys(expected).sort(), path);
  for (const [name, bytes] of Object.entries(expected)) {
    assert.ok(Buffer.from(files[name]!).equals(bytes), `${path}: ${name}`);
  }
  assert.deepEqual(dump.tasks.map(({ pid }) => pid), [1517, 1520]);
  assert.deepEqual(dump.allFaults, []);
}

async function refused(path: string, kind: CritError["kind"], message: RegExp): Promise<void> {
  await assert.rejects(openDump(path), (error: unknown) => {
    assert.ok(error instanceof CritError, String(error));
    assert.match(error.message, message);
    assert.match(error.message, /^[^\n]+$/);
    assert.equal(error.kind, kind);
    return true;
  });
}

Deno.test({
  name: "OCI layouts are read from archives and directories, with gzip, zstd or no compression",
  ignore,
  async fn() {
    for (const packing of PACKINGS) {
      using scratch = new Scratch();
      const layer = await engineArchive(`${scratch.path}/layer.tar`, SHLOOP, BESIDE);
      const base = await tar(
        `${scratch.path}/base.tar`,
        scratch.directory("base", { "etc-passwd": new Uint8Array(100) }),
      );
      const maker = new LayoutMaker(`${scratch.path}/layout`);
      const image = await maker.image([base, layer], packing);
      const type = "application/vnd.oci.image.index.v1+json";
      const index = await maker.json({ schemaVersion: 2, manifests: [image] }, type);
      maker.index([index]);
      const archive = await maker.archive(`${scratch.path}/oci.tar`);
      const packed = await pack(await maker.archive(`${scratch.path}/oci.tgz`), "gzip");
      for (const path of [archive, packed, maker.path]) {
        await assertShloop(path);
        await assertShloop(`${path}@${image.digest}`);
        await assertShloop(`${path}@${image.digest}/checkpoint`);
        await assertShloop(`${path}/checkpoint`);
      }
      using file = await openImageFile(`${archive}@${image.digest}/checkpoint/pstree.img`);
      assert.equal(file.name, "pstree.img");
      assert.deepEqual(new Uint8Array(readWhole(file)), filesOf("shloop")["pstree.img"]);
    }
  },
});

Deno.test({
  name: "old and new docker-archives and Docker's directory are read",
  ignore,
  async fn() {
    using scratch = new Scratch();
    const layer = await engineArchive(`${scratch.path}/layer.tar`, SHLOOP, BESIDE);
    const hex = await sha256(layer);
    for (const name of [`${hex}.tar`, `${hex}/layer.tar`, `blobs/sha256/${hex}`]) {
      const directory = scratch.directory(name.replaceAll("/", "-").slice(-10));
      const config = JSON.stringify({ rootfs: { type: "layers", diff_ids: [`sha256:${hex}`] } });
      const manifest = [{ Config: "config.json", RepoTags: ["a:latest"], Layers: [name] }];
      writeFiles(directory, {
        "config.json": config,
        "manifest.json": JSON.stringify(manifest),
        [name]: Deno.readFileSync(layer),
      });
      const archive = await tar(`${directory}.tar`, directory);
      await assertShloop(archive);
      await assertShloop(directory);
      // The configuration has the layer's digest.
      Deno.writeTextFileSync(`${directory}/config.json`, config.replace(hex, "0".repeat(64)));
      const wrong = await tar(`${directory}-wrong.tar`, directory);
      if (!name.startsWith("blobs/")) await refused(wrong, "data", /its digest does not match/);
    }
    const directory = scratch.directory("docker-dir");
    writeFiles(directory, {
      "manifest.json": JSON.stringify({
        schemaVersion: 2,
        mediaType: "application/vnd.docker.distribution.manifest.v2+json",
        config: { digest: `sha256:${"1".repeat(64)}` },
        layers: [{
          mediaType: "application/vnd.docker.image.rootfs.diff.tar",
          digest: `sha256:${hex}`,
        }],
      }),
      [hex]: Deno.readFileSync(layer),
      version: "Directory Transport Version: 1.1\n",
    });
    await assertShloop(directory);
  },
});

Deno.test({
  name: "containerd's index leads to its archive of images, and to the container's configuration",
  ignore,
  async fn() {
    using scratch = new Scratch();
    const images = await tar(`${scratch.path}/criu.tar`, SHLOOP);
    const changes = await tar(
      `${scratch.path}/rw.tar`,
      scratch.directory("rw", { "new-file": new Uint8Array(5) }),
    );
    await pack(changes, "gzip");
    const maker = new LayoutMaker(`${scratch.path}/layout`);
    const type = "application/vnd.containerd.container.";
    const spec = anyMessage("types.containerd.io/opencontainers/runtime-spec/1/Spec", '{"a": 1}');
    const manifests = [
      await maker.file(images, `${type}criu.checkpoint.criu.tar`),
      await maker.bytes(spec, `${type}checkpoint.config.v1+proto`),
      await maker.file(changes, "application/vnd.oci.image.layer.v1.tar+gzip"),
    ];
    const index = await maker.json(
      { schemaVersion: 2, manifests, annotations: { "image.name": "docker.io/library/a:1" } },
      "application/vnd.oci.image.index.v1+json",
    );
    maker.index([{ ...index, annotations: { "org.opencontainers.image.ref.name": "c/1" } }]);
    const archive = await maker.archive(`${scratch.path}/ctr.tar`);
    for (const path of [archive, maker.path, `${archive}@${manifests[0]!.digest}`]) {
      await assertShloop(path);
    }
    using opened = await openCheckpoints(archive);
    const { beside } = opened.checkpoints[0]!;
    assert.equal(beside!.image!.ref, "c/1");
    assert.deepEqual(beside!.image!.annotations, { "image.name": "docker.io/library/a:1" });
    const file = beside!.open("spec.dump")!;
    const text = new Uint8Array(file.size);
    file.read(0, text);
    assert.equal(new TextDecoder().decode(text), '{"a": 1}');
    assert.equal(beside!.files.get("rootfs-diff.tar")!.size, Deno.statSync(changes).size);
  },
});

Deno.test({
  name: "an archive inside an archive or a layer is read",
  ignore,
  async fn() {
    using scratch = new Scratch();
    await engineArchive(`${scratch.path}/checkpoint.tar`, SHLOOP, BESIDE, "zstd");
    const outer = `${scratch.path}/outer.tar`;
    await run("tar", ["-czf", outer, "-C", scratch.path, "checkpoint.tar"]);
    const maker = new LayoutMaker(`${scratch.path}/layout`);
    maker.index([await maker.image([outer], "none")]);
    const oci = await maker.archive(`${scratch.path}/oci.tar`);
    for (const path of [outer, `${outer}/checkpoint.tar`, `${outer}/checkpoint.tar/checkpoint`]) {
      await assertShloop(path);
    }
    await assertShloop(oci);
    using file = await openImageFile(`${outer}/checkpoint.tar/checkpoint/inventory.img`);
    assert.deepEqual(new Uint8Array(readWhole(file)), filesOf("shloop")["inventory.img"]);
  },
});

Deno.test({
  name: "directories of engines are read: unpacked archives, Podman, Docker, Incus, LXC, chains",
  ignore: ignore || lacks("cp"),
  async fn() {
    using scratch = new Scratch();
    const place = async (path: string, dump = SHLOOP) => {
      await run("mkdir", ["-p", `${scratch.path}/${path}`.replace(/\/[^/]*$/, "")]);
      await run("cp", ["-a", dump, `${scratch.path}/${path}`]);
    };
    await place("podman/checkpoint");
    writeFiles(`${scratch.path}/podman`, BESIDE);
    await place("docker/checkpoints/first");
    await place("incus/state");
    await place("migration/final");
    await place("lxc");
    writeFiles(`${scratch.path}/lxc`, { "tty.info": "tty[1:2]\n", "dump.log": "" });
    for (const path of ["podman", "podman/checkpoint", "docker", "incus", "migration"]) {
      await assertShloop(`${scratch.path}/${path}`);
    }
    using lxc = await openDump(`${scratch.path}/lxc`);
    assert.equal(lxc.tasks.length, 2);
    await place("docker/checkpoints/second");
    await refused(
      `${scratch.path}/docker`,
      "data",
      /holds 2 dumps: checkpoints\/first, checkpoints\/second \(name one of them as .*second\)$/,
    );
    await place("chain", `${DUMPS}/incremental`);
    using chain = await openDump(`${scratch.path}/chain`);
    assert.match(chain.path, /\/3-dump$/);
  },
});

Deno.test({
  name: "a layer or manifest that does not match its digest is an error",
  ignore,
  async fn() {
    using scratch = new Scratch();
    const layer = await engineArchive(`${scratch.path}/layer.tar`, SHLOOP, BESIDE);
    const maker = new LayoutMaker(`${scratch.path}/layout`);
    const image = await maker.image([layer], "none");
    maker.index([image]);
    const hex = await sha256(layer);
    const blob = `${maker.path}/blobs/sha256/${hex}`;
    const bytes = Deno.readFileSync(blob);
    bytes[bytes.length - 1]! ^= 1;
    Deno.writeFileSync(blob, bytes);
    const archive = await maker.archive(`${scratch.path}/oci.tar`);
    for (const path of [archive, maker.path]) {
      await refused(path, "data", /its digest does not match: it is sha256:.*, not sha256:/);
    }
    Deno.removeSync(blob);
    await refused(maker.path, "data", /a layer of the image is missing$/);
    const manifest = `${maker.path}/blobs/${image.digest.replace(":", "/")}`;
    Deno.writeTextFileSync(manifest, `${Deno.readTextFileSync(manifest)} `);
    await refused(maker.path, "data", /its digest does not match/);
  },
});

Deno.test({
  name: "deceptive layouts are refused: digests that are paths, recursive and huge indexes",
  ignore,
  async fn() {
    using scratch = new Scratch();
    const maker = new LayoutMaker(`${scratch.path}/layout`);
    const type = "application/vnd.oci.image.index.v1+json";
    const entry = (digest: unknown) => ({ mediaType: type, digest, size: 1 }) as never;
    for (const digest of ["../../etc/passwd", "sha256:../../../etc/passwd", "sha256:ab", 7, null]) {
      maker.index([entry(digest)]);
      await refused(maker.path, "data", /is not a digest$/);
    }
    // No index has its own digest: what stands under that name is something else.
    const hex = "a".repeat(64);
    const own = JSON.stringify({ schemaVersion: 2, manifests: [entry(`sha256:${hex}`)] });
    Deno.writeTextFileSync(`${maker.path}/blobs/sha256/${hex}`, own);
    maker.index([entry(`sha256:${hex}`)]);
    await refused(maker.path, "data", /its digest does not match/);
    // Each index names the one before a hundred times.
    let last = await maker.json({ schemaVersion: 2, manifests: [] }, type);
    for (let i = 0; i < 6; i++) {
      const manifests = Array.from({ length: 100 }, () => last);
      last = await maker.json({ schemaVersion: 2, manifests }, type);
    }
    maker.index([last]);
    await refused(maker.path, "data", /it has too many manifests$/);
    maker.index([]);
    await refused(maker.path, "data", /no image in it holds a dump$/);
    Deno.writeTextFileSync(`${maker.path}/index.json`, "{");
    await refused(maker.path, "data", /index\.json: it is not JSON$/);
  },
});
