/** Environment variables that crit may read. @module */

/** The variable's value; undefined if it is not set or Deno does not allow reading it. */
export function environment(name: string): string | undefined {
  // Deno.env.get would stop and ask for the permission on a terminal.
  const { state } = Deno.permissions.querySync({ name: "env", variable: name });
  return state === "granted" ? Deno.env.get(name) : undefined;
}
