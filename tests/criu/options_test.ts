/**
 * The options that preflight prints, with a real CRIU: without them it fails or loses something,
 * with the printed command it restores.
 */

import assert from "node:assert/strict";
import { BrokenDump } from "../images/check/broken_dump.ts";
import { crit } from "../programs.ts";
import { boxed, CriuLab, lacksLab, type RestoreOptions } from "./lab.ts";

/** A process that needs an option. */
interface Case {
  readonly how: string;
  /** Arguments of programs/holder.c, or of `program`; DIR stands for the lab's directory. */
  readonly holder: readonly string[];
  readonly program?: string;
  /** What starts it, with its own words after. */
  readonly starter?: readonly string[];
  /** Options of the dump. */
  readonly dump: readonly string[];
  /** What is changed in the dump. */
  readonly change?: (dump: BrokenDump) => void;
  /** Options that have to be in the printed command. */
  readonly options: readonly string[];
  /** A variable that has to be in the printed command. */
  readonly environment?: string;
  /** What stands in the place of words in capitals. */
  readonly fill?: Readonly<Record<string, string>>;
  /** What CRIU says without the options; undefined if it restores. */
  readonly without?: string;
  /** Runs after a restore, and what it prints without the options and with them. */
  readonly probe?: readonly [command: string, without: RegExp, with_: RegExp];
  readonly around?: RestoreOptions;
}

const LOCKS = "grep -c 'FLOCK.* WRITE 100 ' /proc/locks || true";

/** Key of descriptor 3 as `--external` takes it. */
const FILE_KEY = "file[$(printf %x $(sed -n 's/^mnt_id:[[:space:]]*//p' /proc/$!/fdinfo/3))" +
  ":$(printf %x $(stat -Lc %i /proc/$!/fd/3))]";

const CASES: readonly Case[] = [
  {
    how: "a connection",
    holder: ["tcp"],
    dump: ["--tcp-established", "--network-lock", "skip"],
    options: ["--tcp-established"],
    without: "inet: Connected TCP socket in image",
  },
  {
    how: "a connection that was to be closed",
    holder: ["tcp"],
    dump: ["--tcp-close", "--network-lock", "skip"],
    options: ["--tcp-close"],
    without: "Need to set the --tcp-close options.",
  },
  {
    how: "a job of a shell",
    holder: ["job"],
    dump: ["--shell-job"],
    options: ["--shell-job"],
    without: "Requested sid ",
  },
  {
    how: "a file lock",
    holder: ["lock", "DIR/locked"],
    dump: ["--file-locks"],
    options: ["--file-locks"],
    probe: [LOCKS, /^0$/m, /^1$/m],
  },
  {
    how: "a file from outside",
    holder: ["open", "DIR/outside"],
    dump: ["--external", `"${FILE_KEY}"`],
    options: ["--inherit-fd"],
    fill: { PATH: "DIR/outside" },
    without: "on restore: No such file or directory",
  },
  {
    how: "a network from outside",
    holder: ["nothing"],
    starter: ["unshare", "--net"],
    dump: ["--external", '"net[$(stat -Lc %i /proc/$!/ns/net)]:wire"', "--network-lock", "skip"],
    options: ["--inherit-fd"],
    fill: { PATH: "/proc/1/ns/net" },
    without: "external netns",
  },
  {
    how: "a terminal in the form of old releases",
    holder: ["DIR"],
    program: "values",
    dump: ["--file-locks"],
    change: (dump) =>
      dump.edit("files.img", (all) => {
        for (const { tty } of all) if (tty !== undefined) delete tty.regf_id;
      }),
    options: ["--file-locks"],
    environment: "CRIU_DEPRECATED=1",
    without: "Deprecated functionality (TTY w/o regfile) rejected.",
  },
  {
    how: "uprobes that were allowed",
    holder: ["nothing"],
    dump: [],
    change: (dump) => dump.edit("inventory.img", ([all]) => all.allow_uprobes = true),
    options: ["--allow-uprobes"],
    without: "Dumped with --allow-uprobes. Need to set it on restore as well.",
  },
];

/** The command that preflight prints for a dump. */
async function printed(images: string): Promise<string> {
  const { stdout } = await crit(["preflight", "--offline", "--json", images]);
  return JSON.parse(stdout).command;
}

