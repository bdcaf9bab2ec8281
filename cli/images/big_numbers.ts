/** The option that says how big numbers are written. @module */

/** Numbers that most programs read as doubles, which are exact up to 2^53 only. */
export const bigNumbers = {
  kind: "choice",
  value: "HOW",
  choices: {
    number: "as numbers, which `jq` before 1.7 and JavaScript round",
    string: "those beyond 2^53 as strings; `encode` takes them",
  },
  default: "number",
  doc: "how to write numbers in JSON",
} as const;
