/** Arrays in untrusted JSON. */
import * as z from "zod";

/**
 * An array of at most `max` elements, checked up to its first invalid element. `z.array` would collect an issue for each one: a million
 * invalid elements cost it half a minute.
 */
export const boundedArray = <Each>(each: z.ZodType<Each, unknown>, max: number) =>
  z.custom<readonly unknown[]>(Array.isArray, "is no array").transform((elements, context): readonly Each[] => {
    if (elements.length > max) {
      context.issues.push({ code: "too_big", origin: "array", maximum: max, inclusive: true, input: elements });
      return z.NEVER;
    }
    const parsed: Each[] = [];
    for (let index = 0; index < elements.length; index++) {
      const { data, error } = each.safeParse(elements[index]);
      if (error) {
        const path = [index, ...(error.issues[0]?.path ?? [])];
        context.issues.push({ code: "custom", path, message: error.issues[0]?.message, input: elements });
        return z.NEVER;
      }
      parsed.push(data);
    }
    return parsed;
  });
