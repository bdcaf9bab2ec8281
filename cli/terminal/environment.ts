/**
 * Environment variables, as far as crit may read them.
 *
 * @module
 */

/** The variable's value; undefined when it is not set or Deno was not allowed to read it. */
export function environment(name: string): string | undefined {
  // Asked first, because Deno.env.get would stop and prompt for the permission on a terminal.
  const { state } = Deno.permissions.querySync({ name: "env", variable: name });
  return state === "granted" ? Deno.env.get(name) : undefined;
}
