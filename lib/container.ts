/**
 * Facts about the containers of checkpoints, as `crit container` shows them.
 *
 * ```ts
 * import { containersAt } from "@crit/crit/container";
 *
 * for (const { name, image, engine, networks } of await containersAt("fixtures/dumps/shloop")) {
 *   console.log(name, image, engine, networks.map(({ addresses }) => addresses));
 * }
 * ```
 *
 * @module
 */

import { documentsOf } from "../images/container/documents.ts";
import { type ContainerFacts, factsOf } from "../images/container/facts.ts";
import { openCheckpoints, type OpenOptions } from "../images/dump/open.ts";
import "../plugins/mod.ts";

export type { ContainerFacts, OpenOptions };
export type { ContainerNamespace, Mount, Pod, Sizes } from "../images/container/facts.ts";
export type { Engine } from "../images/container/engine.ts";
export type { Json, JsonObject } from "../images/container/json.ts";
export type { NetworkInterface, Port } from "../images/container/network.ts";
export type { CriuRelease } from "../images/container/release.ts";
export { CritError } from "../images/errors.ts";

/**
 * The facts about each checkpointed container at a path: a directory, an archive, or the layout of
 * a container image.
 *
 * @throws {CritError} `file` if the path does not exist, `data` if it holds no checkpoint or an
 * engine's file is damaged
 */
export async function containersAt(
  path: string,
  options: OpenOptions = {},
): Promise<ContainerFacts[]> {
  using opened = await openCheckpoints(path, options);
  return opened.checkpoints.map((checkpoint) => {
    const documents = documentsOf(checkpoint);
    const [fault = checkpoint.source?.fault] = documents.faults;
    if (fault !== undefined) throw fault;
    return factsOf(checkpoint, documents);
  });
}
