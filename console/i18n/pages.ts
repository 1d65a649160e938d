/** Texts of the navigation. */
import type { Texts } from "./say.ts";

export const PAGE_NAMES = {
  review: ["Review", "审核"],
  live: ["Live", "直播中"],
  off: ["Off the air", "已下线"],
  plans: ["Plans", "计划"],
  sources: ["Sources", "来源"],
  health: ["Health", "健康状况"],
  history: ["History", "历史"],
} as const satisfies Texts;
