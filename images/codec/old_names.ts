/**
 * Names in the JSON of older tools: the names of fields and enum values in earlier CRIU releases
 * (`fixtures/history.json` has the releases that changed them).
 *
 * @module
 */

/** Present names by message and old name. */
const FIELDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  /** Until CRIU 3.9, when seccomp moved to the threads. */
  task_core_entry: { seccomp_mode: "old_seccomp_mode", seccomp_filter: "old_seccomp_filter" },
  /** Until CRIU 3.16.1. */
  user_desc_t: { useable: "usable" },
};

/** Present names by enum and old name. */
const VALUES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  /** In CRIU 0.7 to 1.3.1. */
  fd_types: { TUN: "TUNF" },
};

/** A value of at most 32 bits that moves from one field number to another, if that is absent. */
export interface FieldRenumbering {
  readonly from: number;
  readonly to: number;
}

/**
 * Until CRIU 4.1.1 `nr_pages` was field 2; since 4.2 that is the required `compat_nr_pages`, and
 * `nr_pages` is field 5. An entry that has `nr_pages` alone is therefore an old one.
 */
const RENUMBERINGS: Readonly<Record<string, readonly FieldRenumbering[]>> = {
  pagemap_entry: [{ from: 5, to: 2 }],
};

/** The present name of a field that older JSON calls `name`. */
export function oldName(message: string, name: string): string | undefined {
  return FIELDS[message]?.[name];
}

/** The present name of an enum value that older JSON calls `name`. */
export function oldValue(enumName: string, name: string): string | undefined {
  return VALUES[enumName]?.[name];
}

/** The values that move when a message's required field is absent. */
export function renumberingsOf(message: string): readonly FieldRenumbering[] {
  return RENUMBERINGS[message] ?? [];
}
