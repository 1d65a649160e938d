/** Texts of what is being sent. */
import type { Texts } from "../i18n/say.ts";

/** A change that is being sent, and one that was not answered. */
export const SENDING = {
  now: [
    "It is being sent. Without an answer, this ends after two minutes.",
    "正在发送。若没有响应，将在两分钟后结束。",
  ],
  again: [
    "It is not known whether the request was carried out. Sending again sends exactly the same request, which is carried out only once. That is why nothing can be changed here.",
    "无法确定请求是否已执行。再次发送的是完全相同的请求，它只会执行一次。因此这里不能再修改。",
  ],
  planned: ["The plan was made. Nothing is changed yet.", "计划已生成。尚未更改任何内容。"],
} as const satisfies Texts;

/** A page that failed. */
export const BROKEN = {
  title: ["This page failed.", "此页面出错。"],
  next: [
    "What was sent before is not affected. Reload the console, or open another page.",
    "之前已发送的内容不受影响。请重新加载控制台，或打开其他页面。",
  ],
  reload: ["Reload", "重新加载"],
} as const satisfies Texts;
