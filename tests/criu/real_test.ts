/** Dumps that a real CRIU makes of living processes, and what it restores of what crit wrote. */

import assert from "node:assert/strict";
import { imageToJson } from "../../mod.ts";
import { Running } from "../cli/running.ts";
import { assertSameTrees } from "../cli/trees.ts";
import { isQuick, THOROUGH } from "../dumps.ts";
import { CRIT, crit, isInstalled, isWithout, lacks, runProgram } from "../programs.ts";
import { compareStats, compareViews, json, look, processes } from "./proc.ts";
import { type Criu, Everything, isNotMeant, printedBy, RELEASES, textOf, until } from "./real.ts";

/** Sockets that CRIU up to 4.1 cannot dump on Linux 6.16 and newer: SO_PASSSEC is Unix's only. */
const sockets = (criu: Criu) => !criu.version.startsWith("4.1");

const ignore = isWithout("a real CRIU (tools/fetch_criu.sh trixie, sid)", RELEASES.length === 2) ||
  lacks("gcc", "tar");
const [older, newer] = RELEASES as [Criu, Criu];

async function ok(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await crit(args);
  assert.equal(code, 0, `${args.join(" ")}: ${stderr}`);
  return stdout;
}

/** Waits until there is something at a path. */
async function untilThere(path: string): Promise<void> {
  await until(() => {
    try {
      return Deno.lstatSync(path);
    } catch {
      return undefined;
    }
  }, path);
}

const hasTool = (await runProgram("/usr/bin/python3", ["-c", "import google.protobuf"])
  .catch(() => ({ code: 1 }))).code === 0;

for (const criu of RELEASES) {
  Deno.test({
    name: `CRIU ${criu.version}: every image is printed as its own tool prints it`,
    ignore: ignore || isNotMeant(criu) || isWithout("python3-protobuf", hasTool),
    async fn() {
      await using everything = await Everything.start({ sockets: sockets(criu) });
      const dump = everything.path("images");
      assert.equal(await everything.dump(criu, dump), undefined);
      const printed = await printedBy(criu, dump);
      assert(printed.length > 70, `${printed.length} images`);
      // CRIU 4.2 has the old field under another name, beside a new one.
      const newNames = (name: string, json: string) =>
        /^pagemap-/.test(name) && !criu.version.startsWith("4.2")
          ? json.replaceAll('"nr_pages"', '"compat_nr_pages"')
          : json;
      for (const { name, compact, pretty } of printed) {
        const image = Deno.readFileSync(`${dump}/${name}`);
        assert.equal(imageToJson(image, { name }), newNames(name, compact), name);
        assert.equal(imageToJson(image, { name, pretty: true }), newNames(name, pretty), name);
      }
    },
  });

  Deno.test({
    name: `CRIU ${criu.version}: a dump is read, checked, counted, and comes back`,
    ignore: ignore || isNotMeant(criu),
    async fn() {
      await using everything = await Everything.start({ sockets: sockets(criu) });
      const { pid } = everything;
      const before = look(pid);
      assert.equal(before.tree.length, 12);
      const questions = [
        "print g_number",
        "print items[1]",
        "thread apply all print t_number",
        "thread apply all print $sp",
      ]
        .flatMap((question) => ["-ex", question]);
      const gdb = async (...what: string[]) => {
        const { stdout } = await runProgram("gdb", ["-nx", "-batch", ...questions, ...what]);
        return stdout.split("\n").filter((line) => line.startsWith("$")).sort();
      };
      const live = isInstalled("gdb") ? await gdb("-p", `${pid}`) : [];
      const [dump, json_, back] = ["images", "json", "back"].map((name) =>
        everything.path(name)
      ) as [
        string,
        string,
        string,
      ];
      assert.equal(await everything.dump(criu, dump), undefined);

      const report = await json<{ errors: number; warnings: number }>("check", dump);
      assert.deepEqual([report.errors, report.warnings], [0, 0]);
      await compareViews(dump, before);
      await compareStats(dump, before);
      for (const form of [[], ["--pretty"]]) {
        await ok("decode", "-i", dump, "-o", json_, ...form);
        await ok("encode", "-i", json_, "-o", back);
        assertSameTrees(back, dump);
        for (const path of [json_, back]) Deno.removeSync(path, { recursive: true });
      }
      if (live.length > 0) {
        const core = everything.path("core");
        await ok("coredump", dump, "-p", `${pid}`, "-o", core);
        assert.deepEqual(await gdb(everything.program, core), live);
      }
      const archive = everything.path("dump.tar.gz");
      assert.equal((await runProgram("tar", ["-czf", archive, "-C", dump, "."])).code, 0);
      assert.equal(await ok("x", archive, "ps"), await ok("x", dump, "ps"));
      assert.equal(await ok("x", archive, "mems"), await ok("x", dump, "mems"));
      assert.equal((await crit(["diff", dump, archive])).stdout, "");
    },
  });

  Deno.test({
    name: `CRIU ${criu.version}: what is edited is seen from inside after a restore`,
    ignore: ignore || isNotMeant(criu),
    async fn() {
      await using everything = await Everything.start({ sockets: sockets(criu) });
      const { pid } = everything;
      const [dump, edited] = [everything.path("images"), everything.path("edited")];
      assert.equal(await everything.dump(criu, dump), undefined);
      const core = `core-${pid}.img`;
      const index = JSON.parse(await ok("decode", "-i", `${dump}/${core}`)).entries[0].tc.rlimits
        .rlimits.findIndex(({ cur }: { cur: number }) => cur === 321);
      await ok(
        ...["edit", dump, "-o", edited, "--copy"],
        ...["--set", `${core}:[0].thread_core.comm=renamed`],
        ...["--set", `${core}:[0].tc.comm=renamed`],
        ...["--set", `${core}:[0].tc.rlimits.rlimits[${index}].cur=333`],
      );
      await everything.restore(criu, edited);
      assert.deepEqual(await everything.seen(), [
        ...["renamed", "78", "0123456789", "333", "42", "before"],
      ]);
      assert.equal(processes(pid).length, 12);
    },
  });

  Deno.test({
    name: `CRIU ${criu.version}: a dump is captured and served with --stream`,
    // As its action script crit does the same.
    ignore: ignore || isQuick(),
    async fn() {
      await using everything = await Everything.start({ sockets: sockets(criu) });
      const images = everything.path("streamed");
      const capturing = new Running(["capture", images]);
      await untilThere(`${images}/streamer-capture.sock`);
      assert.equal(await everything.dump(criu, images, "--stream"), undefined);
      const captured = await capturing.ended();
      assert.equal(captured.code, 0, captured.stderr);
      const report = await json<{ errors: number }>("check", images);
      assert.equal(report.errors, 0);
      const core = `core-${everything.pid}.img`;
      const edit = ["--set", `${core}:[0].tc.comm=served`];
      const names = ["--set", `${core}:[0].thread_core.comm=served`];
      const serving = new Running(["serve", images, ...edit, ...names]);
      await untilThere(`${images}/streamer-serve.sock`);
      await everything.restore(criu, images, "--stream");
      const served = await serving.ended();
      assert.equal(served.code, 0, served.stderr);
      assert.equal((await everything.seen())[0], "served");
    },
  });
}

