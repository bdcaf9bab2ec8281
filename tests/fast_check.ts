/**
 * The generator of random inputs. Its version stands here and not in deno.json: what deno.json
 * names, Deno downloads for the program as well.
 *
 * @module
 */

export { default } from "npm:fast-check@4.10.2";
export type * from "npm:fast-check@4.10.2";
