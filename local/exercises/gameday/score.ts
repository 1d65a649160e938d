/** `node local/exercises/gameday/score.ts DIR`: the scorecard of a game day once more, from the raw material in DIR alone. Exit code 1 if anything is broken. */
import { readMaterial } from "./inputs.ts";
import { formatScorecard, score } from "./scorecard.ts";

const [directory, ...others] = process.argv.slice(2);
if (directory === undefined || others.length > 0) {
  console.error("usage: node local/exercises/gameday/score.ts DIR");
  process.exitCode = 2;
} else {
  const card = score(await readMaterial(directory));
  console.log(formatScorecard(card));
  process.exitCode = card.held ? 0 : 1;
}
