/**
 * Tables of numbers that the kernel or CRIU has names for.
 *
 * A table serves whoever prints or reads such a number: the pretty form of images, which prints
 * only the names that CRIU's own tool prints, the views of a dump, figures, checks and edits.
 *
 * @module
 */

/** Marks a name that CRIU's own tool prints in the pretty form; it prints other numbers as such. */
export const CRIT = true;

/** A number with its name; marked with {@link CRIT}, or the other name that CRIU's tool prints. */
export type NumberName = readonly [value: number, name: string, crit?: typeof CRIT | string];

/** Numbers of one kind: values, or bits. */
export interface NumberTable {
  /** What the headers write before each name: `SOCK_`. Users may write it; crit prints it never. */
  readonly prefix: string;
  /** In the order in which CRIU's own tool looks through them. */
  readonly rows: readonly NumberName[];
  readonly byValue: ReadonlyMap<number, string>;
}

/** Makes a table, whose rows are made when somebody first asks for one of them. */
export function numberTable(prefix: string, rows: () => readonly NumberName[]): NumberTable {
  let made: readonly NumberName[] | undefined;
  let byValue: ReadonlyMap<number, string> | undefined;
  return {
    prefix,
    get rows() {
      return made ??= rows();
    },
    get byValue() {
      return byValue ??= new Map(this.rows.map(([value, name]) => [value, name]));
    },
  };
}

/** A value's name, or the number. */
export function nameIn({ byValue }: NumberTable, value: number): string {
  return byValue.get(value) ?? `${value}`;
}
