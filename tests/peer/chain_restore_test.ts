/**
 * A chain of incremental dumps as crit writes it, restored by the real CRIU: in a virtual machine
 * whose kernel tracks memory, without which there are no incremental dumps. It takes some minutes,
 * so that it runs only if `$CRIT_VM` names such a machine.
 */

import assert from "node:assert/strict";
import { lacksCriu } from "../criu.ts";
import { SHARED } from "../dumps.ts";
import { run } from "../images/archive/archives.ts";
import { CRIT, crit, isWithout, lacks, ROOT } from "../programs.ts";
import { Scratch } from "../scratch.ts";

/**
 * What runs a script in a virtual machine, with a directory to read and one to write:
 * `$CRIT_VM SCRIPT IN OUT`.
 */
const MACHINE = Deno.env.get("CRIT_VM");
const PROGRAM = `${SHARED}chains/src/holder.c`;

/** Makes a chain of three dumps of a program that says what its memory hashes to. */
const DUMP = `
W=/run/w/chain; mkdir -p $W/1 $W/2 $W/3; : > $W/log
# Numbers of processes that nobody else will have when they are restored.
echo 20000 > /proc/sys/kernel/ns_last_pid
setsid /in/holder $W 48 </dev/null >>$W/log 2>&1 & P=$!
waitfor() { i=0; while [ $(grep -c "$1" $W/log) -lt $2 ] && [ $i -lt 600 ]; do sleep 0.1; i=$((i+1)); done; }
waitfor ready 2; K=$(tr '\\n' ' ' < /proc/$P/task/$P/children)
$CRIU4_2 pre-dump -D $W/1 -t $P --track-mem || exit 11
kill -USR1 $P $K; waitfor "changed gen=1" 2
$CRIU4_2 pre-dump -D $W/2 -t $P --track-mem --prev-images-dir ../1 || exit 12
kill -USR1 $P $K; waitfor "changed gen=2" 2; kill -USR2 $P $K; waitfor " has " 2
$CRIU4_2 dump -D $W/3 -t $P --track-mem --prev-images-dir ../2 || exit 13
cp -a $W/. /out/
`;

/**
 * Restores the dumps that are listed, each alone, has the program of each say its hashes again, and
 * kills it. A dump that is served is restored from crit's socket.
 */
const RESTORE = `
W=/run/w/chain; mkdir -p $W; cp -a /in/w/. $W/; cp $W/log $W/log.dumped; cp $W/mapped $W/mapped.dumped
export DENO_DIR=/tmp/deno DENO_NO_UPDATE_CHECK=1
while read -r name criu dir how; do
  cp $W/log.dumped $W/log; cp $W/mapped.dumped $W/mapped
  d=$W/$dir options=
  if [ "$how" = served ]; then
    mkdir -p $W/socket; options=--stream
    (cd /in/crit && LD_LIBRARY_PATH=/in/lib /in/bin/CRIT serve $d --flatten --socket-dir $W/socket) >/out/$name.served 2>&1 &
    i=0; while [ ! -S $W/socket/streamer-serve.sock ] && [ $i -lt 600 ]; do sleep 0.1; i=$((i+1)); done
    pids=$(ls $d/pagemap-[0-9]*.img | sed -E 's/.*-([0-9]+).img/\\1/'); d=$W/socket
  else pids=$(ls $d/pagemap-[0-9]*.img | sed -E 's/.*-([0-9]+).img/\\1/'); fi
  if criu-$criu restore -D $d -d -v4 -o $W/$name.log $options </dev/null >/out/$name.error 2>&1; then
    kill -USR2 $pids
    i=0; while [ $(grep -c ' has ' $W/log) -lt 4 ] && [ $i -lt 600 ]; do sleep 0.1; i=$((i+1)); done
    kill -9 $pids; grep ' has ' $W/log > /out/$name.said
    i=0; while kill -0 $pids 2>/dev/null && [ $i -lt 100 ]; do sleep 0.1; i=$((i+1)); done
  else grep -h Error $W/$name.log | tail -5 >> /out/$name.error; fi
done < /in/list
`;

/** A restore: its name, CRIU's release, the dump, and whether it is served. */
const RESTORES = [
  ["as-it-was", "4.2", "3"],
  ["encoded-again", "4.2", "encoded/3"],
  ["edited", "4.2", "edited"],
  ["converted", "4.1", "converted"],
  ["converted-for-4.2", "4.2", "converted"],
  ["flattened", "4.2", "flat"],
  ["served", "4.2", "3", "served"],
] as const;

