import { expect, it } from "@jest/globals";
import fc from "fast-check";
import type { Stream } from "../../../lib/core/stream.ts";
import { createDisabledStreams, type DisabledStream } from "../../../local/live/disabled-streams.ts";
import { runs } from "../../support/runs.ts";

const name = fc.constantFrom("a", "a\0", "ab", "b", "é", "🎥", "\uffff");
const stream = fc.record({ domain: fc.constantFrom("x", "y"), app: name, stream: name });
const resumeMs = fc.option(fc.integer({ min: 1, max: 20 }));
const step = fc.oneof(
  fc.record({ kind: fc.constant("set" as const), stream, resumeMs }),
  fc.record({
    kind: fc.constant("setMany" as const),
    streams: fc.array(fc.record({ stream, resumeMs }), { maxLength: 8 }),
  }),
  fc.record({ kind: fc.constant("remove" as const), stream }),
  fc.record({ kind: fc.constant("expire" as const), ms: fc.integer({ min: 1, max: 4 }) }),
);

it("always selects what a plain map would, in one order", () => {
  const matches = (entry: Stream, domain: string, app?: string, wanted?: string) =>
    entry.domain === domain && (app ?? entry.app) === entry.app && (wanted ?? entry.stream) === entry.stream;
  const sorted = (entries: readonly DisabledStream[]) =>
    entries.map((entry) => JSON.stringify([entry.app, entry.stream, entry.resumeMs])).sort();

  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const disabled = createDisabledStreams();
      const model = new Map<string, DisabledStream>();
      const key = ({ domain, app, stream: own }: Stream) => JSON.stringify([domain, app, own]);
      let nowMs = 0;
      for (const one of steps) {
        if (one.kind === "remove") expect(disabled.remove(one.stream)).toBe(model.delete(key(one.stream)));
        if (one.kind === "expire") {
          nowMs += one.ms;
          disabled.expire(nowMs);
          for (const [id, entry] of model) if (entry.resumeMs !== null && entry.resumeMs <= nowMs) model.delete(id);
        }
        if (one.kind === "set" || one.kind === "setMany") {
          const given = one.kind === "set" ? [one] : one.streams;
          const later = given.map(({ stream: own, resumeMs: ms }) => ({
            ...own,
            resumeMs: ms === null ? null : nowMs + ms,
          }));
          if (one.kind === "setMany") disabled.setMany(later);
          for (const entry of later) {
            if (one.kind === "set") disabled.set(entry);
            model.set(key(entry), entry);
          }
        }
        for (const domain of ["x", "y"]) {
          for (const [app, wanted] of [
            [undefined, undefined],
            ["a", undefined],
            [undefined, "ab"],
            ["a", "ab"],
            ["🎥", undefined],
          ] as const) {
            const expected = [...model.values()].filter((entry) => matches(entry, domain, app, wanted));
            expect(sorted(disabled.select(domain, app, wanted))).toEqual(sorted(expected));
          }
        }
      }
    }),
    { numRuns: runs(200) },
  );
});
