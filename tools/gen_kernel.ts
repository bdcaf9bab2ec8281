/**
 * Generates `images/search/kernel_code.ts`, the inner loops of the search as WebAssembly, from
 * `images/search/kernel.wat`.
 *
 * @module
 */

import loadWabt from "npm:wabt@1.0.39";

/** Path of the source of the module. */
export const KERNEL_SOURCE = "images/search/kernel.wat";

/** The text of the module. */
export async function kernelModule(text: string, made: string): Promise<string> {
  const wabt = await loadWabt();
  const parsed = wabt.parseWat(KERNEL_SOURCE, text, { simd: true });
  const code = parsed.toBinary({}).buffer.toBase64();
  const lines = code.match(/.{1,90}/g)!.map((line) => `  "${line}",`);
  return `/** The code of \`kernel.wat\`. ${made} @module */

/** A WebAssembly module in base64. */
export const KERNEL_CODE: string = [
${lines.join("\n")}
].join("");
`;
}
