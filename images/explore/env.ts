/**
 * Environment variables.
 *
 * @module
 */

import { decodeText } from "../bytes/utf8.ts";
import { tableView, type View } from "./view.ts";

/** An environment variable. */
export type EnvRow = {
  /** Process id. */
  pid: number;
  /** Name of the variable. */
  name: string;
  /** Its value. */
  value: string;
};

/** The environment that each task's program was started with. */
export const env: View<EnvRow> = tableView<EnvRow>({
  columns: [
    { key: "pid", doc: "process id", title: "PID", align: "right" },
    { key: "name", doc: "name of the variable", title: "VARIABLE" },
    { key: "value", doc: "its value", title: "VALUE" },
  ],
  *rows(_dump, { tasks }) {
    for (const task of tasks) {
      const bytes = task.isDead ? new Uint8Array() : task.memory.environmentBytes;
      for (const text of decodeText(bytes, 0, bytes.length).split("\0")) {
        const equals = text.indexOf("=");
        if (text === "") continue;
        const [name, value] = equals < 0
          ? [text, ""]
          : [text.slice(0, equals), text.slice(equals + 1)];
        yield { pid: task.pid, name, value };
      }
    }
  },
});
