/** A shell's script and Python's interpreter, dumped, read and restored for real. */

import assert from "node:assert/strict";
import { assertSameTrees } from "../cli/trees.ts";
import { isQuick } from "../dumps.ts";
import { crit, isWithout, lacks } from "../programs.ts";
import { compareStats, compareViews, json, look } from "./proc.ts";
import { Everything, isNotMeant, RELEASES, textOf } from "./real.ts";

/** A program that writes a line more at each SIGUSR1, with what its language makes easy. */
interface Script {
  program: string;
  text: string;
  hasSockets: boolean;
}

const SCRIPTS: readonly Script[] = [{
  program: "sh",
  hasSockets: false,
  text: `
trap 'n=$((n + 1)); echo $n >&5' USR1
trap '' HUP
ulimit -n 200
n=0
exec 5>>"$1/written" 6<"$0"
read line <&6
sleep 1000 &
(exec sleep 2000) 7<"$0" &
echo $$ >"$1/ready.part"; mv "$1/ready.part" "$1/ready"
while :; do wait; done
`,
}, {
  program: "python3",
  hasSockets: true,
  text: `
import mmap, os, select, signal, socket, sys, threading, time
place = sys.argv[1]
signal.signal(signal.SIGHUP, signal.SIG_IGN)
left, right = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
left.send(b"waiting")
poll = select.epoll()
poll.register(right, select.EPOLLIN)
shared = mmap.mmap(-1, 8192)
shared[:5] = b"bytes"
deleted = open(place + "/deleted", "w+")
deleted.write("kept")
deleted.flush()
os.unlink(place + "/deleted")
lines = 0
def count(*_):
    global lines
    lines += 1
    deleted.seek(0)
    assert (deleted.read(), shared[:5], right.recv(100)) == ("kept", b"bytes", b"waiting")
    left.send(b"waiting")
    with open(place + "/written", "a") as file: print(lines, file=file)
signal.signal(signal.SIGUSR1, count)
for _ in range(3): threading.Thread(target=time.sleep, args=(1000,)).start()
if os.fork() == 0: time.sleep(1000)
time.sleep(0.3)
with open(place + "/ready.part", "w") as file: print(os.getpid(), file=file)
os.rename(place + "/ready.part", place + "/ready")
while True: signal.pause()
`,
}];

/** Has a program write lines, one after the other, up to a number. */
async function countTo(place: Everything, end: number): Promise<void> {
  for (let n = 1; n <= end; n++) {
    const lines = () => (textOf(place.path("written")) ?? "").split("\n").length - 1;
    if (lines() >= n) continue;
    await place.asked("SIGUSR1", () => lines() >= n || undefined, `line ${n}`);
  }
}

const ignore = isWithout("a real CRIU (tools/fetch_criu.sh trixie, sid)", RELEASES.length === 2) ||
  lacks("gcc", "setsid");

for (const criu of RELEASES) {
  for (const { program, text, hasSockets } of SCRIPTS) {
    // CRIU up to 4.1 cannot dump sockets on Linux 6.16 and newer.
    if (hasSockets && criu.version.startsWith("4.1")) continue;
    Deno.test({
      name: `CRIU ${criu.version}: a ${program} is dumped, read and restored, and goes on`,
      ignore: ignore || isNotMeant(criu) || program !== "sh" && isQuick() || lacks(program),
      async fn() {
        await using place = await Everything.run(({ place }) => {
          Deno.writeTextFileSync(`${place}/program`, text.trimStart());
          return ["setsid", program, `${place}/program`, place];
        });
        await countTo(place, 3);
        const before = look(place.pid);
        const [dump, json_, back] = ["images", "json", "back"]
          .map((name) => place.path(name)) as [string, string, string];
        assert.equal(await place.dump(criu, dump), undefined);
        const report = await json<{ errors: number; warnings: number }>("check", dump);
        assert.deepEqual([report.errors, report.warnings], [0, 0]);
        await compareViews(dump, before);
        await compareStats(dump, before);
        for (
          const [verb, from, to] of [["decode", dump, json_], ["encode", json_, back]] as const
        ) {
          const { code, stderr } = await crit([verb, "-i", from, "-o", to]);
          assert.equal(code, 0, stderr);
        }
        assertSameTrees(back, dump);
        await place.restore(criu, back);
        await countTo(place, 6);
        assert.equal(textOf(place.path("written")), "1\n2\n3\n4\n5\n6\n");
      },
    });
  }
}
