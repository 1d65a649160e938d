import { describe, expect, it } from "@jest/globals";
import { GRADES, isAtLeast, isWeak } from "../../lib/policy/grade.ts";

describe("a grade", () => {
  it("is at least itself and every one that comes after it in the alphabet", () => {
    for (const [index, grade] of GRADES.entries()) {
      expect(GRADES.filter((wanted) => isAtLeast(grade, wanted))).toEqual(GRADES.slice(index));
    }
  });

  it("is weak where the body is not signed as a whole", () => {
    expect(GRADES.filter(isWeak)).toEqual(["D", "E", "F"]);
  });
});
