/** Names of events that later steps wait for and the scorecard counts. */
export const WRONG_PAIR = "key rotated to a wrong pair";
export const WRONG_PAIR_REFUSED = "wrong pair refused";
export const RIGHT_PAIR = "key rotated to a right pair";
export const OLD_KEY_REMOVED = "old key removed at Huawei";
export const CLOCK_OFF = "Live's clock 16 minutes off";
export const CLOCK_RIGHT = "Live's clock right again";
