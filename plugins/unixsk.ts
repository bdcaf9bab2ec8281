/** UNIXSK: unix sockets. @module */

import { dict, hex, type ImageType, register, unixName } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "UNIXSK",
  magic: 0x54373943,
  files: ["unixsk.img"],
  summary: "unix sockets",
  entry: "unix_sk_entry",
  identities: { unix_sk_entry: ["id"] },
  hints: {
    unix_sk_entry: {
      type: dict("sk.type"),
      state: dict("sk.state"),
      flags: hex,
      uflags: hex,
      name: unixName,
    },
  },
});

export default type;
