/**
 * gdb's answers about our core file of a stopped C program, beside its answers about the core that
 * it took itself of the same stopped program.
 *
 * @module
 */

import { equal, ok } from "node:assert/strict";
import type { FileEntry } from "../../../mod.ts";
import { isQuick } from "../../dumps.ts";
import { isWithout, lacks, ROOT, runProgram } from "../../programs.ts";
import { coreFile } from "./dump_maker.ts";
import { entriesOf } from "./expected_memory.ts";

const CPROG = `${ROOT}fixtures/dumps/cprog`;
const PID = 5970;

/**
 * Whether the C library of the dump is this machine's, debug information included: without it gdb
 * cannot unwind the frames in it, whatever the core file has.
 */
function hasSameLibrary(): boolean {
  const files = entriesOf<FileEntry>(`${CPROG}/images`, "files.img");
  const { reg } = files.find(({ reg }) => reg?.name.endsWith("/libc.so.6"))!;
  const words = Uint32Array.from(reg!.build_id!);
  const id = new Uint8Array(words.buffer).toHex();
  try {
    Deno.statSync(`/usr/lib/debug/.build-id/${id.slice(0, 2)}/${id.slice(2)}.debug`);
    return BigInt(Deno.statSync(reg!.name).size) === reg!.size;
  } catch {
    return false;
  }
}

const cannotCompare = lacks("gdb") ||
  isWithout("the C library of fixtures/dumps/cprog with its debug information", hasSameLibrary());

/**
 * CRIU stores a system call that it interrupted with the instruction pointer moved back by the two
 * bytes of the call; gdb stopped after them. What follows from that is made the same.
 */
function withoutRestarts(text: string): string {
  return text
    .replaceAll(/0x0*7f72b065adf[02]\b/g, "PAUSE")
    .replaceAll(/<__libc_pause\+(48|50)>/g, "<PAUSE>")
    .replaceAll(/0x0*56314290840[ce]\b( in )?/g, (_, within) => within === undefined ? "STOP" : "")
    .replaceAll(/<stop_here\+13[79]>/g, "<STOP>")
    .replaceAll(/ at prog\.c:5[35]$/gm, " at prog.c:STOP")
    .replaceAll(/^5[35]\t\t.*$/gm, "STOP");
}

async function gdbSays(core: string, commands: string): Promise<string> {
  const { stdout, stderr } = await runProgram("gdb", [
    ...["-nx", "-batch", "-x", `${CPROG}/${commands}`, `${CPROG}/prog-noshm`, core],
  ], { cwd: CPROG });
  // The program stood elsewhere on the machine of the dump; gdb says so of its own core as well.
  const complaints = stderr.split("\n").filter((line) =>
    line !== "" && !/Can't open file \/srv\/cprog\/prog-noshm|debuginfod|newer than core/.test(line)
  );
  equal(complaints.join("\n"), "");
  return stdout;
}

/** Ways to make the core file: with the files that are here, without any, and with all of them. */
const WAYS = {
  "with what files there are": { sysroot: "/" },
  "without files": { sysroot: null },
} as const;

for (const [way, options] of Object.entries(WAYS)) {
  Deno.test({
    name: `gdb answers as it does of its own core, ${way}`,
    ignore: cannotCompare || options.sysroot === null && isQuick(),
    fn: async () => {
      const path = await Deno.makeTempFile({ suffix: ".core" });
      try {
        await Deno.writeFile(path, await coreFile(`${CPROG}/images`, PID, options));
        for (const commands of ["gdbcmds", "gdbcmds-frames"]) {
          const native = await Deno.readTextFile(`${CPROG}/gdb.native.${commands}.txt`);
          ok(native.includes("stop_here"));
          const ours = await gdbSays(path, commands);
          equal(withoutRestarts(ours), withoutRestarts(native));
        }
      } finally {
        await Deno.remove(path);
      }
    },
  });
}

Deno.test({
  name: "readelf, eu-readelf and eu-elflint accept the core files",
  ignore: lacks("readelf", "eu-readelf", "eu-elflint"),
  fn: async () => {
    const path = await Deno.makeTempFile({ suffix: ".core" });
    try {
      await Deno.writeFile(path, await coreFile(`${CPROG}/images`, PID, { sysroot: "/" }));
      for (const [program, option] of [["readelf", "-aW"], ["eu-readelf", "-a"]] as const) {
        const { code, stdout, stderr } = await runProgram(program, [option, path]);
        equal(code, 0);
        equal(stderr, "");
        ok(!/<corrupt>|[Ww]arning|[Ee]rror:/.test(stdout));
      }
      const { stdout, stderr } = await runProgram("eu-elflint", [path]);
      equal(stderr, "");
      // It knows neither NT_SIGINFO, NT_FILE nor NT_X86_XSTATE, which the kernel writes too.
      const known = /unknown core file note type (1397311305|1179208773|514) at offset \d+$/;
      equal(stdout.split("\n").filter((line) => line !== "" && !known.test(line)).join("\n"), "");
    } finally {
      await Deno.remove(path);
    }
  },
});
