/** IRMAP_CACHE: paths of watched inodes, found by an earlier dump. @module */

import { type ImageType, odev, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "IRMAP_CACHE",
  magic: 0x57004059,
  framing: "service",
  files: ["irmap-cache"],
  summary: "paths of watched inodes, found by an earlier dump",
  since: "1.2",
  entry: "irmap_cache_entry",
  identities: { irmap_cache_entry: ["dev", "inode"] },
  hints: {
    irmap_cache_entry: { dev: odev },
  },
});

export default type;