for (const criu of RELEASES) {
  Deno.test({
    name: `CRIU ${criu.version}: crit is its action script`,
    ignore: ignore || isNotMeant(criu),
    async fn() {
      await using everything = await Everything.start({ sockets: sockets(criu) });
      const images = everything.path("streamed");
      const script = (name: string, ...args: string[]) => {
        const path = everything.path(name);
        const words = [...CRIT, ...args].map((word) => `'${word}'`).join(" ");
        Deno.writeTextFileSync(path, `#!/bin/sh\nexec ${words}\n`);
        Deno.chmodSync(path, 0o755);
        return ["--stream", "--action-script", path];
      };
      const capture = script("capture.sh", "capture", "--hook");
      assert.equal(await everything.dump(criu, images, ...capture), undefined);
      await until(() => textOf(`${images}/inventory.img`), "the inventory");
      assert.equal((await json<{ errors: number }>("check", images)).errors, 0);
      const edit = `core-${everything.pid}.img:[0].thread_core.comm=hooked`;
      await everything.restore(
        criu,
        images,
        ...script("serve.sh", "serve", "--hook", "--set", edit),
      );
      assert.equal((await everything.seen())[1], "78");
    },
  });
}

Deno.test({
  name: "a dump of one release that crit converted is restored by the other release",
  ignore,
  async fn() {
    const ways = [[newer, older], [older, newer]] as const;
    for (const [from, to] of THOROUGH ? ways : ways.slice(0, 1)) {
      await using everything = await Everything.start({ sockets: false });
      const [dump, converted] = [everything.path("images"), everything.path("converted")];
      assert.equal(await everything.dump(from, dump), undefined);
      const target = to.version.split(".").slice(0, 2).join(".");
      await ok("convert", dump, converted, "--to", target);
      await everything.restore(to, converted);
      assert.deepEqual(await everything.seen(), [
        ...["everything", "78", "0123456789", "321", "42", "before"],
      ]);
    }
  },
});