/** Puts the crit that is tested, and what it needs, where the machine finds it. */
async function packCrit(at: (name: string) => string): Promise<void> {
  const [program] = CRIT;
  for (const name of ["bin", "lib", "crit"]) Deno.mkdirSync(at(`in/${name}`));
  await run("cp", ["-L", program, at("in/bin/")]);
  const name = program.replace(/.*\//, "");
  const words = CRIT.length === 1 ? "" : "run --no-check --quiet --allow-all /in/crit/main.ts";
  const wrapper = `#!/bin/bash\nexec /in/bin/${name} ${words} "$@"\n`;
  Deno.writeTextFileSync(at("in/bin/CRIT"), wrapper, { mode: 0o755 });
  const { stdout } = await new Deno.Command("ldd", { args: [program] }).output();
  for (const [, library] of new TextDecoder().decode(stdout).matchAll(/=> (\/\S+)/g)) {
    await run("cp", ["-L", library!, at("in/lib/")]);
  }
  const files = [
    "main.ts",
    "mod.ts",
    "version.ts",
    "deno.json",
    "cli",
    "images",
    "plugins",
    "proto",
  ];
  if (words !== "") await run("cp", ["-r", ...files.map((file) => ROOT + file), at("in/crit/")]);
}

/** Writes the chain in all ways that are restored. */
async function writeDumps(at: (name: string) => string, pid: string): Promise<void> {
  const w = (name: string) => at(`in/w/${name}`);
  await run("cp", [
    "-a",
    ...["1", "2", "3", "log", "mapped"].map((name) => at(`out/${name}`)),
    w(""),
  ]);
  Deno.mkdirSync(w("encoded"));
  const commands = [
    ["edit", w("3"), "-o", w("edited"), "--set", `core-${pid}.img:[0].tc.comm=renamed`],
    ["convert", w("3"), w("converted"), "--to", "4.1", "--with-parents"],
    ["flatten", w("3"), "-o", w("flat")],
    ...["1", "2", "3"].flatMap((link) => [
      ["decode", "-i", w(link), "-o", at(`json${link}`), "--pretty"],
      ["encode", "-i", at(`json${link}`), "-o", w(`encoded/${link}`)],
    ]),
  ];
  for (const command of commands) {
    const { code, stderr } = await crit(command);
    assert.equal(code, 0, stderr);
  }
  // decode and encode keep where `parent` leads: to the dumps that were decoded.
  for (const [link, parent] of [["2", "../1"], ["3", "../2"]]) {
    await run("ln", ["-sfn", parent!, w(`encoded/${link}/parent`)]);
  }
}

Deno.test({
  name: "the real CRIU restores a chain that crit wrote, with the original memory",
  ignore: isWithout("a virtual machine ($CRIT_VM)", MACHINE !== undefined) || lacksCriu() ||
    isWithout("../shared/chains", isThere(PROGRAM)) || lacks("gcc", "ldd", "cp"),
  async fn() {
    using scratch = new Scratch();
    const at = (name: string) => `${scratch.path}/${name}`;
    for (const name of ["in", "out", "in/w", "out2"]) scratch.directory(name);
    await run("gcc", ["-static", "-O1", "-pthread", "-o", at("in/holder"), PROGRAM]);
    Deno.writeTextFileSync(at("dump.sh"), DUMP);
    Deno.writeTextFileSync(at("restore.sh"), RESTORE);
    await run("env", ["VM_TIMEOUT=900", MACHINE!, at("dump.sh"), at("in"), at("out")]);
    const names = [...Deno.readDirSync(at("out/1"))].map(({ name }) => name).sort();
    const pid = /^pagemap-(\d+)\.img$/.exec(names.find((name) => /^pagemap-\d/.test(name))!)![1]!;
    await writeDumps(at, pid);
    await packCrit(at);
    const list = RESTORES.map((words) => `${words.join(" ")}\n`).join("");
    Deno.writeTextFileSync(at("in/list"), list);
    const machine = ["VM_TIMEOUT=1500", "VM_MEM=4096", MACHINE!];
    await run("env", [...machine, at("restore.sh"), at("in"), at("out2")]);
    const outcomes = RESTORES.map(([name]) => {
      const said = textOf(at(`out2/${name}.said`)).split("\n").filter((line) => line !== "");
      const isEqual = said.length === 4 &&
        said.slice(2).sort().join() === said.slice(0, 2).sort().join();
      const why = textOf(at(`out2/${name}.error`)) + textOf(at(`out2/${name}.served`));
      return `${name}: ${isEqual ? "memory equal" : `${said.join("\n")} ${why}`}`;
    });
    assert.deepEqual(outcomes, RESTORES.map(([name]) => `${name}: memory equal`));
  },
});

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

function textOf(path: string): string {
  return isThere(path) ? Deno.readTextFileSync(path) : "";
}
