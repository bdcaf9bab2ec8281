/** IPCNS_MSG: System V message queues with their messages. @module */

import { bytes, type ImageType, messages, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "IPCNS_MSG",
  magic: 0x55453737,
  files: ["ipcns-msg-%u.img"],
  summary: "System V message queues with their messages",
  entry: "ipc_msg_entry",
  extra: messages("qnum", "ipc_msg", bytes("msize", { pad: 8 })),
  identities: { ipc_msg_entry: ["desc.id"] },
});

export default type;
