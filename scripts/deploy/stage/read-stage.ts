/** Reads a stage file. The file is checked before any call to AWS. */
import { join, relative } from "node:path";
import { parseYaml, readYaml, YamlError } from "../../../build/parse-yaml.ts";
import { InputError, propertyOf } from "../../../cli/terminal/errors.ts";
import { pastedSecrets } from "./pasted-secrets.ts";
import { type Stage, stageNameIssue, stageSchema } from "./stage.ts";

const ROOT = join(import.meta.dirname, "../../..");
export const STAGES = join(ROOT, "deploy");

/** The path of a stage's file, as it is shown to people. */
export const stageFileName = (name: string): string => `deploy/${name}.yml`;

/**
 * @param folder - of the stage files.
 * @throws YamlError with every issue and its line. InputError if there is no such file.
 */
export function readStage(name: string, folder = STAGES): Stage {
  const issue = stageNameIssue(name);
  if (issue !== undefined) throw new InputError(`--stage ${name}: ${issue}`);
  const source = { file: stageFileName(name), subject: "the stage file" };
  const text = readIfPresent(join(folder, `${name}.yml`), source);
  const secrets = pastedSecrets(text);
  if (secrets.length > 0) throw new YamlError(source.subject, source.file, secrets);
  const file = parseYaml(text, stageSchema, source);
  return { ...file, name, projectIdParameter: file.projectIdParameter ?? `/offair/${name}/huawei-project-id` };
}

function readIfPresent(path: string, source: { readonly file: string; readonly subject: string }): string {
  try {
    return readYaml(path, source);
  } catch (cause) {
    if (propertyOf(cause, "code") !== "ENOENT") throw cause;
    const example = relative(ROOT, join(STAGES, "example.yml"));
    throw new InputError(
      `there is no ${source.file}: cp ${example} ${source.file}, write your region, your Live endpoint and the address for alarms into it, and commit it`,
      { cause },
    );
  }
}
