/** `crit container`: tables, one in full, JSON, directories that are searched. */

import assert from "node:assert/strict";
import { run, tar } from "../../../images/archive/archives.ts";
import {
  containerdFiles,
  criOFiles,
  ENGINE_FILES,
  podmanFiles,
} from "../../../images/container/engines.ts";
import { DUMPS } from "../../../images/dump/sources.ts";
import { engineArchive, LayoutMaker, pack, writeFiles } from "../../../images/oci/layouts.ts";
import { CRIT, crit, lacks, runProgram } from "../../../programs.ts";
import { exists } from "../../../../tools/measuring.ts";
import { Scratch } from "../../../scratch.ts";

const ignore = lacks("tar", "gzip", "zstd", "sha256sum");
const SHLOOP = `${DUMPS}/shloop`;

/** Runs crit, which must end with a code, and gives what it printed. */
async function output(args: string[], code = 0): Promise<string> {
  const ended = await crit(args);
  assert.equal(ended.code, code, ended.stderr);
  return ended.stdout;
}

/** Makes an archive of each engine, in a directory of its own. */
async function engines(scratch: Scratch): Promise<string> {
  const directory = scratch.directory("checkpoints/below");
  for (const [engine, files] of Object.entries(ENGINE_FILES)) {
    await engineArchive(`${directory}/${engine}.tar`, SHLOOP, files());
  }
  return `${scratch.path}/checkpoints`;
}

Deno.test({
  name: "a row a checkpoint: below a directory, named, and from a list",
  ignore,
  async fn() {
    using scratch = new Scratch();
    const directory = await engines(scratch);
    writeFiles(directory, { "README.tar": "no archive", "other.txt": "x" });
    await tar(`${directory}/other.tar`, scratch.directory("other", { file: new Uint8Array(9) }));
    const table = await output(["container", directory]);
    const lines = table.trimEnd().split("\n");
    assert.equal(lines.length, 4, table);
    assert.match(lines[0]!, /^CONTAINER +ID +IMAGE +ENGINE +RUNTIME +CREATED +CHECKPOINTED +IP/);
    assert.match(
      lines[1]!,
      /^web +5f0c5f0c5f0c +quay.io\/web:2 +CRI-O +runc .* 10\.85\.0\.17 +prod/,
    );
    assert.match(lines[2]!, /Podman +crun .* 10\.88\.0\.9 .* 228\.0 KiB .*Podman\.tar$/);
    assert.match(lines[3]!, /containerd +io\.containerd\.runc\.v2 .* test +web-1 /);
    const archives = ["CRI-O", "Podman", "containerd"].map((name) =>
      `${directory}/below/${name}.tar`
    );
    assert.equal(await output(["container", ...archives]), table);
    writeFiles(scratch.path, { list: `${archives.join("\0")}\0` });
    assert.equal(await output(["container", "-0", "--from", `${scratch.path}/list`]), table);
    assert.equal(await output(["container", "-j", "2", directory]), table);
  },
});

Deno.test({
  name: "one alone in full, and all of it as JSON with numbers that are not rounded",
  ignore,
  async fn() {
    using scratch = new Scratch();
    const stats = Deno.readFileSync(`${SHLOOP}/stats-dump`);
    const files = { ...podmanFiles(), "stats-dump": stats };
    const archive = await engineArchive(`${scratch.path}/a`, SHLOOP, files, "zstd");
    const text = await output(["container", archive]);
    for (
      const line of [
        /^Container +web$/m,
        /^Engine +Podman$/m,
        /^Asked for as +web:1\.0$/m,
        /^Created +2026-03-01T10:11:12\+01:00$/m,
        /^Dumping +freezing 1\.7 ms, frozen 10\.4 ms/m,
        /^Command +\/usr\/bin\/web --title 'two words'$/m,
        /^Namespaces +pid, network \(\/run\/netns\/netns-1\), mount$/m,
        /^second +eth1 +10\.89\.0\.2\/24 /m,
        /^127\.0\.0\.1 +9090-9092 +90-92 +udp$/m,
        /^NO_VALUE$/m,
        /1517 +1517 +1517 +sh \/srv\/shloop\/loop\.sh$/m,
      ]
    ) assert.match(text, line);
    const json = await output(["container", "--json", archive]);
    const [object] = JSON.parse(json);
    assert.equal(object.files["config.dump"].name, "web");
    assert.match(json, /"hugeNumber": 18446744073709551615$/m);
    assert.deepEqual(object.labels, { "com.example.Team": "shop", maintainer: "x" });
    assert.deepEqual(object.files["deleted.files"], ["/etc/motd", "/var/tmp/old"]);
    assert.deepEqual(object.ports[0], {
      host_ip: null,
      host_port: 8080,
      container_port: 80,
      protocol: "tcp",
      range: 1,
    });
    assert.equal(object.statistics.frozen_time, 10427);
    assert.equal(object.processes.length, 2);
  },
});

