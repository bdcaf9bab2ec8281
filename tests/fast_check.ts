/**
 * The generator of random inputs. Its version stands here and not in deno.json: what deno.json
 * names, Deno downloads for the program as well.
 *
 * @module
 */

import fc from "npm:fast-check@4.10.2";

export default fc;
export type * from "npm:fast-check@4.10.2";

/** Any character but a surrogate: fast-check's own unit "binary" takes a second to be made. */
export const anyCharacter: fc.Arbitrary<string> = fc.oneof(
  fc.integer({ min: 0, max: 0x7f }),
  fc.integer({ min: 0x80, max: 0xd7ff }),
  fc.integer({ min: 0xe000, max: 0x10ffff }),
).map((code) => String.fromCodePoint(code));
