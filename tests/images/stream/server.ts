/**
 * Serves or captures again and again in a process of its own, and tells after each time how many
 * descriptors it has open: `deno run -A server.ts serve|capture DIR TIMES`. The sockets, and what
 * is captured, are in `DIR/0`, `DIR/1` and so on; what is served is in DIR.
 *
 * @module
 */

import { capture } from "../../../images/stream/capture.ts";
import { DirectorySink } from "../../../images/stream/directory.ts";
import { loadSystemCalls } from "../../../images/stream/ffi.ts";
import { serve } from "../../../images/stream/serve.ts";
import { SystemDirectory } from "../../../images/stream/system_file.ts";

const system = loadSystemCalls();
const [direction, directory, times] = Deno.args as [string, string, string];

async function once(socketDirectory: string): Promise<void> {
  const options = { socketDirectory, timeout: 100 };
  if (direction === "capture") {
    await capture(system, () => new DirectorySink(system, socketDirectory), options);
    return;
  }
  using source = new SystemDirectory(system, directory);
  await serve(system, source, options);
}

for (let i = 0; i < Number(times); i++) {
  await once(`${directory}/${i}`).catch(() => {});
  console.log([...Deno.readDirSync("/proc/self/fd")].length);
}