for (const testCase of CASES) {
  const { how, holder, dump, change, options, fill = {}, without, probe, around } = testCase;
  Deno.test({
    name: `${testCase.environment ?? options.join(" ")} for ${how}`,
    ignore: lacksLab(),
    async fn() {
      using lab = new CriuLab();
      const inLab = (word: string) => word.replace("DIR", lab.path);
      Deno.writeTextFileSync(`${lab.path}/outside`, "outside\n");
      const program = await lab.compile(testCase.program ?? "holder");
      const words = [...testCase.starter ?? [], program, ...holder.map(inLab)];
      const images = await lab.dump(words, { options: dump });
      if (change !== undefined) {
        using copy = new BrokenDump(images);
        change(copy);
        for (const { name } of Deno.readDirSync(copy.path)) {
          Deno.copyFileSync(copy.file(name), `${images}/${name}`);
        }
      }
      const command = await printed(images);
      for (const option of options) assert(command.includes(` ${option}`), command);
      if (testCase.environment) assert(command.startsWith(`${testCase.environment} `), command);

      const bare = await lab.restore(images, [], { ...around, after: probe?.[0] });
      if (without === undefined) assert.equal(bare.code, 0, bare.errors.join("\n"));
      else {
        assert.equal(bare.code, 1);
        assert(bare.errors.some((error) => error.includes(without)), bare.errors.join("\n"));
      }
      if (probe !== undefined) assert.match(bare.output, probe[1]);

      let filled = command;
      for (const [word, value] of Object.entries(fill)) {
        filled = filled.replaceAll(word, inLab(value));
      }
      const restored = await lab.run(images, filled, { ...around, after: probe?.[0] });
      assert.equal(restored.code, 0, `${filled}\n${restored.errors.join("\n")}`);
      if (probe !== undefined) assert.match(restored.output, probe[2]);
    },
  });
}

Deno.test({
  name: `--ext-unix-sk for a socket whose peer is outside`,
  ignore: lacksLab(),
  async fn() {
    using lab = new CriuLab();
    const program = await lab.compile("holder");
    const server = new Deno.Command(program, {
      args: ["server", `${lab.path}/server`],
      stdout: "piped",
    })
      .spawn();
    try {
      const reader = server.stdout.getReader();
      await reader.read();
      await reader.cancel();
      const words = [program, "datagram", `${lab.path}/server`];
      const images = await lab.dump(words, { options: ["--ext-unix-sk"] });
      const command = await printed(images);
      assert(command.includes(" --ext-unix-sk"), command);
      const { code, errors } = await lab.run(images, command);
      assert.equal(code, 0, errors.join("\n"));
    } finally {
      server.kill("SIGKILL");
      await server.status;
    }
  },
});

Deno.test({
  name: `--root and --external mnt[] for a mount namespace`,
  ignore: lacksLab(),
  async fn() {
    using lab = new CriuLab();
    const { images, root, outside, before } = await boxed(lab);
    const command = await printed(images);
    assert(command.includes(" --root DIR --external 'mnt[elsewhere]:PATH'"), command);
    for (
      const [options, says] of [
        [[], "mnt: No mapping for "],
        [["--external", `'mnt[elsewhere]:${outside}'`], "mnt: BUG at criu/mount.c"],
      ] as const
    ) {
      const { code, errors } = await lab.restore(images, options);
      assert.equal(code, 1);
      assert(errors.some((error) => error.includes(says)), errors.join("\n"));
    }

    // The root has to be a mount point.
    const filled = command.replace("DIR", root).replace("PATH", outside);
    const states = async () => {
      const words = ["preflight", images, "--root", root, "--pid-namespace", "new", "--json"];
      const { stdout } = await crit(words);
      return JSON.parse(stdout).demands.filter(({ state }: { state: string }) => state === "fails")
        .map(({ demand, what }: Record<string, string>) => `${demand} ${what}`);
    };
    assert.deepEqual(await states(), [`mount-point ${root}`]);
    const after = "cat /proc/100/root/data/kept";
    const restored = await lab.run(images, filled, { before, after });
    assert.equal(restored.code, 0, restored.errors.join("\n"));
    assert.equal(restored.output, "kept\n", "the tmpfs is there again");

    // Without a directory to mount on.
    Deno.removeSync(`${root}/data`);
    assert.deepEqual(await states(), [`mount-point ${root}`, "mount-point /data"]);
    const failed = await lab.run(images, filled, { before });
    assert.equal(failed.code, 1);
    assert(failed.errors.some((error) => /mountpoint|data/.test(error)), failed.errors.join("\n"));
  },
});
