/** Names of events that later steps wait for and the scorecard counts. */
export const WRONG_PAIR = "key rotated to a wrong pair";
export const WRONG_PAIR_REFUSED = "wrong pair refused";
export const RIGHT_PAIR = "key rotated to a right pair";
export const OLD_KEY_REMOVED = "old key removed at Huawei";
/** Only in a pool: the key of another user is replaced at Huawei. */
export const KEY_CHANGED = "key changed at Huawei";
export const KEY_CHANGED_REFUSED = "changed key refused";
export const KEY_RESTORED = "key restored at Huawei";
export const CLOCK_OFF = "Live's clock 16 minutes off";
export const CLOCK_RIGHT = "Live's clock right again";