Deno.test({
  name: "what CRI-O and containerd know of pods, times, releases and bind mounts",
  ignore,
  async fn() {
    using scratch = new Scratch();
    const criO = await engineArchive(`${scratch.path}/a.tar`, SHLOOP, criOFiles());
    const containerd = await engineArchive(`${scratch.path}/b.tar`, SHLOOP, containerdFiles());
    const lines = await output(["container", "--jsonl", criO, containerd]);
    const [a, b] = lines.trim().split("\n").map((line) => JSON.parse(line));
    assert.deepEqual(a.pod, {
      name: "web-0",
      namespace: "prod",
      uid: "1234-uid",
      id: "5a5a".repeat(16),
    });
    assert.deepEqual(a.criu, { version: "4.1.1", version_from: "dump.log" });
    assert.deepEqual(a.networks[0].addresses, ["10.85.0.17", "1100:200::11"]);
    assert.equal(a.ports[0].protocol, "tcp");
    assert.equal(a.files["bind.mounts"][0].permissions, 420);
    assert.equal(a.restored_at, null);
    assert.equal(a.checkpointed, "2026-03-03T01:02:03.25Z");
    assert.equal(b.engine, "containerd");
    assert.equal(b.restored, true);
    assert.deepEqual(b.labels, { tier: "back" });
    assert.match(lines, /"CreatedAt":1772619072123456789[,}]/);
  },
});

Deno.test({
  name: "a checkpoint in an OCI image, with the image's name and annotations",
  ignore,
  async fn() {
    using scratch = new Scratch();
    const layer = await engineArchive(`${scratch.path}/layer.tar`, SHLOOP, {
      "config.dump": '{"id": "1"}',
      "spec.dump": "{}",
    });
    const maker = new LayoutMaker(`${scratch.path}/layout`);
    const image = await maker.image([layer], "gzip", {
      "org.criu.checkpoint.engine.name": "containerd",
      "org.criu.checkpoint.container.name": "web",
      "org.criu.checkpoint.criu.version": "40200",
      "org.criu.checkpoint.pod.namespace": "prod",
    });
    maker.index([{ ...image, annotations: { "org.opencontainers.image.ref.name": "a:1" } }]);
    const [object] = JSON.parse(await output(["container", "--json", maker.path]));
    assert.equal(object.checkpoint_image.ref, "a:1");
    assert.equal(object.checkpoint_image.digest, image.digest);
    assert.equal(object.container_name, "web");
    assert.equal(object.engine, "containerd");
    assert.deepEqual(object.criu, {
      version: "4.2",
      version_from: "org.criu.checkpoint.criu.version",
    });
    assert.equal(object.pod.namespace, "prod");
  },
});

Deno.test({
  name: "one that fails has its line and its object; the rest goes on; the worst code counts",
  ignore,
  async fn() {
    using scratch = new Scratch();
    const good = await engineArchive(`${scratch.path}/good.tar`, SHLOOP, podmanFiles());
    const noJson = await engineArchive(`${scratch.path}/no-json.tar`, SHLOOP, {
      ...podmanFiles(),
      "config.dump": "{",
      "spec.dump": "7",
    });
    const none = `${scratch.path}/none.tar`;
    writeFiles(scratch.path, { noise: "x".repeat(1000) });
    const args = ["container", good, noJson, none, `${scratch.path}/noise`];
    const ended = await crit(args);
    assert.equal(ended.code, 4);
    assert.equal(ended.stdout.trim().split("\n").length, 3, ended.stdout);
    assert.deepEqual(ended.stderr.trim().split("\n"), [
      `crit: ${noJson}/config.dump: it is not JSON`,
      `crit: ${none}: there is no such directory or archive`,
      `crit: ${scratch.path}/noise: it is neither an archive nor a directory`,
    ]);
    for (const jobs of ["1", "3"]) {
      const { stdout, stderr, code } = await crit([...args, "--jsonl", "-j", jobs]);
      const objects = stdout.trim().split("\n").map((line) => JSON.parse(line));
      assert.deepEqual(objects.map((object) => object.exit_code), [0, 3, 4, 3]);
      assert.deepEqual(objects[2], {
        dump: none,
        exit_code: 4,
        faults: [`${none}: there is no such directory or archive`],
      });
      assert.deepEqual([stderr, code], ["", 4]);
    }
  },
});

