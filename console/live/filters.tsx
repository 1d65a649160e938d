/** Chooses which of the live streams are shown. Every change is shown at once. */
import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import { COMMON } from "../i18n/common.ts";
import { say } from "../i18n/say.ts";
import { type LiveFilter, NO_FILTER, type SortBy } from "./entries.ts";
import { LIVE } from "./texts.ts";

interface FiltersProps {
  readonly filter: LiveFilter;
  readonly sortBy: SortBy;
  readonly domains: readonly string[];
  readonly apps: readonly string[];
  readonly onFilter: (filter: LiveFilter) => void;
  readonly onSort: (by: SortBy) => void;
}

const MINUTES = [5, 15, 30, 60, 6 * 60, 24 * 60];

export function Filters({ filter, sortBy, domains, apps, onFilter, onSort }: FiltersProps) {
  const texts = { search: LIVE.search, name: COMMON.name, address: COMMON.address } as const;
  const hints = { search: undefined, name: say(LIVE.nameHint, { example: "raid-*" }), address: say(LIVE.addressHint) };
  const text = (part: keyof typeof texts) => (
    <label class={`field ${part}`}>
      <span>{say(texts[part])}</span>
      <input
        autocomplete="off"
        spellcheck={false}
        value={filter[part]}
        placeholder={hints[part]}
        onInput={(event) => onFilter({ ...filter, [part]: event.currentTarget.value.trim() })}
      />
    </label>
  );
  const choice = (part: "domain" | "app", values: readonly string[]) => (
    <label class="field">
      <span>{say(COMMON[part])}</span>
      <select value={filter[part]} onChange={(event) => onFilter({ ...filter, [part]: event.currentTarget.value })}>
        <option value="">{say(LIVE.any)}</option>
        {(filter[part] === "" || values.includes(filter[part]) ? values : [filter[part], ...values]).map((each) => (
          <option value={each}>{escapeInvisible(each)}</option>
        ))}
      </select>
    </label>
  );
  return (
    <form class="bar live-filters" aria-label={say(COMMON.filter)} onSubmit={(event) => event.preventDefault()}>
      {text("search")}
      {text("name")}
      {choice("domain", domains)}
      {choice("app", apps)}
      {text("address")}
      <label class="field">
        <span>{say(COMMON.since)}</span>
        <select
          value={filter.minutes}
          onChange={(event) => onFilter({ ...filter, minutes: Number(event.currentTarget.value) })}
        >
          <option value={0}>{say(LIVE.whenever)}</option>
          {MINUTES.map((each) => (
            <option value={each}>
              {each < 60 ? say(LIVE.lastMinutes, { n: each }) : say(LIVE.lastHours, { n: each / 60 })}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        <span>{say(LIVE.sort)}</span>
        <select value={sortBy} onChange={(event) => onSort(event.currentTarget.value as SortBy)}>
          <option value="newest">{say(LIVE.newest)}</option>
          <option value="oldest">{say(LIVE.oldest)}</option>
          <option value="name">{say(LIVE.byName)}</option>
          <option value="address">{say(LIVE.byAddress)}</option>
        </select>
      </label>
      <button type="button" onClick={() => onFilter(NO_FILTER)} disabled={filter === NO_FILTER}>
        {say(LIVE.clear)}
      </button>
    </form>
  );
}
