/** The policy reads the types too, and lib/events imports the policy: so the list has a room of its own. */
export { EVENT_TYPES, type EventType } from "./types/event-types.ts";