Deno.test({
  name: "names that would harm a terminal are made harmless",
  ignore,
  async fn() {
    using scratch = new Scratch();
    const archive = await engineArchive(`${scratch.path}/a.tar`, SHLOOP, {
      "config.dump": JSON.stringify({ id: "\x1b[2J", name: "a\nb", labels: { "\x1b]0;x": "\r" } }),
      "spec.dump": JSON.stringify({ process: { env: ["A=\x1b[31m"], args: ["\x07"] } }),
    });
    for (const args of [["container", archive], ["container", "--table", archive]]) {
      const text = await output(args);
      // deno-lint-ignore no-control-regex
      assert.doesNotMatch(text, /[\x00-\x08\x0b-\x1f]/);
      assert.match(text, /a\\nb/);
    }
  },
});

Deno.test({
  name: "changes of the root file system: tar's own listing, deleted files and whiteouts",
  ignore,
  async fn() {
    using scratch = new Scratch();
    const root = scratch.directory("root/etc/opaque", { ".wh..wh..opq": new Uint8Array() });
    writeFiles(`${scratch.path}/root`, { "etc/new": "hello", "etc/.wh.gone": "" });
    await run("ln", ["-s", "new", `${root}/../link`]);
    const diff = await tar(`${scratch.path}/rootfs-diff.tar`, `${scratch.path}/root`);
    await pack(diff, "gzip");
    const archive = await engineArchive(`${scratch.path}/a.tar`, SHLOOP, {
      ...podmanFiles(),
      "rootfs-diff.tar": Deno.readFileSync(diff),
    });
    const rows = JSON.parse(await output(["x", archive, "rootfs", "--json"])) as Array<
      Record<string, unknown>
    >;
    const listing = await run("tar", ["-tzf", diff]);
    assert.equal(rows.length, listing.trim().split("\n").length + 2);
    const of = (change: string) =>
      rows.filter((row) => row.change === change).map(({ path }) => path);
    assert.deepEqual(of("deleted").sort(), ["/etc/gone", "/etc/motd", "/var/tmp/old"]);
    assert.deepEqual(of("emptied"), ["/etc/opaque"]);
    const file = rows.find(({ path }) => path === "/etc/new")!;
    assert.deepEqual([file.type, file.size, file.change], ["file", 5, "set"]);
    const link = rows.find(({ path }) => path === "/etc/link")!;
    assert.deepEqual([link.type, link.link], ["symlink", "new"]);
  },
});

Deno.test({
  name: "of a plain archive only what is needed is read, however large it is",
  ignore: ignore || lacks("bash", "truncate", "head") || !exists("/proc/self/io"),
  async fn() {
    using scratch = new Scratch();
    const dump = `${scratch.path}/dump`;
    await run("cp", ["-a", SHLOOP, dump]);
    await run("sh", ["-c", 'head -c 16M /dev/urandom >"$1"', "-", `${dump}/pages-9.img`]);
    const large = await engineArchive(`${scratch.path}/large.tar`, dump, podmanFiles());
    const small = await engineArchive(`${scratch.path}/small.tar`, SHLOOP, podmanFiles());
    const bytesRead = async (archive: string) => {
      const script = '"$@" >/dev/null; cat /proc/$$/io';
      const words = [...CRIT, "container", archive];
      const { stdout } = await runProgram("bash", ["-c", script, "-", ...words]);
      return Number(/^rchar: (\d+)$/m.exec(stdout)![1]);
    };
    // The first run also reads modules that Deno has to compile.
    await bytesRead(small);
    const [less, more] = [await bytesRead(small), await bytesRead(large)];
    assert.ok(more - less < 1 << 20, `${more - less} bytes more`);
  },
});
