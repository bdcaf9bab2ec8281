/** The view of sockets: its order, and addresses as people know them. */

import assert from "node:assert/strict";
import { copyOf, type Fields } from "../check/broken_dump.ts";
import { rowsOf } from "./looking.ts";

Deno.test("sockets are in the order of tasks and descriptors", async () => {
  using copy = await copyOf("pyapp");
  const first = (await rowsOf(copy.path, "sk")).map(({ fds }) => fds);
  copy.edit("files.img", (entries) => entries.reverse());
  copy.edit("fdinfo-2.img", (entries) => entries.reverse());
  const rows = await rowsOf(copy.path, "sk");
  assert.deepEqual(rows.map(({ fds }) => fds), first);
  const numbers = rows.flatMap(({ fds }) => (fds as { fd: number }[]).slice(0, 1));
  assert.deepEqual(numbers.map(({ fd }) => fd), [3, 4, 5, 6, 7, 13, 14, 15, 16, 17, 18]);
});

Deno.test("sockets without a descriptor come last", async () => {
  using copy = await copyOf("pyapp");
  copy.edit(
    "fdinfo-2.img",
    (entries) => entries.splice(entries.findIndex(({ fd }) => fd === 3), 1),
  );
  const rows = await rowsOf(copy.path, "sk");
  assert.deepEqual(rows.at(-1)!.fds, []);
  assert.equal(rows.at(-1)!.local, "127.0.0.1:18080");
});

Deno.test("an IPv4 address in an IPv6 socket is shown as an IPv4 address", async () => {
  using copy = await copyOf("pyapp");
  const words = (last: number) => [0, 0, 0xffff0000, last];
  copy.edit("files.img", (entries) => {
    const { isk } = entries.find(({ isk }: Fields) => isk?.family === 10);
    Object.assign(isk, {
      src_addr: words(0x0200_000a),
      dst_addr: words(0x0100_007f),
      dst_port: 53,
    });
  });
  const row = (await rowsOf(copy.path, "sk")).find(({ family }) => family === "INET6")!;
  assert.equal(row.local, "[::ffff:10.0.0.2]:18081");
  assert.equal(row.peer, "[::ffff:127.0.0.1]:53");
});
