/** `crit strings` as a program; binutils on the bytes of each run is the judge. */

import assert from "node:assert/strict";
import { crit, lacks, ROOT, runProgram } from "../../../programs.ts";

const SHLOOP = `${ROOT}fixtures/dumps/shloop`;

Deno.test({
  name: "strings finds the same text as binutils",
  ignore: lacks("strings"),
  async fn() {
    const directory = await Deno.makeTempDir();
    try {
      const path = `${directory}/heap`;
      await crit(["hexdump", SHLOOP, "-p", "1517", "--area", "heap", "-o", path]);
      for (const how of [[], ["-n", "8"], ["-e", "S"], ["-n", "2", "-e", "l"]]) {
        const expected = await runProgram("strings", ["-a", ...how, path], {
          env: { LC_ALL: "C" },
        });
        const found = await crit([
          ...["strings", SHLOOP, "-p", "1517", "--area", "heap", "--plain", ...how],
        ]);
        assert.equal(found.stdout, expected.stdout, how.join(" "));
        assert.equal(found.code, 0);
      }
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
});

Deno.test("strings prints process, address and area, as text and as JSON", async () => {
  const args = ["strings", SHLOOP, "-p", "1517", "--area", "/usr/bin/*", "-n", "20"];
  const { stdout } = await crit(args);
  assert.equal(
    stdout,
    "1517 0x559458d835a0 /usr/bin/dash: echo $$ > /srv/shloop/ready.txt\n" +
      "1517 0x559458d835c0 /usr/bin/dash: while :; do sleep 1; done\n",
  );
  const json = await crit([...args, "--json"]);
  assert.deepEqual(JSON.parse(json.stdout.split("\n")[0]!), {
    pid: 1517,
    address: "0x559458d835a0",
    area: "/usr/bin/dash",
    text: "echo $$ > /srv/shloop/ready.txt",
  });
});
