/** MNTS: the mounts of a mount namespace. @module */

import { dev, dict, flags, type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "MNTS",
  magic: 0x55563928,
  files: ["mountpoints-%u.img"],
  summary: "the mounts of a mount namespace",
  since: "0.7",
  entry: "mnt_entry",
  identities: { mnt_entry: ["mnt_id"] },
  hints: {
    mnt_entry: {
      fstype: dict("mnt.fstype"),
      root_dev: dev,
      flags: flags("mnt.flags"),
      sb_flags: flags("mnt.flags"),
    },
  },
});

export default type;
