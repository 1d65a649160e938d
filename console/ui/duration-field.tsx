/** Chooses the hours of a disable. */
import { hoursText } from "./ask-reason.tsx";

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
