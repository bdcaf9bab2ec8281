/** Dumps in places with names that are hard to say, or that Deno guards. */

import assert from "node:assert/strict";
import { isQuick, THOROUGH } from "../../dumps.ts";
import { crit, IS_OLD_DENO, lacks, ROOT, runProgram } from "../../programs.ts";
import { Temporary } from "../trees.ts";

const SHELL = `${ROOT}fixtures/dumps/shloop`;
const EDIT = "--set 'core-*.img:[0].tc.comm=zz'";

/** Runs a shell script in which `crit` is crit. */
async function script(temporary: Temporary, text: string): Promise<string> {
  const command = Deno.env.get("CRIT_BIN")
    ? Deno.realPathSync(Deno.env.get("CRIT_BIN")!)
    : `${Deno.execPath()} run --no-check --quiet --allow-all ${ROOT}main.ts`;
  const begin = `crit() { ${command} "$@" || echo "crit $*: rc $?"; }\nset -e\n`;
  const { stdout, stderr } = await runProgram("bash", ["-c", begin + text], {
    cwd: temporary.path,
  });
  return stdout + stderr;
}

Deno.test({
  name: "every command works in a directory whose name is not UTF-8",
  ignore: lacks("bash"),
  async fn() {
    using temporary = new Temporary();
    const said = await script(
      temporary,
      `cd "$(mkdir $'d\\xfe' && cd $'d\\xfe' && pwd)"; cp -r ${SHELL} dump
       { ${THOROUGH ? "crit info dump; crit stats dump;" : ""} crit x dump ps; } >/dev/null
       crit convert dump converted --to 4.1; crit edit dump -o edited ${EDIT} 2>/dev/null
       crit edit dump --in-place ${EDIT} 2>/dev/null
       crit decode -i dump -o json; crit encode -i json -o back; crit coredump dump --no-files
       crit diff dump back
       ${THOROUGH ? "for made in converted edited; do crit check $made >/dev/null; done" : ""}
       ls`,
    );
    assert.equal(
      said,
      "back\nconverted\ncore.1517\ncore.1520\ndump\nedited\njson\n",
    );
  },
});

Deno.test({
  name: "an argument that is not UTF-8 is refused, not changed",
  // The runtime of an executable ends at such an argument before it calls the program.
  ignore: lacks("bash") || IS_OLD_DENO,
  async fn() {
    using temporary = new Temporary();
    const said = await script(
      temporary,
      `mkdir $'d\\xfe'; cp -r ${SHELL} $'d\\xfe/dump'
       for c in check info 'decode -o x -i'; do crit $c $'d\\xfe/dump'; done
       crit decode -i ${SHELL} -o $'out\\xfe'; ls | wc -l`,
    );
    const lines = said.trimEnd().split("\n");
    assert.equal(lines.filter((line) => line.endsWith("rc 2")).length, 4, said);
    assert.equal(
      lines.filter((line) => line.startsWith("crit: an argument is not UTF-8: ")).length,
      4,
    );
    assert.match(said, /^1$/m);
  },
});

Deno.test("a chain of parents is followed even if its links are longer than a path", async () => {
  using temporary = new Temporary();
  const name = (index: number) => `${"n".repeat(200)}-${index}`;
  const levels = 40;
  const copy = (from: string, to: string) => {
    Deno.mkdirSync(to);
    for (const { name, isFile } of Deno.readDirSync(from)) {
      if (isFile && name !== "parent") Deno.copyFileSync(`${from}/${name}`, `${to}/${name}`);
    }
  };
  const chain = `${ROOT}fixtures/dumps/incremental`;
  copy(`${chain}/1-predump`, temporary.at(name(0)));
  // Between the first and the last, pre-dumps of which each leads to the pages before.
  for (let level = 1; level < levels; level++) {
    copy(`${chain}/2-predump`, temporary.at(name(level)));
    Deno.symlinkSync(`../${name(level - 1)}`, temporary.at(`${name(level)}/parent`));
  }
  copy(`${chain}/3-dump`, temporary.at(name(levels)));
  Deno.symlinkSync(`../${name(levels - 1)}`, temporary.at(`${name(levels)}/parent`));
  const short = await crit(["check", `${chain}/3-dump`]);
  const long = await crit(["check", temporary.at(name(levels))]);
  assert.equal(long.code, short.code, long.stdout);
  assert.equal(
    long.stdout.replaceAll(temporary.at(name(levels)), "DUMP"),
    short.stdout.replaceAll(`${chain}/3-dump`, "DUMP"),
  );
  assert(!long.stdout.includes("no directory"), long.stdout);
});

