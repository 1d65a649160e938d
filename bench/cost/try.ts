import { writeFileSync } from "node:fs";
import { playScenes } from "./scenes-try.ts";
const s = Date.now();
const scenes = await playScenes();
writeFileSync("/tmp/scenes2.json", JSON.stringify(scenes, null, 1));
console.log(Date.now() - s, Object.keys(scenes));
process.exit(0);
