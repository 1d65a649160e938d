/** Chooses the hours of a disable. */
import { COMMON } from "../i18n/common.ts";
import { say } from "../i18n/say.ts";

interface DurationFieldProps {
  readonly label: string;
  readonly hours: number;
  readonly onChange: (hours: number) => void;
}

const CHOICES = [1, 6, 24, 3 * 24, 7 * 24, 30 * 24, 90 * 24];

export function DurationField({ label, hours, onChange }: DurationFieldProps) {
  return (
    <label class="field">
      <span>{label}</span>
      <select value={hours} onChange={(event) => onChange(Number(event.currentTarget.value))}>
        {CHOICES.map((each) => (
          <option value={each}>{hoursText(each)}</option>
        ))}
      </select>
    </label>
  );
}

const hoursText = (hours: number): string =>
  hours % 24 === 0 ? say(COMMON.days, { n: hours / 24 }) : say(COMMON.hours, { n: hours });
