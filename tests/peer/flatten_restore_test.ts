/**
 * A flattened chain, restored by the real CRIU: in a virtual machine whose kernel tracks memory,
 * without which there are no incremental dumps. It takes two minutes, so that it runs only where
 * `$CRIU_BIN` names a CRIU to be tested with.
 */

import assert from "node:assert/strict";
import { SHARED } from "../dumps.ts";
import { run } from "../images/archive/archives.ts";
import { crit, isInstalled } from "../programs.ts";
import { Scratch } from "../scratch.ts";

const MACHINE = `${SHARED}tools/run-in-vm`;
const PROGRAM = `${SHARED}chains/src/holder.c`;

/** Makes a chain of three dumps of a program that says what its memory hashes to. */
const DUMP = `
W=/run/w/chain; mkdir -p $W/1 $W/2 $W/3; : > $W/log
# Numbers of processes that nobody else will have when they are restored.
echo 20000 > /proc/sys/kernel/ns_last_pid
setsid /in/holder $W 48 </dev/null >>$W/log 2>&1 & P=$!
waitfor() { i=0; while [ $(grep -c "$1" $W/log) -lt $2 ] && [ $i -lt 200 ]; do sleep 0.1; i=$((i+1)); done; }
waitfor ready 2; K=$(tr '\\n' ' ' < /proc/$P/task/$P/children)
$CRIU4_2 pre-dump -D $W/1 -t $P --track-mem || exit 11
kill -USR1 $P $K; waitfor "changed gen=1" 2
$CRIU4_2 pre-dump -D $W/2 -t $P --track-mem --prev-images-dir ../1 || exit 12
kill -USR1 $P $K; waitfor "changed gen=2" 2; kill -USR2 $P $K; waitfor " has " 2
$CRIU4_2 dump -D $W/3 -t $P --track-mem --prev-images-dir ../2 || exit 13
cp -a $W/. /out/
`;

/** Restores the flattened dump and has the program say it again. */
const RESTORE = `
W=/run/w/chain; mkdir -p $W; cp -a /in/w/. $W/
$CRIU4_2 restore -D $W/flat -d -v4 -o r.log || { tail -5 $W/flat/r.log; exit 21; }
kill -USR2 $(ls $W/flat/pagemap-[0-9]*.img | sed -E 's/.*-([0-9]+).img/\\1/')
i=0; while [ $(grep -c ' has ' $W/log) -lt 4 ] && [ $i -lt 200 ]; do sleep 0.1; i=$((i+1)); done
cp $W/log /out/
`;

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

Deno.test({
  name: "the real CRIU restores a flattened chain, and the program's memory is what it was",
  ignore: !Deno.env.get("CRIU_BIN") || !isInstalled("gcc") || !isThere(MACHINE) ||
    !isThere(PROGRAM),
  async fn() {
    using scratch = new Scratch();
    const at = (name: string) => `${scratch.path}/${name}`;
    for (const name of ["in", "out", "in/w", "out2"]) scratch.directory(name);
    await run("gcc", ["-static", "-O1", "-pthread", "-o", at("in/holder"), PROGRAM]);
    Deno.writeTextFileSync(at("dump.sh"), DUMP);
    Deno.writeTextFileSync(at("restore.sh"), RESTORE);
    await run(MACHINE, [at("dump.sh"), at("in"), at("out")]);
    const { code, stderr } = await crit(["flatten", at("out/3"), "-o", at("in/w/flat")]);
    assert.equal(code, 0, stderr);
    for (const name of ["log", "mapped"]) await run("cp", ["-a", at(`out/${name}`), at("in/w")]);
    await run(MACHINE, [at("restore.sh"), at("in"), at("out2")]);
    const said = Deno.readTextFileSync(at("out2/log")).split("\n")
      .filter((line) => line.includes(" has "));
    assert.equal(said.length, 4, said.join("\n"));
    assert.deepEqual(said.slice(2).sort(), said.slice(0, 2).sort());
  },
});
