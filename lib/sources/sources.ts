/** Creates the adapter of a source in the policy. */
import type { SourceEntry } from "../policy/policy.ts";
import { appeal } from "./appeal.ts";
import { createGetStream } from "./getstream.ts";
import { createHuaweiModeration } from "./huawei-moderation.ts";
import { createHuaweiPush } from "./huawei-push.ts";
import { createJsonMapping } from "./json-mapping.ts";
import { createSightengine } from "./sightengine.ts";
import type { Source } from "./source.ts";
import { standard } from "./standard.ts";
import type { Domains } from "./stream-url.ts";

export function sourceFor(entry: SourceEntry, policy: Domains): Source {
  switch (entry.adapter) {
    case "standard":
      return entry.kind === "appeal" ? appeal : standard;
    case "json-mapping":
      return createJsonMapping(entry, policy);
    case "getstream":
      return createGetStream(entry, policy);
    case "huawei-moderation":
      return createHuaweiModeration(entry, policy);
    case "huawei-push":
      return createHuaweiPush(entry, policy);
    case "sightengine":
      return createSightengine(entry, policy);
  }
}
