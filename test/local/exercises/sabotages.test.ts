import { expect, it } from "@jest/globals";
import { DRILL_SABOTAGES, GAMEDAY_SABOTAGES } from "../../../local/exercises/sabotages.ts";

it.each(Object.entries({ ...GAMEDAY_SABOTAGES, ...DRILL_SABOTAGES }))(
  "%s breaks a module that there is, export by export",
  async (_, { module, replacement }) => {
    const [right, broken] = await Promise.all([import(`../../../${module}`), import(`../../../${replacement}`)]);
    expect(Object.keys(broken).sort()).toEqual(Object.keys(right).sort());
  },
);
