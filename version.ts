/**
 * The version of crit.
 *
 * @module
 */

/** The version that `crit --version` prints; a test keeps it equal to the one in deno.json. */
export const VERSION = "0.1.0";
