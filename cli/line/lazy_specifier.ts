/**
 * Modules that are loaded when they are needed, and not looked at before.
 *
 * @module
 */

/**
 * Gives its argument, the specifier of a module to `import()`.
 *
 * Deno looks at every module that an `import("…")` names, and at all that those import, before it
 * runs the first line; with three hundred of them that is a third of the time that decoding a small
 * image takes. What it cannot read off the text it leaves for later. `tools/bundle.ts` writes
 * `import(lazySpecifier("…"))` as `import("…")` again.
 */
export function lazySpecifier(specifier: string): string {
  return specifier;
}
