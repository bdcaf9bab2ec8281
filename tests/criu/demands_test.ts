/**
 * What preflight says of this machine, with a real CRIU: it fails where preflight says so, and
 * restores where preflight says ok.
 */

import assert from "node:assert/strict";
import { CRIT, crit } from "../programs.ts";
import { CriuLab, inNamespace, lacksLab } from "./lab.ts";

/** A way to break a demand of the dump of programs/values.c. */
interface Case {
  readonly demand: string;
  readonly how: string;
  /** Breaks it in the lab's directory; what it gives is undone. */
  readonly break: (directory: string) => Disposable | void;
  /** One of CRIU's errors. */
  readonly says: string;
}

const PORT = 43917;

/** Puts a file back as it was. */
function kept(path: string): Disposable {
  const { mode } = Deno.statSync(path);
  const bytes = Deno.readFileSync(path);
  return {
    [Symbol.dispose]() {
      Deno.removeSync(path);
      Deno.writeFileSync(path, bytes, { mode: mode! & 0o7777 });
      Deno.chmodSync(path, mode! & 0o7777);
    },
  };
}

/** Removes a file. */
function removed(path: string): Disposable {
  return { [Symbol.dispose]: () => Deno.removeSync(path) };
}

const CASES: readonly Case[] = [
  {
    demand: "file-size",
    how: "a file has grown",
    break: (directory) => {
      const old = kept(`${directory}/owned`);
      Deno.writeTextFileSync(`${directory}/owned`, "more\n", { append: true });
      return old;
    },
    says: "owned has bad size 10 (expect 5)",
  },
  {
    demand: "file-present",
    how: "a file is gone",
    break: (directory) => {
      const old = kept(`${directory}/owned`);
      Deno.renameSync(`${directory}/owned`, `${directory}/moved`);
      return {
        [Symbol.dispose]() {
          Deno.renameSync(`${directory}/moved`, `${directory}/owned`);
          old[Symbol.dispose]();
        },
      };
    },
    says: "owned on restore: No such file or directory",
  },
  {
    demand: "file-mode",
    how: "a file has other permissions",
    break: (directory) => {
      const old = kept(`${directory}/owned`);
      Deno.chmodSync(`${directory}/owned`, 0o600);
      return old;
    },
    says: "owned has bad mode 0100600 (expect 0100644)",
  },
  {
    demand: "file-build-id",
    how: "the program is another build",
    break: (directory) => {
      const path = `${directory}/../values`;
      const old = kept(path);
      const bytes = Deno.readFileSync(path);
      const at = noteIn(bytes);
      bytes[at] = bytes[at]! ^ 1;
      // Not into the program that may be running still.
      Deno.removeSync(path);
      Deno.writeFileSync(path, bytes, { mode: 0o755 });
      return old;
    },
    says: "values has bad build-ID",
  },
  {
    demand: "unix-path",
    how: "a regular file is in the place of a socket",
    break: (directory) => {
      const path = `${directory}/listener`;
      try {
        Deno.removeSync(path);
      } catch {
        // Restores that failed have removed it.
      }
      Deno.writeTextFileSync(path, "");
      return removed(path);
    },
    says: "listener: Address already in use",
  },
  {
    demand: "port-free",
    how: "a port is in use",
    break: () => {
      const listener = Deno.listen({ hostname: "127.0.0.1", port: PORT });
      return { [Symbol.dispose]: () => listener.close() };
    },
    says: "inet: Can't bind inet socket",
  },
  {
    demand: "file-present",
    how: "the working directory is absent",
    break: (directory) => {
      Deno.renameSync(directory, `${directory}.moved`);
      return { [Symbol.dispose]: () => Deno.renameSync(`${directory}.moved`, directory) };
    },
    says: "No such file or directory",
  },
];

/** A script that lets a process have number 103, and those after it numbers that nobody needs. */
const TAKE_103 = "echo 102 >/proc/sys/kernel/ns_last_pid; sleep 60 & " +
  "echo 4999 >/proc/sys/kernel/ns_last_pid;";

/** Where the bytes of the build id are in a program. */
function noteIn(program: Uint8Array): number {
  // A note of 20 bytes of type 3 by GNU.
  const head = [4, 0, 0, 0, 20, 0, 0, 0, 3, 0, 0, 0, 0x47, 0x4e, 0x55, 0];
  for (let at = 0; at + head.length < program.length; at++) {
    if (head.every((byte, i) => program[at + i] === byte)) return at + head.length;
  }
  throw new Error("the program has no build id");
}

/** Demands that fail, by preflight. */
async function failing(images: string): Promise<string[]> {
  const { stdout } = await crit(["preflight", images, "--pid-namespace", "new", "--json"]);
  return demandsIn(stdout);
}

function demandsIn(json: string): string[] {
  return JSON.parse(json).demands
    .filter(({ state }: { state: string }) => state === "fails")
    .map(({ demand }: { demand: string }) => demand);
}

Deno.test({
  name: `a real CRIU fails at what preflight says it will`,
  ignore: lacksLab(),
  async fn(test) {
    using lab = new CriuLab();
    const program = await lab.compile("values");
    const directory = `${lab.path}/work`;
    Deno.mkdirSync(directory);
    const words = [program, directory, String(PORT)];
    const images = await lab.dump(words, { options: ["--file-locks"] });
    const restore = () => lab.restore(images, ["--file-locks"]);

    await test.step("without changes, nothing fails and CRIU restores", async () => {
      assert.deepEqual(await failing(images), []);
      const { code, errors } = await restore();
      assert.deepEqual([code, errors], [0, []]);
    });

    for (const { demand, how, break: spoil, says } of CASES) {
      await test.step(`${demand}: ${how}`, async () => {
        {
          using _undo = spoil(directory) ?? undefined;
          const found = await failing(images);
          assert(found.includes(demand), found.join(" "));
          const { code, errors } = await restore();
          assert.equal(code, 1);
          assert(errors.some((error) => error.includes(says)), errors.join("\n"));
        }
        assert.deepEqual(await failing(images), []);
      });
    }

    await test.step("pid-free: a process id is in use", async () => {
      const script = `${TAKE_103} "$@"`;
      const { stdout } = await inNamespace(script, [...CRIT, "preflight", images, "--json"]);
      assert.deepEqual(demandsIn(stdout), ["pid-free"]);
      const before = TAKE_103;
      const { code, errors } = await lab.restore(images, ["--file-locks"], { before });
      assert.equal(code, 1);
      assert(errors.includes("Can't fork for 103: File exists"), errors.join("\n"));
    });

    await test.step("with other process ids, CRIU restores it beside the original", async () => {
      const moved = `${images}/moved`;
      const edited = await crit(["edit", images, "-o", moved, "--pid-offset", "900"]);
      assert.equal(edited.code, 0, edited.stderr);
      const before = TAKE_103;
      const after = "cat /proc/1003/comm; cut -d' ' -f5,6 /proc/1003/stat; ls /proc/1001/task";
      const { code, errors, output } = await lab.restore(moved, ["--file-locks"], {
        before,
        after,
      });
      assert.equal(code, 0, errors.join("\n"));
      assert.equal(output, "values\n1003 1000\n1001\n1002\n");
    });
  },
});
