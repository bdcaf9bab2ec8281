/**
 * Lazy loading of modules.
 *
 * @module
 */

/**
 * Returns its argument, the specifier of a module for `import()`.
 *
 * Deno loads every module that an `import("…")` names, and everything that those modules import,
 * before the program starts. For three hundred modules, that is a third of the time for decoding a
 * small image. Deno does not load specifiers that it cannot find in the text. `tools/bundle.ts`
 * writes `import(lazySpecifier("…"))` as `import("…")` again.
 */
export function lazySpecifier(specifier: string): string {
  return specifier;
}
