import * as z from "zod";
import { parseJson } from "../core/parse-json.ts";

const tracedSchema = z.object({ traceId: z.string().regex(/^[\w=+/-]{1,100}$/) });

/** The trace id with which a message was sent. Never throws: a body that cannot be read is refused when it is handled. */
export const traceOfMessage = (body: string): string | undefined =>
  tracedSchema.safeParse(parseJson(body)).data?.traceId;
