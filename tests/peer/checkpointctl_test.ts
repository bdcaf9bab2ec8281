/** What `crit container` says of archives, and what checkpointctl says of the same. */

import assert from "node:assert/strict";
import { run } from "../images/archive/archives.ts";
import { ENGINE_FILES } from "../images/container/engines.ts";
import { DUMPS } from "../images/dump/sources.ts";
import { engineArchive, pack, type Packing } from "../images/oci/layouts.ts";
import { crit, isInstalled, isWithout, runProgram } from "../programs.ts";
import { Scratch } from "../scratch.ts";
import { debianProgram } from "./debian_program.ts";

/** What checkpointctl's JSON has. */
interface Inspected {
  container_name: string;
  image: string;
  id: string;
  runtime: string;
  created: string;
  checkpointed?: string;
  engine: string;
  ip?: string;
  checkpoint_size: Record<string, number | undefined>;
  statistics?: Record<string, number>;
  mounts?: Array<Record<string, string>>;
  process_tree?: Process;
  file_descriptors?: Array<{ pid: number; open_files: Array<Record<string, string>> }>;
}

/** A socket as checkpointctl prints it. */
interface PeerSocket {
  protocol?: string;
  data: {
    type: string;
    address?: string;
    state?: string;
    src?: string;
    src_port?: number;
    dst?: string;
    dst_port?: number;
    send_buf?: string;
    recv_buf?: string;
  };
}

interface Process {
  pid: number;
  command: string;
  children?: Process[];
}

const checkpointctl = isInstalled("tar") && isInstalled("zstd")
  ? await debianProgram("checkpointctl")
  : undefined;

/** What crit says in checkpointctl's form. */
// deno-lint-ignore no-explicit-any
function likePeer(own: any): Omit<Inspected, "process_tree" | "file_descriptors"> {
  const seconds = (time: string | null) => time?.replace(/\.\d+/, "") ?? "";
  return {
    container_name: own.container_name,
    image: own.image,
    id: own.id,
    runtime: own.runtime,
    created: seconds(own.created),
    // Of Podman's it does not know.
    ...own.checkpointed_by_file_time ? {} : { checkpointed: seconds(own.checkpointed) },
    engine: own.engine,
    // deno-lint-ignore no-explicit-any
    mounts: own.mounts.map(({ destination, type, source }: any) => ({ destination, type, source })),
    checkpoint_size: {
      total_size: own.checkpoint_size.total,
      memory_pages_size: own.checkpoint_size.memory_pages,
      root_fs_diff_size: own.checkpoint_size.root_fs_diff,
    },
    statistics: Object.fromEntries(
      [
        ...["freezing_time", "frozen_time", "memdump_time", "memwrite_time"],
        ...["pages_scanned", "pages_written"],
      ].map((name) => [name, own.statistics[name]]),
    ),
  };
}

Deno.test({
  name: "crit and checkpointctl report the same fields for archives",
  ignore: isWithout("checkpointctl", checkpointctl !== undefined),
  async fn() {
    using scratch = new Scratch();
    const root = scratch.directory("rootfs", { "new-file": new Uint8Array(2000) });
    const stats = Deno.readFileSync(`${DUMPS}/shloop/stats-dump`);
    const packings: readonly Packing[] = ["zstd", "none", "gzip"];
    for (const [i, [engine, files]] of Object.entries(ENGINE_FILES).entries()) {
      const diff = `${scratch.path}/rootfs-diff.tar`;
      await run("tar", ["-cf", diff, "-C", root, "."]);
      // Debian's checkpointctl cannot look at a compressed one, which is what containerd writes.
      const all = { ...files(), "stats-dump": stats, "rootfs-diff.tar": Deno.readFileSync(diff) };
      const archive = `${scratch.path}/checkpoint-${i}.tar`;
      await engineArchive(archive, `${DUMPS}/shloop`, all, packings[i]);
      const peer = await runProgram(checkpointctl!, ["inspect", "--all", "--format=json", archive]);
      assert.equal(peer.code, 0, peer.stderr);
      const [theirs] = JSON.parse(peer.stdout) as [Inspected];
      const ours = await crit(["container", "--json", archive]);
      assert.equal(ours.code, 0, ours.stderr);
      const [own] = JSON.parse(ours.stdout);
      const { process_tree: tree, file_descriptors: files_, ip, ...rest } = theirs;
      const like = likePeer(own);
      // It looks for CRI-O's time of creation in an annotation only.
      if (engine === "CRI-O" && rest.created === "") like.created = "";
      assert.deepEqual(like, rest, engine);
      const addresses = own.networks.flatMap((one: { addresses: string[] }) => one.addresses);
      if (ip) assert.equal(addresses[0].replace(/\/.*/, ""), ip);
      const processes: Array<[number, string]> = [];
      const walk = ({ pid, command, children = [] }: Process) => {
        processes.push([pid, command]);
        children.forEach(walk);
      };
      walk(tree!);
      assert.deepEqual(
        own.processes.map(({ pid, comm }: { pid: number; comm: string }) => [pid, comm]),
        processes,
      );
      const paths = files_!.flatMap(({ open_files }) => open_files.map(({ path }) => path)).sort();
      assert.deepEqual(own.open_files.map(({ name }: { name: string }) => name).sort(), paths);
      await pack(archive, "none");
    }
  },
});