const SHM = "/dev/shm";

Deno.test({
  name: "a dump in /dev/shm and below /proc is read and written",
  ignore: lacks("bash") || !isDirectory(SHM) || isQuick(),
  async fn() {
    using temporary = new Temporary();
    const path = Deno.makeTempDirSync({ dir: SHM });
    try {
      const said = await script(
        temporary,
        `cp -r ${SHELL} ${path}/dump; cd ${path}
         crit check dump >/dev/null; crit check /proc/$$/root${path}/dump >/dev/null
         crit convert ${path}/dump ${path}/new --to 4.1; crit decode -i ${path}/dump -o ${path}/json
         crit decode -i /dev/stdin < dump/pstree.img | grep -c PSTREE
         crit decode -i dump/pstree.img -o ${path}/one.json; ls ${path}`,
      );
      assert.equal(said, "1\ndump\njson\nnew\none.json\n");
    } finally {
      Deno.removeSync(path, { recursive: true });
    }
  },
});

Deno.test({
  name: "a missing permission is one line with the option that grants it",
  ignore: IS_OLD_DENO || !isDirectory(SHM),
  async fn() {
    const permissions = ["--no-prompt", "--allow-read", "--allow-write", "--allow-env"];
    for (
      const args of [
        ["check", SHM],
        ["convert", SHM, "/tmp/none"],
        ["decode", "-i", SHELL, "-o", `${SHM}/none`],
        ["show", "/dev/stdin"],
        ["stats", "/proc/self/root/tmp"],
      ]
    ) {
      const { code, stderr } = await crit(args, { permissions });
      assert.equal(code, 4, args.join(" "));
      assert.match(
        stderr,
        /^crit: Deno does not allow access to "\/(dev|proc)\/[^"]*": run it with --allow-all\n$/,
        args.join(" "),
      );
    }
  },
});

function isDirectory(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

Deno.test({
  name: "a dump in another mount namespace is read and written there",
  ignore: isQuick() || lacks("unshare") || !await canUnshare(),
  async fn() {
    using temporary = new Temporary();
    const inside = new Deno.Command("unshare", {
      args: ["-m", "bash", "-c", `mount -t tmpfs none /mnt && cp -r ${SHELL} /mnt/dump && read`],
      stdin: "piped",
    }).spawn();
    try {
      const place = `/proc/${inside.pid}/root/mnt`;
      for (let i = 0; i < 500 && !isDirectory(`${place}/dump`); i++) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      const said = await script(
        temporary,
        `cd ${temporary.path}; for i in 1 2 3; do [ -f ${place}/dump/timens-0.img ] || sleep 1; done
         crit check ${place}/dump >/dev/null; crit convert ${place}/dump ${place}/new --to 4.1
         crit edit ${place}/dump --in-place ${EDIT} 2>/dev/null; crit decode -i ${place}/dump -o json
         grep -c '"comm": "zz"' json/core-1517.img.json; crit check ${place}/dump >/dev/null
         ls ${place} /mnt`,
      );
      assert.match(said, new RegExp(`^1\n(/mnt:\n[^/]*)?${place}:\ndump\nnew\n`), said);
    } finally {
      await inside.stdin.close();
      await inside.status;
    }
  },
});

async function canUnshare(): Promise<boolean> {
  const { success } = await new Deno.Command("unshare", {
    args: ["-m", "mount", "-t", "tmpfs", "none", "/mnt"],
    stderr: "null",
  }).output();
  return success;
}
