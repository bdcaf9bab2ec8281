/** IPC_VAR: limits and settings of an IPC namespace. @module */

import { type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "IPC_VAR",
  magic: 0x53115007,
  files: ["ipcns-var-%u.img"],
  summary: "limits and settings of an IPC namespace",
  since: "0.7",
  entry: "ipc_var_entry",
});

export default type;
