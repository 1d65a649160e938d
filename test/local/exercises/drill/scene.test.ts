import { expect, it } from "@jest/globals";
import { streamKey } from "../../../../lib/core/stream.ts";
import { matchesGlob } from "../../../../lib/core/stream-name.ts";
import { RAID, writeScene } from "../../../../local/exercises/drill/scene.ts";

const SIZE = { live: 4_000, streams: 100, seed: 3 };

it("has so many streams live, each of them once, and the raid among them", () => {
  const { encoders, targets } = writeScene(SIZE);
  const keys = new Set(encoders.map(streamKey));
  expect([encoders.length, keys.size, targets.length]).toEqual([4_000, 4_000, 100]);
  expect(targets.every((each) => keys.has(streamKey(each)))).toBe(true);
});

it("means exactly the raid by app, name and address together, and others by any two of them", () => {
  const { encoders, targets } = writeScene(SIZE);
  const marks = encoders.map(({ domain, app, stream, client_ip }) =>
    [domain === RAID.domain, app === RAID.app, matchesGlob(stream, RAID.name), client_ip === RAID.client].map(Number),
  );
  const count = (fits: string) => marks.filter((each) => each.join("") === fits).length;
  expect(count("1111")).toBe(targets.length);
  for (const almost of ["0111", "1011", "1101", "1110"]) expect(count(almost)).toBeGreaterThan(20);
});

it("is the same for the same seed, and another for another one", () => {
  expect(writeScene(SIZE)).toEqual(writeScene(SIZE));
  expect(writeScene({ ...SIZE, seed: 4 })).not.toEqual(writeScene(SIZE));
});
