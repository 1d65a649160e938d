/** Words of plans: their states, what they do, why, and the question before one is approved or applied. */
import type { Texts } from "../i18n/say.ts";

export const STATES = {
  "waiting-for-approval": ["waits for approval", "等待批准"],
  ready: ["can be applied", "可应用"],
  running: ["running", "执行中"],
  cancelling: ["cancelling", "取消中"],
  done: ["done", "已完成"],
  cancelled: ["cancelled", "已取消"],
  expired: ["expired", "已过期"],
  undone: ["undone", "已撤销"],
  altered: ["ALTERED", "已被篡改"],
} as const satisfies Texts;

/** What the state means, and what to do. */
export const NEXT = {
  "waiting-for-approval": [
    "Another person than its author has to approve it, with their own credentials, before it is applied.",
    "须由作者以外的人以自己的凭证批准后才能应用。",
  ],
  ready: ["It changes nothing until it is applied.", "应用之前不会更改任何内容。"],
  running: [
    "It runs in the deployment, also if this page is closed. Cancel stops what was not sent; undo also reverses what was done.",
    "它在部署中执行，关闭此页面也不受影响。取消会停止尚未发送的部分；撤销还会恢复已执行的部分。",
  ],
  cancelling: ["Calls that were sent before are still ending.", "之前已发送的调用仍在结束中。"],
  done: ["Every stream has its result.", "每路直播流都已有结果。"],
  cancelled: ["Nothing more is sent.", "不再发送任何内容。"],
  expired: [
    "It was never applied, and cannot be any more: other streams may be live now. Make a new plan.",
    "它从未应用，且已不能再应用：现在直播的流可能不同。请重新生成计划。",
  ],
  undone: [
    "An undo of it was carried out. The streams that it disabled are enabled again.",
    "其撤销已执行。它禁推的直播流已恢复。",
  ],
  altered: [
    "The stored plan is not as it was written, and nothing of it is sent. Cancel it, and find out who else can write to the ledger.",
    "所存计划与写入时不一致，其内容不会被发送。请取消它，并查明还有谁能写入账本。",
  ],
} as const satisfies Texts;

export const VERBS = {
  "waiting-for-approval": ["approve", "批准"],
  ready: ["apply", "应用"],
  running: ["watch", "观察"],
  cancelling: ["watch", "观察"],
  done: ["undo", "撤销"],
  altered: ["cancel", "取消"],
} as const satisfies Texts;

/** `disable 24 streams` */
export const ACTS = {
  pause: ["pause 1 stream|pause {n} streams", "暂停 {n} 路直播流"],
  disable: ["disable 1 stream|disable {n} streams", "禁推 {n} 路直播流"],
  enable: ["enable 1 stream|enable {n} streams", "恢复 {n} 路直播流"],
  reject: ["reject 1 case|reject {n} cases", "驳回 {n} 个案件"],
} as const satisfies Texts;

export const DOES = {
  pause: ["cuts the push once; the broadcaster may push again at once", "切断一次推流；主播可立即重新推流"],
  disable: ["disables pushing until the end", "在结束时间前禁止推流"],
  enable: ["enables pushing again", "恢复推流"],
  reject: ["ends the cases, and changes no stream", "结束案件，不更改直播流"],
} as const satisfies Texts;

export const NEEDS = {
  "limit-total": ["it exceeds the number of streams that one person may act on", "超出一个人可处理的直播流数量"],
  "limit-share": ["it exceeds the share of live streams that one person may act on", "超出一个人可处理的直播流比例"],
  "protected-stream": ["it acts on protected streams", "涉及受保护的直播流"],
} as const satisfies Texts;

/** Why a plan of verdicts gives a case none. */
export const CASE_LEFT_OUT = {
  ended: ["it has a verdict", "已有结论"],
  held: ["another person has it", "由他人处理中"],
  "second-opinion": ["this person asked for another person's verdict", "此人已请求由他人下结论"],
  open: ["it still waits: continue the batch", "仍在等待：请继续执行批次"],
  untranslatable: ["its message could not be translated", "其消息无法解析"],
  "protected-stream": ["its stream is protected", "其直播流受保护"],
  "out-of-scope": ["its stream is out of scope", "其直播流不在范围内"],
  "already-off": ["its stream is disabled already", "其直播流已被禁推"],
} as const satisfies Texts;

/** The question before a plan is approved or applied. */
export const QUESTION = {
  what: ["{what} of {domains} {until}", "{what}（{domains}）{until}"],
  whatVerdict: ["{verdict} 1 case|{verdict} {n} cases", "{verdict} {n} 个案件"],
  until: ["until {time} ({duration})", "至 {time}（{duration}）"],
  moreDomains: ["{domains} and 1 more domain|{domains} and {n} more domains", "{domains} 及另外 {n} 个域名"],
  keeps: [
    "keep 1 stream disabled until another end|keep {n} streams disabled until another end",
    "{n} 路直播流保持禁推至其他结束时间",
  ],
  found: ["found as {selector}", "查找条件：{selector}"],
  wereLive: ["1 was live|{n} were live", "当时 {n} 路正在直播"],
  undoing: ["undoing {order}", "撤销 {order}"],
  sha256: ["SHA-256 {sha256}", "SHA-256 {sha256}"],
  because: ["because {reason}", "原因：{reason}"],
} as const satisfies Texts;
