/** Rules about the dump as a whole: its inventory, and whether it is one. @module */

import { machineOf } from "../../kernel/machines.ts";
import { NEWEST_NAME } from "../../releases/releases.ts";
import type { Rule } from "../rule.ts";

const inventoryPresent: Rule = {
  id: "inventory-present",
  severity: "error",
  summary: "inventory.img exists",
  explanation: "CRIU writes it last, and restores nothing without it.",
  fix: "make the dump again: CRIU did not finish it; dump.log has the reason",
  *check({ dump, kind }) {
    if (kind !== "dump" && kind !== "pre-dump") return;
    if (!dump.has("inventory.img")) yield { image: "inventory.img", message: "it is missing" };
  },
};

/** Image versions that CRIU reads. */
const VERSIONS = [1, 2];

const inventoryVersion: Rule = {
  id: "inventory-version",
  severity: "error",
  summary: "the image version is 1 or 2",
  explanation: "CRIU refuses images of an unknown version.",
  fix:
    `restore with the CRIU that made the dump; if that was ${NEWEST_NAME} or older, {image} is damaged`,
  *check({ inventory, kind }) {
    // A pre-dump's is 0: it cannot be restored.
    if (inventory === undefined || kind !== "dump") return;
    if (VERSIONS.includes(inventory.img_version)) return;
    yield {
      image: "inventory.img",
      entry: 0,
      field: "img_version",
      message: `${inventory.img_version} is not a known image version`,
    };
  },
};

const framingVersion: Rule = {
  id: "framing-version",
  severity: "error",
  summary: "images have the head that the inventory's image version asks for",
  explanation:
    "In version 2 every image but the inventory has another magic number before its own; in version 1 none has. CRIU refuses a mixture.",
  fix: "`crit convert DUMP NEW --to 1.1` writes all images in version 2, `--to 1.0` in version 1",
  *check({ inventory, scans }) {
    const version = inventory?.img_version;
    if (version !== 1 && version !== 2) return;
    for (const scan of scans.values()) {
      const { type, expected, version: found } = scan;
      const framing = expected.framing ?? "common";
      if (type === undefined || framing !== "common") continue;
      if (found === "1.0" && version === 2) {
        yield {
          image: scan.name,
          message: "it has no head magic, as in version 1, but the dump has version 2",
        };
      } else if (found === "1.1" && version === 1) {
        yield {
          image: scan.name,
          message: "it has a head magic, as in version 2, but the dump has version 1",
        };
      }
    }
  },
};

const oneByteOrder: Rule = {
  id: "byte-order",
  severity: "error",
  summary: "all images have the same byte order",
  explanation:
    "CRIU writes the sizes between entries in the byte order of the machine, and reads them in the byte order of the machine that restores.",
  fix: "fetch {image} again from where the dump was made; it is from another machine",
  *check({ dump, scans }) {
    for (const scan of scans.values()) {
      const { type, byteOrder } = scan;
      if (type === undefined || byteOrder === dump.byteOrder) continue;
      yield {
        image: scan.name,
        message: `it is ${byteOrder}-endian, but the dump is ${dump.byteOrder}-endian`,
      };
    }
  },
};

const byteOrderOfMachine: Rule = {
  id: "byte-order-machine",
  severity: "error",
  summary: "images have the byte order of the machine of their tasks",
  explanation: "s390x is the only big-endian machine that CRIU supports.",
  fix: "fetch the dump again from where it was made, or set `mtype` to what the machine was",
  *check({ dump, scans }) {
    for (const scan of scans.values()) {
      if (scan.type?.entry !== "core_entry") continue;
      const { name, byteOrder } = scan;
      const mtype = dump.entries(name, "core_entry")[0]?.mtype;
      const machine = mtype === undefined ? undefined : machineOf(mtype);
      if (machine === undefined || machine.order === byteOrder) continue;
      const message = `${mtype} is ${machine.order}-endian, but the image is ${byteOrder}-endian`;
      yield { image: name, entry: 0, field: "mtype", message };
    }
  },
};

const someImage: Rule = {
  id: "some-image",
  severity: "error",
  summary: "the directory has images",
  explanation: "A directory without images is not a dump.",
  fix: "name the directory that was given to criu dump as -D or --images-dir",
  *check({ kind, dump }) {
    if (kind === "nothing") yield { image: dump.path, message: "it has no image" };
  },
};

const sourceWhole: Rule = {
  id: "archive-whole",
  severity: "error",
  summary: "an archive can be read to its end",
  explanation: "Images after the damage are not found.",
  fix: "fetch the archive again from where it was made",
  *check({ dump: { source } }) {
    if (source.fault === undefined) return;
    yield { image: source.fault.place.image ?? source.path, message: source.fault.reason };
  },
};

const tooOld: Rule = {
  id: "fdinfo-per-id",
  severity: "error",
  summary: "descriptor tables are named by their id",
  explanation: "CRIU refuses dumps from before 0.4, in which tables are named by process.",
  fix:
    "set `fdinfo_per_id` to true with `crit edit {image} -o NEW --set`, if the tables are named by `files_id`",
  *check({ inventory, kind }) {
    if (inventory === undefined || kind !== "dump" || inventory.fdinfo_per_id) return;
    yield { image: "inventory.img", entry: 0, field: "fdinfo_per_id", message: "it is not set" };
  },
};

const rootCgroup: Rule = {
  id: "root-cgroup",
  severity: "error",
  summary: "the cgroup set of CRIU itself is not 0",
  explanation: "CRIU refuses set 0.",
  fix: "set `root_cg_set` to the number in the core images with `crit edit {image} -o NEW --set`",
  *check({ inventory, kind }) {
    if (inventory?.root_cg_set !== 0 || kind !== "dump") return;
    yield {
      image: "inventory.img",
      entry: 0,
      field: "root_cg_set",
      message: "0 is not a cgroup set",
    };
  },
};

export default [
  sourceWhole,
  someImage,
  inventoryPresent,
  inventoryVersion,
  framingVersion,
  oneByteOrder,
  byteOrderOfMachine,
  tooOld,
  rootCgroup,
];
