import { readFileSync } from "node:fs";

const NETWORK = new Set([
  "nfs",
  "nfs4",
  "cifs",
  "smb3",
  "smbfs",
  "9p",
  "afs",
  "ncpfs",
  "ceph",
  "glusterfs",
  "davfs",
  "fuse.sshfs",
  "fuse.rclone",
  "fuse.davfs2",
  "fuse.gvfsd-fuse",
  "fuse.s3fs",
]);

/** Whether a path lies on a network drive, where the system tells: Linux by its mount table, Windows by a UNC path. */
export function isNetworkMount(path: string): boolean {
  if (path.startsWith("\\\\")) return true;
  let best = { point: "", type: "" };
  for (const [point, type] of mounts()) {
    const holds = path === point || path.startsWith(point.endsWith("/") ? point : `${point}/`);
    if (holds && point.length >= best.point.length) best = { point, type };
  }
  return NETWORK.has(best.type);
}

function mounts(): [point: string, type: string][] {
  try {
    return readFileSync("/proc/self/mounts", "utf8")
      .split("\n")
      .map((line) => line.split(" "))
      .flatMap(([, point, type]) => (point && type ? [[unescaped(point), type] as [string, string]] : []));
  } catch {
    return [];
  }
}

/** The mount table writes spaces and the like as octal numbers. */
function unescaped(point: string): string {
  return point.replace(/\\([0-7]{3})/g, (_all, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
