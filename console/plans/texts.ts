/** Texts of plans and batches. */
import type { Texts } from "../i18n/say.ts";

export const PLAN = {
  namesOf: ["{name} of {where}", "{where} 的 {name}"],
  fromAddress: ["from {address}", "来自 {address}"],
  pushedSince: ["pushed since {time}", "自 {time} 起推流"],

  // The list.
  intro: [
    "Plans, batches, and requests of up to ten streams, newest first.",
    "计划、批次以及最多十路直播流的请求，最新在前。",
  ],
  by: ["By person", "操作人"],
  byHint: ["a name or an ARN", "名称或 ARN"],
  prefix: ["ID", "ID"],
  prefixHint: ["its beginning: {example}", "ID 的开头：{example}"],
  prefixWrong: ["{begin} and 4 characters or more of 0 to 9 and a to f", "{begin} 后接至少 4 个 0–9、a–f 字符"],
  filterAct: ["Filter", "筛选"],
  what: ["What", "内容"],
  state: ["State", "状态"],
  made: ["Made", "创建时间"],
  who: ["By", "操作人"],
  next: ["Next", "下一步"],
  streamsCell: ["Streams", "直播流"],
  nothing: ["There is no such plan, batch or request.", "没有这样的计划、批次或请求。"],
  older: ["Show older ones", "显示更早的"],
  andMore: ["{first} and 1 more|{first} and {n} more", "{first} 等另 {n} 路"],
  undoes: ["undoes {order}", "撤销 {order}"],
  approves: ["report {report}", "举报 {report}"],
  byAnother: ["by another person", "须由另一人"],

  // One plan.
  all: ["All plans", "全部计划"],
  id: ["ID", "ID"],
  does: ["Does", "作用"],
  because: ["Because", "原因"],
  planned: ["Planned", "计划人"],
  approved: ["Approved", "批准人"],
  applied: ["Applied", "应用人"],
  cancelled: ["Cancelled", "取消人"],
  foundAs: ["Found as", "查找条件"],
  ofLive: ["1 stream was compared|{n} streams were compared", "比较了 {n} 路直播流"],
  undoesTitle: ["Undoes", "撤销对象"],
  expires: ["Expires", "过期时间"],
  inTime: ["in {time}", "还有 {time}"],
  approval: ["Approval", "批准"],
  notNeeded: ["not needed", "无需批准"],
  needed: ["needed from a second person: {why}", "须由另一人批准：{why}"],
  threshold: [
    "One person may act on 1 more stream ({limit}).|One person may act on {n} more streams ({limit}).",
    "一个人还可处理 {n} 路直播流（{limit}）。",
  ],
  takes: ["Takes", "耗时"],
  takesAbout: ["about {time} at the allowed rate", "按允许的速率约 {time}"],
  sha256: ["SHA-256", "SHA-256"],
  compare: [
    "Before you approve, compare it with the one that the author gives you over another channel.",
    "批准前，请与作者通过其他渠道告知您的值进行比对。",
  ],
  breakGlass: ["Applied without a second person (break-glass).", "未经另一人批准即应用（紧急越权）。"],
  breakGlassHow: [
    "Without a second person: only with {command} in a terminal, which pages the on-call.",
    "无另一人批准时：只能在终端使用 {command}，这会呼叫值班人员。",
  ],
  listUnknown: [
    "The list of disabled streams could not be read completely: some may be disabled already, until another end.",
    "无法完整读取已禁推直播流的列表：其中一些可能已被禁推至其他时间。",
  ],
  unreadable: [
    "1 row of Live's list cannot be read: this stream may be live too, and the plan lacks it.|{n} rows of Live's list cannot be read: these streams may be live too, and the plan lacks them.",
    "Live 的列表中有 {n} 行无法读取：这些流也可能正在直播，而计划中没有它们。",
  ],

  rejectBack: [
    "A verdict is taken back case by case, in a terminal: {command}.",
    "结论须在终端逐个案件撤回：{command}。",
  ],

  // What is left out.
  leftOut: ["Left out", "未包含"],
  leftOutNone: ["Nothing was left out.", "没有未包含的直播流。"],
  leftOutUnknown: [
    "What a plan leaves out is known only to the tab that made it, right after planning.",
    "计划未包含哪些直播流，只有生成它的标签页在生成后知道。",
  ],
  leftOutCut: ["The list is too long for one answer: it is cut.", "列表超出单次响应的容量，已截断。"],
  staysUntil: ["until {until}, by {by}", "至 {until}，依据 {by}"],
  insteadOf: ["instead of {from}", "而非 {from}"],
  caseBy: ["(by {by})", "（{by}）"],

  // The difference to what is live.
  difference: ["Difference to what is live now", "与当前直播的差异"],
  lookAgain: ["Read again", "重新读取"],
  same: ["Nothing differs.", "没有差异。"],
  notLive: [
    "Planned, but not listed as live: 1 stream.|Planned, but not listed as live: {n} streams.",
    "已计划，但未列为正在直播：{n} 路。",
  ],
  notLiveHint: [
    "A stream that is not listed is pushed no more, or since less than two to four minutes.",
    "未列出的流已不再推送，或推送开始不足两到四分钟。",
  ],
  notPlanned: [
    "Live and matching, but not in the plan: 1 stream. A new plan would have it.|Live and matching, but not in the plan: {n} streams. A new plan would have them.",
    "正在直播且符合条件，但不在计划中：{n} 路。新的计划会包含它们。",
  ],
  notPlannedLeftOut: [
    "1 more matches, and any plan leaves it out.|{n} more match, and any plan leaves them out.",
    "另有 {n} 路符合条件，但任何计划都不会包含。",
  ],
  partial: [
    "The list of live streams is incomplete: a stream may be missing here.",
    "直播流列表不完整：此处可能缺少直播流。",
  ],
  readAtTime: ["Read at {time}.", "读取于 {time}。"],

  // The exact list.
  exact: ["Exactly 1 stream|Exactly {n} streams", "共 {n} 路直播流"],
  exactCases: ["Exactly 1 case|Exactly {n} cases", "共 {n} 个案件"],
  search: ["Search in the list", "在列表中搜索"],
  result: ["Result", "结果"],
  end: ["End", "结束时间"],
  case: ["Case", "案件"],
  keeps: ["stays disabled until {until}, by {by}", "保持禁推至 {until}，依据 {by}"],
  onlyFailed: ["Only what did not succeed", "仅显示未成功的"],

  // What a person does.
  approve: ["Approve …", "批准……"],
  apply: ["Apply …", "应用……"],
  cancel: ["Cancel it …", "取消……"],
  undo: ["Undo …", "撤销……"],
  resume: ["Continue it …", "继续执行……"],
  checking: ["Checking whether it would be refused …", "正在检查是否会被拒绝……"],
  refused: ["Refused: nothing was done.", "已拒绝：未执行任何操作。"],
  approveTitle: ["Approve this plan?", "批准此计划？"],
  applyTitle: ["Apply this plan?", "应用此计划？"],
  approveAct: ["Approve", "批准"],
  applyAct: ["Apply", "应用"],
  cancelTitle: ["Cancel {order}", "取消 {order}"],
  cancelAct: ["Stop what was not sent yet", "停止尚未发送的部分"],
  cancelAsks: [
    "Orders that were sent stay as they are. A plan that was not applied can no longer be applied. To reverse what was done as well, undo it: that cancels first.",
    "已发送的指令保持不变。未应用的计划将不能再应用。若还要恢复已执行的部分，请使用撤销：它会先取消。",
  ],
  undoTitle: ["Undo {order}", "撤销 {order}"],
  undoAct: ["Cancel it and plan the undo", "取消并生成撤销计划"],
  undoAsks: [
    "This cancels at once what was not sent yet, and makes a plan that enables exactly the streams that it disabled, or may have disabled. A stream that another order wants disabled stays disabled until the end of that order. The plan changes nothing until it is applied.",
    "这会立即取消尚未发送的部分，并生成一个计划，恢复它已禁推（或可能已禁推）的直播流。若另有指令要求禁推某路流，该流会保持禁推直到那条指令结束。计划在应用之前不会更改任何内容。",
  ],
  resumeTitle: ["Continue {order}", "继续执行 {order}"],
  resumeAct: ["Queue the rest again", "将其余部分重新排队"],
  resumeAsks: [
    "Only if it stands still although nothing is said to wait: what is left is queued again. Orders that are queued already are carried out once.",
    "仅在没有等待原因却停滞时使用：其余部分会重新排队。已在队列中的指令只会执行一次。",
  ],
  approvedDone: ["Approved. It can be applied now.", "已批准。现在可以应用。"],
  appliedDone: ["Applied: the batch is running.", "已应用：批次正在执行。"],
  cancelledDone: ["Cancelled: nothing more is sent.", "已取消：不再发送任何内容。"],
  cancelLate: [
    "Too late to cancel: every stream has its result. To reverse it, undo it.",
    "取消太迟：每路直播流都已有结果。若要恢复，请使用撤销。",
  ],
  undoNothing: [
    "{order} is cancelled. It disabled nothing that can be enabled.",
    "{order} 已取消。它没有禁推任何可恢复的直播流。",
  ],
  byOther: ["Since this page was loaded: {what}", "自此页面加载以来：{what}"],
  otherApproved: ["{who} has approved it.", "{who} 已批准。"],
  otherApplied: ["{who} has applied it.", "{who} 已应用。"],
  otherCancelled: ["{who} has cancelled it.", "{who} 已取消。"],

  // The progress.
  progress: ["Progress", "进度"],
  doneOf: ["{n} of {all} have a result", "{all} 路中 {n} 路已有结果"],
  left: ["1 left|{n} left", "剩余 {n}"],
  failedN: ["1 did not succeed|{n} did not succeed", "{n} 路未成功"],
  keptOff: ["1 kept disabled|{n} kept disabled", "{n} 路保持禁推"],
  perSecond: ["{rate} a second", "每秒 {rate}"],
  perMinute: ["{rate} a minute", "每分钟 {rate}"],
  leftTime: ["about {time} left", "约剩 {time}"],
  leftAtRate: ["about {time} at the allowed rate", "按允许的速率约 {time}"],
  waits: ["It waits since {time}:", "自 {time} 起等待："],
  failures: ["What did not succeed", "未成功的"],
  failuresMore: [
    "Shown are the first {n}; all are in the list when it is over.",
    "仅显示前 {n} 个；结束后全部显示在列表中。",
  ],
  ended: ["Last result", "最后一个结果"],
  tookTime: ["after {time}", "用时 {time}"],
} as const satisfies Texts;
