/** Archives that are made to harm: refused in one line, in bounded memory, and nothing escapes. */

import assert from "node:assert/strict";
import { TAR_END, tarHeader, tarPadding } from "../../images/archive/tar_writer.ts";
import { isQuick } from "../dumps.ts";
import { run } from "../images/archive/archives.ts";
import { filesOf } from "../images/dump/sources.ts";
import { crit, IS_OLD_DENO, lacks } from "../programs.ts";
import { Scratch } from "../scratch.ts";
import { Running } from "./running.ts";

const ignore = lacks("sh", "head", "gzip", "zstd");

/** MiB that crit may take; an older Deno takes some 40 more for itself. */
const MEMORY = IS_OLD_DENO ? 240 : 200;

/** Runs that crit has to stay below that: how much garbage waits depends on the machine. */
const TRIES = 3;

/** Runs crit, which must refuse in one line. */
async function refused(args: string[], code: number, message: RegExp): Promise<void> {
  const peaks: number[] = [];
  do {
    const running = new Running(args);
    const ended = await running.watch(running.ended());
    assert.equal(ended.code, code, ended.stderr);
    assert.match(ended.stderr, message);
    assert.match(ended.stderr, /^[^\n]+\n$/);
    peaks.push(running.peak);
  } while (Math.min(...peaks) >= MEMORY && peaks.length < TRIES);
  assert.ok(Math.min(...peaks) < MEMORY, `${args.join(" ")}: ${peaks.join(", ")} MiB`);
}

Deno.test({
  name: "decompression bombs end at a limit, which the user can set",
  ignore: ignore || isQuick(),
  async fn() {
    using scratch = new Scratch();
    const head = tarHeader({ path: "checkpoint/core-1.img", size: 2 ** 32, mode: 0, modified: 0 });
    Deno.writeFileSync(`${scratch.path}/head`, head);

    await run(
      "sh",
      ["-c", "(cat head; head -c 1400M /dev/zero) | zstd -q -1 >bomb.zst"],
      scratch.path,
    );
    await run("sh", ["-c", "(cat head; head -c 300M /dev/zero) | gzip -1 >bomb.gz"], scratch.path);
    const bomb = (ending: string) => `${scratch.path}/bomb.${ending}`;
    const more =
      /decompresses to more than \d+ bytes \(if it is to be trusted, allow more with --max-size\)/;
    for (const command of ["check", "stats", "container"]) {
      await refused([command, bomb("zst")], 5, more);
      await refused([command, bomb("gz"), "--max-size", "100M"], 5, /more than 104857600 bytes/);
    }
    await refused(["stats", bomb("gz"), "--max-size", "much"], 2, /it is no size/);
    // A bomb in an archive in a layout is none the better.
    await run("tar", ["-czf", "outer.tar", "bomb.zst"], scratch.path);
    await refused(["stats", `${scratch.path}/outer.tar`], 5, more);
  },
});

Deno.test({
  name: "an archive of a million members is refused, plain or compressed",
  ignore: ignore || isQuick(),
  async fn() {
    using scratch = new Scratch();
    const path = `${scratch.path}/million.tar`;
    writeMembers(path, 1_000_000);
    await run("zstd", ["-q", "-1", path]);
    for (const archive of [path, `${path}.zst`]) {
      await refused(
        ["check", archive],
        5,
        /the archive has too many files: a list of them takes more than \d+ bytes of memory$/m,
      );
    }
  },
});

Deno.test({
  name: "an archive of 150,000 members takes 300 bytes a member",
  ignore: ignore || isQuick(),
  async fn() {
    using scratch = new Scratch();
    const path = `${scratch.path}/many.tar`;
    const files = Object.entries(filesOf("shloop")).map(([name, bytes]) =>
      member(`checkpoint/${name}`, bytes)
    );
    writeMembers(path, 150_000, Buffer.concat(files));
    const most = MEMORY - 50;
    for (const args of [["x", path, "ps"], ["check", path], ["stats", path]]) {
      const peaks: number[] = [];
      do {
        // V8 keeps more garbage from a checkout than it may in the executable (deno.json).
        const env = { DENO_V8_FLAGS: "--max-semi-space-size=4" };
        const running = new Running(args, { env });
        const { code } = await running.watch(running.ended());
        // Its images are empty, which only the tasks do not mind.
        assert.equal(code, { x: 0, check: 1 }[args[0]!] ?? 3, args.join(" "));
        peaks.push(running.peak);
      } while (Math.min(...peaks) >= most && peaks.length < TRIES);
      assert.ok(Math.min(...peaks) < most, `${args.join(" ")}: ${peaks.join(", ")} MiB`);
    }
  },
});

