/** JSON in colours: the same JSON without them, whatever the pieces; each kind of value in its own. */

import assert from "node:assert/strict";
import { JsonColors } from "../../../cli/terminal/json_colors.ts";
import { CRIT, crit, lacks, ROOT, runProgram } from "../../programs.ts";

const DUMP = `${ROOT}fixtures/dumps/shloop`;
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const ESC = "\x1b";
/** Colours as `<34>`. */
const shown = (text: string) => text.replaceAll(new RegExp(`${ESC}\\[(\\d+)m`, "g"), "<$1>");
const plain = (text: string) => shown(text).replace(/<\d+>/g, "");

function painted(json: string, size: number): string {
  const bytes = new TextEncoder().encode(json);
  const colors = new JsonColors();
  let text = "";
  for (let i = 0; i < bytes.length; i += size) {
    text += decode(colors.paint(bytes.subarray(i, i + size)));
  }
  return text;
}

Deno.test("keys, strings, numbers and words have different colours", () => {
  const json = '{"a\\"b": ["x,{", -1.5e+3, true, {}], "c": null}\n7\n"s"\n';
  const expected = '{<34>"a\\"b"<39>: [<32>"x,{"<39>, <36>-1.5e+3<39>, <33>true<39>, {}], ' +
    '<34>"c"<39>: <33>null<39>}\n<36>7<39>\n<32>"s"<39>\n';
  for (const size of [1, 2, 3, 7, 1000]) {
    assert.equal(shown(painted(json, size)), expected);
  }
});

Deno.test("coloured JSON without its colours equals the output to a pipe", async () => {
  for (
    const args of [
      ["show", `${DUMP}/files.img`],
      ["decode", "-i", `${DUMP}/core-1517.img`],
      ["info", DUMP],
      ["get", DUMP, "core-*.img:[0].tc"],
      ["x", DUMP, "mems", "--json"],
      ["check", DUMP, "--json"],
      ["stats", DUMP, "--json"],
      ["diff", DUMP, `${ROOT}fixtures/dumps/sysvipc`, "--json"],
      ["search", DUMP, "PATH", "--json"],
      ["types", "--json"],
    ]
  ) {
    const coloured = await crit([...args, "--color", "always"]);
    assert.match(shown(coloured.stdout), /<3[2346]>/, args.join(" "));
    assert.equal(plain(coloured.stdout), (await crit(args)).stdout, args.join(" "));
  }
});

Deno.test({
  name: "on a terminal JSON is coloured unless NO_COLOR is set; signs of differences too",
  ignore: lacks("script"),
  async fn() {
    const words = CRIT.map((word) => `'${word}'`).join(" ");
    const onTerminal = async (line: string, env: Record<string, string>) => {
      const { stdout } = await runProgram("script", ["-qec", `${words} ${line}`, "/dev/null"], {
        env: { TERM: "xterm", NO_COLOR: "", ...env },
      });
      return stdout.replaceAll("\r\n", "\n");
    };
    const line = `show ${DUMP}/pstree.img`;
    const coloured = await onTerminal(line, {});
    assert.match(shown(coloured), /<34>"pid"<39>: <36>1517<39>/);
    assert.equal(await onTerminal(line, { NO_COLOR: "1" }), plain(coloured));
    assert.equal(await onTerminal(`--color never ${line}`, {}), plain(coloured));
    const differences = shown(await onTerminal(`edit -n ${DUMP} --pid 1520=5200`, {}));
    assert.match(differences, /^<31>- tasks: 1520 sleep<39>$/m);
    assert.match(differences, /^<32>\+ tasks: 5200 sleep<39>$/m);
    assert.match(differences, /^<32>\+ image: core-5200.img<39>$/m);
    const changed = await onTerminal(`edit -n ${DUMP}/core-1517.img --set [0].tc.comm=x`, {});
    assert.equal(shown(changed), '[0].tc.comm: <31>"sh"<39> → <32>"x"<39>\n');
  },
});
