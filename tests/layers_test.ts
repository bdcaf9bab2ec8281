import assert from "node:assert/strict";

const ROOT = new URL("..", import.meta.url).pathname;

interface Module {
  path: string;
  imports: string[];
}

/** Every module that the program and the library load, with what it imports when it loads. */
async function modules(): Promise<Module[]> {
  const found = new Map<string, Module>();
  for (const front of ["main.ts", "mod.ts"]) {
    const command = new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", `${ROOT}${front}`],
    });
    const { modules } = JSON.parse(new TextDecoder().decode((await command.output()).stdout));
    for (const { specifier, dependencies } of modules) {
      if (!specifier.startsWith("file:")) continue;
      const path = new URL(specifier).pathname.slice(ROOT.length);
      const imports: string[] = [];
      for (const { code, type, isDynamic } of dependencies ?? []) {
        const target = code?.specifier ?? type?.specifier ?? "";
        if (target.startsWith("file:") && !isDynamic && code !== undefined) {
          imports.push(new URL(target).pathname.slice(ROOT.length));
        }
      }
      found.set(path, { path, imports });
    }
  }
  return [...found.values()];
}

Deno.test("modules keep to their layers", async (t) => {
  const all = await modules();
  assert(all.length > 100);
  const byPath = new Map(all.map((module) => [module.path, module]));

  await t.step("plugins import the contract alone", () => {
    for (const { path, imports } of all) {
      if (!path.startsWith("plugins/") || path === "plugins/mod.ts") continue;
      assert.deepEqual(imports, ["images/plugin.ts"], path);
    }
  });

  await t.step("the core imports neither plugins nor the command line", () => {
    for (const { path, imports } of all) {
      if (!path.startsWith("images/")) continue;
      for (const target of imports) assert.match(target, /^(images|proto)\//, path);
    }
  });

  await t.step("nothing imports itself in a circle", () => {
    const done = new Set<string>();
    const visit = (path: string, trail: string[]) => {
      assert(!trail.includes(path), `circle: ${[...trail, path].join(" → ")}`);
      if (done.has(path)) return;
      for (const target of byPath.get(path)?.imports ?? []) visit(target, [...trail, path]);
      done.add(path);
    };
    for (const { path } of all) visit(path, []);
  });

  await t.step("only the edges of the core know Deno", () => {
    const edges = /^images\/(io|dump\/|stream\/|coredump\/|library)/;
    for (const { path } of all) {
      if (!path.startsWith("images/") || edges.test(path)) continue;
      const code = Deno.readTextFileSync(`${ROOT}${path}`).replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
      assert.doesNotMatch(code, /\bDeno\./, path);
    }
  });
});
