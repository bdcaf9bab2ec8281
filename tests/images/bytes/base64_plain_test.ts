/** Base64 in plain JavaScript does what the runtime's own does. */

import assert from "node:assert/strict";
import { plainSetFromBase64, plainToBase64 } from "../../../images/bytes/base64_plain.ts";
import { rounds } from "../../dumps.ts";
import { randomNumbers } from "../../../tools/bench_images.ts";

type Outcome = { read: number; written: number; bytes: string } | "refused";

function outcome(
  text: string,
  decode: (target: Uint8Array) => { read: number; written: number },
): Outcome {
  const target = new Uint8Array(Math.ceil(text.length / 4) * 3);
  try {
    const { read, written } = decode(target);
    return { read, written, bytes: target.subarray(0, written).toHex() };
  } catch (error) {
    assert(error instanceof SyntaxError);
    return "refused";
  }
}

/** Both ways of decoding a text, in both settings. */
function assertSame(text: string): void {
  for (const lastChunkHandling of ["strict", "stop-before-partial"] as const) {
    assert.deepEqual(
      outcome(text, (target) => plainSetFromBase64(target, text, lastChunkHandling)),
      outcome(text, (target) => target.setFromBase64(text, { lastChunkHandling })),
      JSON.stringify([text, lastChunkHandling]),
    );
  }
}

Deno.test("base64 text matches the platform and the streaming decoder", () => {
  for (const length of [0, 1, 2, 3, 57, 0x6000, 0x6001, 0x12345]) {
    const bytes = Uint8Array.from({ length }, (_, i) => i * 31 ^ i >> 8);
    assert.equal(plainToBase64(bytes), bytes.toBase64());
    assertSame(bytes.subarray(0, 500).toBase64());
  }
});

Deno.test("valid and invalid text gives the same result as in the streaming decoder", () => {
  for (
    const text of [
      ..."=|A|AA|AAA|AAAA|AA=|AA==|AA===|AAA=|AAA==|AB==|AAB=|A=A=|AA=A|AAAA=|AA==AA|é|A-_A".split(
        "|",
      ),
      ...["AA = =", " A A A A ", "AA=\n", "AAAA\n", "AAAA AA", "\vAAA"],
    ]
  ) assertSame(text);
  const random = randomNumbers(7);
  for (let i = 0; i < rounds(20_000); i++) {
    const length = random() % 10;
    assertSame(Array.from({ length }, () => "AB/= \nz-"[random() % 8]).join(""));
  }
});
