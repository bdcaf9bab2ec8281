/** A real CRIU refuses what the rules about values find, as breaks/values.ts has it. */

import assert from "node:assert/strict";
import { boxed, CriuLab, lacksLab } from "../../criu/lab.ts";
import { breaks, mountBreaks } from "./breaks/values.ts";
import { BrokenDump, checked, linesOf } from "./broken_dump.ts";

Deno.test({
  name: `a real CRIU refuses every value that a rule finds`,
  ignore: lacksLab(),
  async fn(test) {
    using lab = new CriuLab();
    const program = await lab.compile("values");
    const images = await lab.dump([program, lab.path], { options: ["--file-locks"] });

    await test.step("as it is, it is restored", async () => {
      assert.deepEqual(linesOf(await checked(images)), []);
      const { code, errors } = await lab.restore(images, ["--file-locks"]);
      assert.deepEqual([code, errors], [0, []]);
    });

    for (const { rule, how, break: spoil, criu: { code, says } } of breaks) {
      await test.step(`${rule}: ${how}`, async () => {
        using copy = new BrokenDump(images);
        spoil(copy);
        const { findings } = await checked(copy.path);
        assert(findings.some((finding) => finding.rule.id === rule), "the rule finds it");
        const restored = await lab.restore(copy.path, ["--file-locks"]);
        const log = restored.errors.join("\n");
        assert.equal(restored.code, code, log);
        if (says !== undefined) assert(log.includes(says), log);
      });
    }
  },
});

Deno.test({
  name: `a real CRIU refuses every mount that a rule finds`,
  ignore: lacksLab(),
  async fn(test) {
    using lab = new CriuLab();
    const { root, images, options, before } = await boxed(lab);
    const restore = (path: string) => lab.restore(path, options, { before });

    await test.step("as it is, it is restored", async () => {
      assert.deepEqual(linesOf(await checked(images)), []);
      const { code, errors } = await restore(images);
      assert.deepEqual([code, errors], [0, []], root);
    });

    for (const { rule, how, break: spoil, criu: { code, says } } of mountBreaks) {
      await test.step(`${rule}: ${how}`, async () => {
        using copy = new BrokenDump(images);
        spoil(copy);
        const { findings } = await checked(copy.path);
        assert(findings.some((finding) => finding.rule.id === rule), "the rule finds it");
        const { code: ended, errors } = await restore(copy.path);
        assert.equal(ended, code);
        assert(errors.some((error) => error.includes(says!)), errors.join("\n"));
      });
    }
  },
});
