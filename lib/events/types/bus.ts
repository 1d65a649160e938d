/** The event bus among the subscribers: it gets every event, and no subscriber of a policy has its name. */
export const BUS = "bus";
