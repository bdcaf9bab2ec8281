/** Errors in the sources of `deno task gen`. @module */

/** An error in a `.proto` file, a plugin or the list of releases: one line with its place. */
export class SourceError extends Error {}
