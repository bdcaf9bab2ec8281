import assert from "node:assert/strict";
import { Errno, Poll } from "../../../images/stream/system.ts";
import { Scratch, system } from "../../scratch.ts";

function pipe(): { read: number; write: number } {
  const ends = system.pipe();
  assert.ok(typeof ends === "object");
  return ends;
}

Deno.test("error numbers are those of the last call, even if the engine makes calls between", async () => {
  using _scratch = new Scratch();
  const { read, write } = pipe();
  assert.equal(system.setNonBlocking(read), 0);
  const byte = new Uint8Array(1);
  let garbage: unknown[] = [];
  for (let i = 0; i < 20_000; i++) {
    assert.equal(system.read(read, byte), -Errno.again);
    assert.equal(system.pipeSize(-1), -9);
    garbage.push(new Array(100).fill(i));
    if (garbage.length > 1000) garbage = [];
  }
  system.close(read);
  // A child that another test is just starting has all descriptors until it is another program.
  let written = system.write(write, byte);
  for (let i = 0; i < 100 && written === 1; i++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    written = system.write(write, byte);
  }
  assert.equal(written, -Errno.brokenPipe);
  system.close(write);
});

Deno.test("a descriptor is received with a byte, and unexpected ones are closed", () => {
  using scratch = new Scratch();
  const path = `${scratch.path}/s`;
  const listener = system.socket({ blocking: true });
  assert.equal(system.bind(listener, path), 0);
  assert.equal(system.listen(listener), 0);
  const peer = system.socket({ blocking: true });
  assert.equal(system.connect(peer, path), 0);
  const connection = system.accept(listener);
  const sent = pipe();
  const byte = new Uint8Array(1);

  assert.equal(system.send(peer, Uint8Array.of(7), sent.write), 1);
  const received = system.receive(connection, byte);
  assert.equal(received.count, 1);
  assert.equal(received.truncated, false);
  assert.deepEqual([...byte], [7]);
  assert.equal(system.access(received.descriptor!), "write");
  system.close(received.descriptor!);

  assert.equal(system.write(peer, Uint8Array.of(8)), 1);
  assert.deepEqual(system.receive(connection, byte), {
    count: 1,
    descriptor: undefined,
    truncated: false,
  });

  // A plain read drops the descriptor: with the sender's own closed, the pipe has no writer left.
  assert.equal(system.send(peer, Uint8Array.of(9), sent.write), 1);
  system.close(sent.write);
  assert.equal(system.read(connection, byte), 1);
  assert.equal(system.read(sent.read, byte), 0);

  assert.deepEqual(system.receive(connection, byte), { count: -Errno.again, truncated: false });
  for (const descriptor of [listener, peer, connection, sent.read]) system.close(descriptor);
});

Deno.test("both forms of poll return the same events", async () => {
  using _scratch = new Scratch();
  const { read, write } = pipe();
  const set = { count: 2, words: Int32Array.of(read, Poll.in, write, Poll.out) };
  const outcomes = () => [set.words[1]! >>> 16, set.words[3]! >>> 16];
  assert.equal(system.poll(set, 0), 1);
  assert.deepEqual(outcomes(), [0, Poll.out]);
  system.write(write, new Uint8Array(1));
  assert.equal(await system.pollLater(set, -1), 2);
  assert.deepEqual(outcomes(), [Poll.in, Poll.out]);
  system.close(read);
  assert.equal(await system.pollLater({ count: 1, words: set.words.slice(2) }, -1), 1);
  system.close(write);
});

Deno.test("types of files are recognized, and directories listed", () => {
  using scratch = new Scratch();
  scratch.directory("d/sub", { f: new Uint8Array(5) });
  const directory = system.open(`${scratch.path}/d/sub`, "directory");
  assert.deepEqual(system.list(directory), ["f"]);
  assert.deepEqual(system.list(directory), ["f"]);
  const file = system.statusAt(directory, "f");
  assert.ok(typeof file === "object");
  assert.equal(file.kind, "file");
  assert.equal(file.size, 5);
  const opened = system.openAt(directory, "f", "read");
  assert.deepEqual(system.status(opened), file);
  system.close(opened);
  assert.equal(system.statusAt(directory, "none"), -Errno.noEntry);
  assert.equal(system.openAt(directory, "f", "create"), -Errno.exists);
  assert.equal(system.describe(Errno.noEntry), "no such file or directory");
  system.close(directory);
});