/** Writes an archive with empty images of so many tasks. */
function writeMembers(path: string, count: number, first: Uint8Array = new Uint8Array()): void {
  const name = "checkpoint/core-0000000.img";
  const header = tarHeader({ path: name, size: 0, mode: 0o600, modified: 1 });
  const sum = parseInt(new TextDecoder().decode(header.subarray(148, 154)), 8);
  const many = new Uint8Array(512 * 5000);
  for (let i = 0; i < 5000; i++) many.set(header, i * 512);
  using file = Deno.openSync(path, { write: true, create: true });
  for (let done = 0; done < first.length;) done += file.writeSync(first.subarray(done));
  for (let block = 0; block < count / 5000; block++) {
    for (let i = 0; i < 5000; i++) {
      number(many.subarray(i * 512, i * 512 + 512), block * 5000 + i, sum);
    }
    for (let done = 0; done < many.length;) done += file.writeSync(many.subarray(done));
  }
  file.writeSync(TAR_END);
}

/** Where the digits of `checkpoint/core-0000000.img` end. */
const DIGITS_END = "checkpoint/core-".length + 7;

/** Gives a header with a name of seven digits another number, and the sum that belongs to it. */
function number(header: Uint8Array, value: number, sumOfZeros: number): void {
  let sum = sumOfZeros;
  for (let at = DIGITS_END - 1, rest = value; at >= DIGITS_END - 7; at--) {
    header[at] = 0x30 + rest % 10;
    sum += rest % 10;
    rest = Math.floor(rest / 10);
  }
  for (let at = 153, rest = sum; at >= 148; at--) {
    header[at] = 0x30 + rest % 8;
    rest = Math.floor(rest / 8);
  }
}

/** A member with contents, or a link. */
function member(path: string, contents: Uint8Array, link?: string): Uint8Array {
  const header = tarHeader({ path, size: contents.length, mode: 0o600, modified: 1 });
  if (link !== undefined) {
    header[156] = 0x32;
    header.set(new TextEncoder().encode(link), 157);
    header.fill(0x20, 148, 156);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.set(new TextEncoder().encode(`${sum.toString(8).padStart(6, "0")}\0 `), 148);
  }
  return Buffer.concat([header, contents, tarPadding(contents.length)]);
}

Deno.test({
  name: "no output goes to absolute paths, through links or through ..",
  async fn() {
    using scratch = new Scratch();
    const text = (text: string) => new TextEncoder().encode(text);
    const none = new Uint8Array();
    const evil = `${scratch.path}/evil.tar`;
    const out = scratch.directory("out");
    Deno.writeFileSync(
      evil,
      Buffer.concat([
        ...Object.entries(filesOf("shloop")).map(([name, bytes]) =>
          member(`checkpoint/${name}`, bytes)
        ),
        member("config.dump", text('{"id": "right"}')),
        member("x/../config.dump", text('{"id": "wrong"}')),
        member("../../escaped", text("x")),
        member(`${scratch.path}/absolute`, text("x")),
        member("checkpoint/../../../x_spec.dump", text("{}")),
        member("checkpoint/up.img", none, "../../../../../../etc/passwd"),
        member("spec.dump", none, "/etc/passwd"),
        member("network.status", none, "network.status"),
        TAR_END,
      ]),
    );
    const said = await crit(["container", "--json", evil]);
    assert.equal(JSON.parse(said.stdout)[0].id, "right");
    assert.doesNotMatch(said.stdout, /root:/);
    for (
      const args of [
        ["decode", evil, "-o", `${out}/json`],
        ["convert", evil, `${out}/converted`, "--to", "4.1"],
        ["flatten", evil, "-o", `${out}/flat`],
        ["build", evil, "-o", `${out}/image.tar`],
      ]
    ) {
      const { code, stderr } = await crit(args);
      assert.ok(code <= 5, `${args[0]}: ${stderr}`);
    }
    assert.deepEqual([...Deno.readDirSync(scratch.path)].map(({ name }) => name).sort(), [
      "evil.tar",
      "out",
    ]);
    const names = [...Deno.readDirSync(out)].map(({ name }) => name);
    assert.ok(names.every((name) => ["json", "converted", "flat", "image.tar"].includes(name)));
  },
});

Deno.test({
  name: "an image that is one large hole is refused quickly",
  ignore: lacks("tar") || lacks("truncate"),
  async fn() {
    using scratch = new Scratch();
    const dump = scratch.directory("dump", filesOf("shloop"));
    await run("truncate", ["-s", "100G", `${dump}/cgroup.img`]);
    const archive = `${scratch.path}/a.tar`;
    await run("tar", ["--sparse", "-cf", archive, "-C", scratch.path, "dump"]);
    for (const args of [["check", archive], ["decode", archive, "-o", `${scratch.path}/out`]]) {
      await refused(args, 5, /the image dump\/cgroup\.img has \d+ bytes of holes$/m);
    }
  },
});
