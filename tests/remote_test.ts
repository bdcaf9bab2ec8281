import assert from "node:assert/strict";

const ROOT = new URL("..", import.meta.url).pathname;

Deno.test("the program runs from a URL, without the project's import map", async () => {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const { pathname } = new URL(request.url);
    try {
      const body = Deno.readFileSync(ROOT + pathname.slice(1));
      return new Response(body, { headers: { "content-type": "text/typescript" } });
    } catch {
      return new Response("not found", { status: 404 });
    }
  });
  const cache = Deno.makeTempDirSync();
  try {
    const { port } = server.addr;
    const image = `${ROOT}fixtures/images/pstree.img`;
    const command = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", `http://127.0.0.1:${port}/main.ts`, "decode", image],
      cwd: cache,
      env: { DENO_DIR: cache, NO_COLOR: "1" },
    });
    const { code, stdout, stderr } = await command.output();
    assert.equal(code, 0, new TextDecoder().decode(stderr));
    const expected = Deno.readTextFileSync(`${image}.json`).trimEnd();
    assert.equal(new TextDecoder().decode(stdout), `${expected}\n`);
  } finally {
    await server.shutdown();
    Deno.removeSync(cache, { recursive: true });
  }
});
