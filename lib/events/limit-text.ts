/** The limits of texts in events, so that no event is too large. */

/** Of a reason that an operator wrote: the limit of requests to `/operator`, in UTF-16 units. */
export const REASON_MAX = 2_000;

/** Shortens a text, which may be of any length and any characters. */
export const cut = (text: string, max: number): string =>
  (text.length > max ? text.slice(0, max) : text).toWellFormed();
