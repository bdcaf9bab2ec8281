/** The dumps that a command processes. @module */

import { CritError } from "../../images/errors.ts";

/** The dumps of a command line. */
export interface FleetArguments {
  readonly from?: string | undefined;
  readonly null: boolean;
}

/**
 * The paths of dumps: those on the command line, then those of `--from`.
 *
 * @throws {CritError} `usage` if standard input would be a list and a dump, or `-0` is given
 * without a list
 */
export async function namesOf(
  named: readonly string[],
  { from, null: isNull }: FleetArguments,
): Promise<string[]> {
  if (from === undefined) {
    if (isNull) throw new CritError("usage", "-0 is for the names in --from, which is not given");
    return [...named];
  }
  if (from === "-" && named.includes("-")) {
    throw new CritError("usage", "standard input cannot be a dump and the list of dumps");
  }
  const text = from === "-"
    ? await new Response(Deno.stdin.readable).text()
    : Deno.readTextFileSync(from);
  const names = text.split(isNull ? "\0" : "\n").filter((name) => name !== "");
  if (names.includes("-")) {
    throw new CritError("usage", `${from}: - cannot be in a list of dumps`);
  }
  return [...named, ...names];
}
