/** Headers of members whose contents are replaced, as tar reads them. */

import assert from "node:assert/strict";
import { membersOf } from "../../../images/archive/members.ts";
import { rewritten } from "../../../images/archive/rewrite.ts";
import { TAR_END, tarPadding } from "../../../images/archive/tar_writer.ts";
import { lacks } from "../../programs.ts";
import { Scratch } from "../../scratch.ts";
import { OpenFile, run, tar } from "./archives.ts";

const NAMES = ["short", `${"long/".repeat(30)}${"n".repeat(110)}`, "späße", "sparse"];

Deno.test({
  name: "members of every form can get new contents, and keep their names and owners",
  ignore: lacks("tar"),
  async fn() {
    using scratch = new Scratch();
    const directory = scratch.directory("files");
    for (const name of NAMES) {
      const path = `${directory}/${name}`;
      Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
      Deno.writeTextFileSync(path, `old contents of ${name}`);
    }
    {
      // More segments than one header has room for.
      using file = Deno.openSync(`${directory}/sparse`, { write: true });
      for (let i = 1; i < 40; i++) {
        file.seekSync(i * 40_960, Deno.SeekMode.Start);
        file.writeSync(new Uint8Array(4096).fill(i));
      }
    }
    const forms = [
      ["--format=gnu"],
      ["--format=pax", "--pax-option=SCHILY.xattr.user.note:=kept"],
      ["--format=posix", "--sparse-version=0.0"],
      ["--format=posix", "--sparse-version=0.1"],
      ["--format=posix", "--sparse-version=1.0"],
    ];
    for (const form of forms) {
      const options = ["--sparse", "--owner=someone:1234", ...form];
      const archive = await tar(`${scratch.path}/a.tar`, directory, ...options);
      const listing = async (path: string) => {
        const text = await run("tar", ["--numeric-owner", "--full-time", "-tvf", path]);
        return text.split("\n").map((line) => line.replace(/^(\S+ \S+) +\d+/, "$1"));
      };
      for (const length of [0, 5, 512, 70_000]) {
        const contents = new Uint8Array(length).fill(0x61);
        const parts: Uint8Array[] = [];
        using file = new OpenFile(archive);
        for (const member of membersOf(file)) {
          const bytes = (from: number, to: number) => {
            const into = new Uint8Array(to - from);
            file.read(from, into);
            return into;
          };
          if (member.kind !== "file") parts.push(bytes(member.begin, member.end));
          else {
            const headers = bytes(member.begin, member.contents);
            parts.push(rewritten(headers, { size: length }), contents, tarPadding(length));
          }
        }
        const path = `${scratch.path}/b.tar`;
        Deno.writeFileSync(path, Buffer.concat([...parts, TAR_END]));
        assert.deepEqual(await listing(path), await listing(archive), form.join(" "));
        const out = Deno.makeTempDirSync({ dir: scratch.path });
        await run("tar", ["-xf", path, "-C", out]);
        for (const name of NAMES) {
          assert.equal(Deno.readTextFileSync(`${out}/${name}`), "a".repeat(length), name);
        }
      }
    }
  },
});
