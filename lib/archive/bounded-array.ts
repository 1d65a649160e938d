/** Arrays in untrusted JSON. */
import * as z from "zod";

/**
 * An array of at most `max` elements, checked up to its first invalid element. `z.array` would collect an issue for each one: a million
 * invalid elements cost it half a minute.
 */
export const boundedArray = <Each>(each: z.ZodType<Each, unknown>, max: number) =>
  z
    .array(z.unknown())
    .max(max)
    .transform((elements, context) => {
      const parsed: Each[] = [];
      for (const [index, element] of elements.entries()) {
        const { data, error } = each.safeParse(element);
        if (error) {
          const path = [index, ...(error.issues[0]?.path ?? [])];
          context.issues.push({ code: "custom", path, message: error.issues[0]?.message, input: elements });
          return z.NEVER;
        }
        parsed.push(data);
      }
      return parsed;
    })
    .readonly();
