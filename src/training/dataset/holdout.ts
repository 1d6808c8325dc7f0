/** Share of groups that no fit, record, calibration or detector ever sees. */
export const HOLDOUT_SHARE = 0.1;

/**
 * 32 well-mixed bits of a group's name. Groups are hashes already; mixing again with a salt keeps the hold-out, the
 * folds and any other draw independent of each other.
 */
export function mixGroup(group: string, salt: number): number {
  let hash = (0x811c9dc5 ^ salt) >>> 0;
  for (let at = 0; at < group.length; at++) {
    hash = Math.imul(hash ^ group.charCodeAt(at), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Whether the alerts of this group are held out: fixed permanently by the group's name alone. */
export function isHeldOut(group: string): boolean {
  return mixGroup(group, 0x48_4f_4c_44) < HOLDOUT_SHARE * 0x1_0000_0000;
}

/** Fold of this group, 0 to nFolds - 1: a group is never split. */
export function foldOf(group: string, nFolds: number): number {
  return mixGroup(group, 0x46_4f_4c_44) % nFolds;
}
