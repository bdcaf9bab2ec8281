/** MNTS: the mounts of a mount namespace. @module */

import { dev, hex, type ImageType, register } from "../images/types/plugin.ts";

/** The image type. */
const type: ImageType = register({
  name: "MNTS",
  magic: 0x55563928,
  files: ["mountpoints-%u.img"],
  summary: "the mounts of a mount namespace",
  since: "0.7",
  entry: "mnt_entry",
  identities: { mnt_entry: ["mnt_id"] },
  hints: {
    mnt_entry: { root_dev: dev, flags: hex, sb_flags: hex },
  },
});

export default type;
