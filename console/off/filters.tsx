/** Which of the disabled streams are listed. Domain, app and name are the deployment's filter, because it lists a part only of many. */
import { useState } from "preact/hooks";
import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import { COMMON } from "../i18n/common.ts";
import { say } from "../i18n/say.ts";
import { OFF } from "./texts.ts";

export interface OffFilter {
  readonly domain: string;
  readonly app: string;
  /** With `*` for any text. */
  readonly name: string;
  /** A part of the name of a person or a rule. */
  readonly by: string;
}

export const NO_FILTER: OffFilter = { domain: "", app: "", name: "", by: "" };

export const isFilter = (filter: OffFilter): boolean => Object.values(filter).some((each) => each !== "");

interface FiltersProps {
  readonly filter: OffFilter;
  readonly domains: readonly string[];
  readonly onFilter: (filter: OffFilter) => void;
}

export function Filters({ filter, domains, onFilter }: FiltersProps) {
  const [typed, setTyped] = useState(filter);
  const change = (name: keyof OffFilter) => (event: { readonly currentTarget: { readonly value: string } }) =>
    setTyped({ ...typed, [name]: event.currentTarget.value });
  return (
    <form
      class="bar"
      aria-label={say(COMMON.filter)}
      onSubmit={(event) => {
        event.preventDefault();
        onFilter({ ...typed, app: typed.app.trim(), name: typed.name.trim(), by: typed.by.trim() });
      }}
    >
      <label class="field">
        <span>{say(COMMON.name)}</span>
        <input value={typed.name} onInput={change("name")} autocomplete="off" title={say(OFF.nameHint)} />
      </label>
      <label class="field">
        <span>{say(COMMON.app)}</span>
        <input value={typed.app} onInput={change("app")} autocomplete="off" />
      </label>
      <label class="field">
        <span>{say(COMMON.domain)}</span>
        <select value={typed.domain} onChange={change("domain")}>
          <option value="">{say(OFF.anyDomain)}</option>
          {domains.map((each) => (
            <option value={each}>{escapeInvisible(each)}</option>
          ))}
        </select>
      </label>
      <label class="field">
        <span>{say(OFF.by)}</span>
        <input value={typed.by} onInput={change("by")} autocomplete="off" title={say(OFF.byHint)} />
      </label>
      <button type="submit">{say(OFF.filterAct)}</button>
      {isFilter(filter) ? (
        <button
          type="button"
          onClick={() => {
            setTyped(NO_FILTER);
            onFilter(NO_FILTER);
          }}
        >
          {say(OFF.clear)}
        </button>
      ) : null}
    </form>
  );
}
