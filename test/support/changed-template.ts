/** A copy of a packaged template with a change, beside the original, because the stack looks for the zips there. */
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as z from "zod";

const templateSchema = z.looseObject({
  Resources: z.record(z.string(), z.looseObject({ Properties: z.record(z.string(), z.unknown()).default({}) })),
});

/** @param change - gets the properties of the resource. */
export function changeTemplate(
  templatePath: string,
  logicalId: string,
  change: (properties: Record<string, unknown>) => void,
): string {
  const template = templateSchema.parse(JSON.parse(readFileSync(templatePath, "utf8")));
  const resource = template.Resources[logicalId];
  if (!resource) throw new Error(`the template has no ${logicalId}`);
  change(resource.Properties);
  const changed = join(dirname(templatePath), `changed-${logicalId}.json`);
  writeFileSync(changed, JSON.stringify(template));
  return changed;
}
