/** Rules about the dumps that an incremental one builds on. @module */

import { type ChainFault, type ChainFaultKind, chainFaults } from "../chain.ts";
import type { CheckContext } from "../context.ts";
import type { Finding, Rule } from "../rule.ts";

const FETCH = "fetch the parent dump and name it with `--parent DIR`, or make a full dump";

/** What is wrong with the chains that were looked at: each is followed once for all rules. */
const FAULTS = new WeakMap<CheckContext, readonly ChainFault[]>();

/** What is wrong with the chain in one way. */
function* faults(context: CheckContext, kind: ChainFaultKind): Generator<Finding> {
  const all = FAULTS.get(context) ?? [...chainFaults(context.dump, context.pageMaps)];
  FAULTS.set(context, all);
  for (const { kind: found, ...finding } of all) if (found === kind) yield finding;
}

const parentPresent: Rule = {
  id: "parent-present",
  severity: "error",
  summary: "the parent dump exists if pages are in it",
  explanation: "Pages that had not changed since the previous dump are only there.",
  fix: FETCH,
  check: (context) => faults(context, "absent"),
};

const parentLink: Rule = {
  id: "parent-link",
  severity: "error",
  summary: "links named `parent` lead to dumps, even if no page is in those",
  explanation:
    "CRIU follows the links from each page map to the end, refuses one that leads nowhere, and never ends if they form a circle.",
  fix:
    "remove {image}, through which no page is needed: `crit flatten` writes the dump without parents",
  check: (context) => faults(context, "link"),
};

const parentFormat: Rule = {
  id: "parent-format",
  severity: "error",
  summary: "page maps of parents have the image version and byte order of the dump",
  explanation:
    "CRIU reads the page maps of the whole chain in the version of the newest inventory.",
  fix:
    "write the whole chain in one version: `crit convert DUMP NEW --with-parents`, from the original dump",
  check: (context) => faults(context, "format"),
};

const parentWhole: Rule = {
  id: "parent-whole",
  severity: "error",
  summary: "the parents' page maps can be read, and the pages that the dump needs are there",
  explanation:
    "CRIU reads the page maps of all parents, and takes from each the pages that later dumps lack.",
  fix: "fetch {image} again from where the dumps were made, or make a full dump",
  check: (context) => faults(context, "lost"),
};

const parentSpare: Rule = {
  id: "parent-spare",
  severity: "warning",
  summary: "the lengths of the parents' pages files match their page maps",
  explanation: "A parent is damaged, but CRIU needs none of the pages that are lost.",
  fix:
    "fetch {image} again from where the dumps were made; this dump can be restored without it, but other dumps that build on it may not",
  check: (context) => faults(context, "spare"),
};

const parentPages: Rule = {
  id: "parent-pages",
  severity: "error",
  summary: "pages that the parent dump should have are there",
  explanation:
    "CRIU looks them up in the page map of the same name in the parent, then in its parent, and so on.",
  fix: "the parent is not the dump that this one builds on: " + FETCH,
  check: (context) => faults(context, "elsewhere"),
};

export default [
  parentPresent,
  parentLink,
  parentFormat,
  parentWhole,
  parentSpare,
  parentPages,
];
