/** SIGNALFD: signalfd files. @module */

import { hex, type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "SIGNALFD",
  magic: 0x57323820,
  files: ["signalfd.img"],
  summary: "signalfd files",
  entry: "signalfd_entry",
  identities: { signalfd_entry: ["id"] },
  hints: {
    signalfd_entry: { flags: hex, sigmask: hex },
  },
});

export default type;