/** Address and port as checkpointctl has them; an address of nothing at all is left out there. */
function endOf(text: string | undefined): [address: string, port: number | undefined] {
  const [, address, port] = /^\[?(.*?)\]?:(\d+)$/.exec(text ?? "") ?? [];
  return address === undefined ? ["", undefined] : [address, Number(port)];
}

Deno.test({
  name: "crit and checkpointctl report the same sockets and descriptors",
  ignore: isWithout("checkpointctl", checkpointctl !== undefined),
  async fn() {
    using scratch = new Scratch();
    const archive = `${scratch.path}/a.tar`;
    const stats = Deno.readFileSync(`${DUMPS}/shloop/stats-dump`);
    const beside = { ...ENGINE_FILES.Podman!(), "stats-dump": stats };
    await engineArchive(archive, `${DUMPS}/pyapp`, beside);
    const peer = await runProgram(checkpointctl!, ["inspect", "--all", "--format=json", archive]);
    assert.equal(peer.code, 0, peer.stderr);
    const [theirs] = JSON.parse(peer.stdout);
    const [own] = JSON.parse((await crit(["container", "--json", archive])).stdout);
    const files = (theirs as Inspected).file_descriptors!
      .flatMap(({ pid, open_files }) => open_files.map(({ fd, path }) => [pid, fd, path]));
    // deno-lint-ignore no-explicit-any
    const named = own.open_files.filter(({ fd, type }: any) => type === "REG" || fd === "cwd");
    assert.ok(named.length > 8);
    for (const { pid, fd, type, name } of named) {
      // Bytes that are no UTF-8 are others in its JSON.
      if (!name.isWellFormed() || name.includes("\ufffd")) continue;
      const word = typeof fd === "number" ? `${type} ${fd}` : fd;
      assert.ok(
        files.some((file) => `${file}` === `${[pid, word, name]}`),
        `${pid} ${word} ${name}`,
      );
    }
    const sockets: PeerSocket[] = theirs.sockets
      .flatMap(({ open_sockets }: { open_sockets: PeerSocket[] }) => open_sockets);
    const isOf = (family: RegExp) => ({ family: name }: { family: string }) => family.test(name);
    const bytes = (size: number) =>
      size < 2 ** 20 ? `${(size / 1024).toFixed(1)} KB` : `${(size / 2 ** 20).toFixed(1)} MB`;
    assert.deepEqual(
      // deno-lint-ignore no-explicit-any
      own.sockets.filter(isOf(/^INET/)).map((socket: any) => {
        const { family, protocol, state, local, peer, send_buffer, receive_buffer } = socket;
        const [src, src_port] = endOf(local);
        const [dst, dst_port] = endOf(peer);
        const none = family === "INET6" ? "::" : "0.0.0.0";
        return {
          protocol,
          data: {
            type: protocol,
            state,
            // Its order of the bytes of an IPv6 address is wrong.
            src: family === "INET6" ? "0:1::" : src,
            src_port,
            dst: dst === "" ? none : dst,
            ...dst_port === undefined ? {} : { dst_port },
            send_buf: bytes(send_buffer),
            recv_buf: bytes(receive_buffer),
          },
        };
      }),
      sockets.filter(({ data: { type } }) => type !== "UNIX"),
    );
    const names = sockets.filter(({ data: { type } }) => type === "UNIX")
      .map(({ data: { address } }) => address?.replace(/^\0/, "@").replace(/\0$/, "") ?? "");
    const ownNames = own.sockets.filter(isOf(/^UNIX$/))
      .map(({ local }: { local: string }) => local.replace(/^ino \d+$/, ""));
    assert.deepEqual(ownNames, names);
  },
});

Deno.test({
  name: "crit and checkpointctl list the same checkpoints",
  ignore: isWithout("checkpointctl", checkpointctl !== undefined),
  async fn() {
    using scratch = new Scratch();
    const directory = scratch.directory("checkpoints");
    for (const [engine, files] of Object.entries(ENGINE_FILES)) {
      const name = `checkpoint-${engine}-0_test-web-2026-03-05T01:02:03+08:00.tar`;
      await engineArchive(`${directory}/${name}`, `${DUMPS}/shloop`, files());
    }
    const { code, stdout } = await runProgram(checkpointctl!, ["list", directory]);
    assert.equal(code, 0);
    const ours = await crit(["container", directory]);
    assert.equal(ours.code, 0, ours.stderr);
    const rows = ours.stdout.trim().split("\n").slice(1);
    assert.equal(rows.length, 3);
    for (const engine of Object.keys(ENGINE_FILES)) {
      const name = `checkpoint-${engine}-`;
      const theirs = stdout.split("\n").find((line) => line.includes(name));
      assert.ok(theirs !== undefined, stdout);
      const own = rows.find((line) => line.includes(name))!;
      assert.ok(theirs.includes(engine) && own.includes(engine), own);
    }
  },
});
