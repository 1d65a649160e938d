/** Texts of the history of a day, its audits and the export. */
import type { Texts } from "../i18n/say.ts";

export const HISTORY = {
  noArchive: [
    "No archive is named, so that no history can be read. Set ARCHIVE_BUCKET to the bucket of the archive, with AWS credentials that may read it, and start offair console again. Or use offair history with --bucket or --bundle.",
    "未指定归档，因此无法读取历史。请将 ARCHIVE_BUCKET 设为归档所在的存储桶，并提供可读取它的 AWS 凭证，然后重新启动 offair console；或使用带 --bucket 或 --bundle 的 offair history。",
  ],
  day: ["Day (UTC)", "日期（UTC）"],
  stream: ["Stream (app/name)", "直播流（应用/名称）"],
  streamHint: ["of one stream only: live/room-42", "仅一路直播流：live/room-42"],
  show: ["Show the day", "显示这一天"],
  reading: ["Reading the evidence … for {n} s", "正在读取证据……已 {n} 秒"],
  gaps: ["What is missing or not as it was signed", "缺失或与签名不符的内容"],
  noGaps: [
    "The evidence of the day has no gap, and every object that was read is as its manifest states.",
    "当天的证据没有缺口，所读取的每个对象都与其清单一致。",
  ],
  altered: [
    "Something is not as it was signed: do not rely on this day before it is explained.",
    "有内容与签名不符：在查明之前，请勿依据这一天的记录。",
  ],
  incomplete: ["The day is not fully covered.", "这一天未被完整覆盖。"],
  notSigned: [
    "Objects are checked against the manifests that name them. The signatures of the manifests are not checked here: offair verify does that, with the public key.",
    "对象会与列出它们的清单核对。此处不检查清单的签名：请用 offair verify 和公钥检查。",
  ],
  periods: ["Off the air on {day}", "{day} 下线的直播流"],
  count: [
    "1 stream was off at some time of the day.|{n} streams were off at some time of the day.",
    "当天有 {n} 路直播流曾下线。",
  ],
  notByOffair: ["1 period is not by offair.|{n} periods are not by offair.", "{n} 个时段并非 offair 所为。"],
  notAttributed: [
    "1 period is too recent to attribute.|{n} periods are too recent to attribute.",
    "{n} 个时段过近，尚无法归因。",
  ],
  knownUntil: ["The ledger's exports were read until", "已读取的账本导出截至"],
  noLedger: ["No export of the ledger was found.", "未找到账本导出。"],
  none: ["No stream was off on that day, as far as the evidence shows.", "就证据所示，当天没有直播流下线。"],
  from: ["From", "起"],
  until: ["Until", "止"],
  why: ["Why", "原因"],
  decided: ["Decided by", "决定者"],
  details: ["Details", "详情"],
  approved: ["Approved by", "批准者"],
  report: ["Report", "举报"],
  category: ["Category", "类别"],
  policy: ["Policy", "策略"],
  order: ["Order", "指令"],
  orderNumber: ["number {number}, outcome {outcome}", "第 {number} 号，结果 {outcome}"],
  ended: ["Ended", "结束"],
  endedBy: ["order {number} of", "第 {number} 号指令，下达者"],
  listed: ["Listed", "列出"],
  listedTimes: ["once|{n} times", "{n} 次"],
  remarks: ["But", "疑点"],
  objects: ["Evidence", "证据"],
  reported: ["Reported with it", "随举报提交"],
  notOffair: ["not by offair: no order of offair explains it", "非 offair 所为：没有 offair 指令能解释"],
  filter: ["Name or person contains", "名称或人员包含"],
  noEnd: ["no end is known", "没有已知的结束时间"],
} as const satisfies Texts;

export const ENDED = {
  "resume-time": ["it could be pushed again at its resume time", "到恢复时间可重新推流"],
  enabled: ["it was enabled again", "已被恢复"],
  replaced: ["a later order replaced it", "被更新的指令取代"],
  changed: ["its resume time was changed", "恢复时间被更改"],
  gone: ["no longer listed, and not enabled by offair", "不再列出，且非 offair 恢复"],
  unknown: ["no longer listed, and offair may have enabled it", "不再列出，可能由 offair 恢复"],
} as const satisfies Texts;

export const REVIEWS = {
  title: ["Reviews of the day", "当天的审核"],
  none: ["No case waited for a person on that day.", "当天没有案例等待人工处理。"],
  summary: [
    "1 case: {inTime} in time, {late} late, {missed} missed and still open, {open} not yet due.|{n} cases: {inTime} in time, {late} late, {missed} missed and still open, {open} not yet due.",
    "{n} 个案例：{inTime} 个按时，{late} 个超时，{missed} 个错过且仍未处理，{open} 个尚未到期。",
  ],
  "in-time": ["in time", "按时"],
  late: ["late", "超时"],
  missed: ["missed", "错过"],
  open: ["open", "未处理"],
  due: ["Due", "到期"],
  state: ["Deadline", "期限"],
  verdict: ["First verdict", "首次裁决"],
  case: ["Case and stream", "案例与直播流"],
  noVerdict: ["none until", "截至此时无："],
  by: ["by", "操作人"],
  nobody: ["nobody named", "未署名"],
  evidence: ["Evidence", "证据"],
} as const satisfies Texts;

export const AUDITS = {
  title: ["Audits of the day", "当天的审计"],
  none: ["There is no chain entry for the day.", "当天没有链条目。"],
  number: ["Entry", "条目"],
  slot: ["Hour", "时刻"],
  lists: ["Disabled streams listed", "列出的禁推直播流"],
  drift: ["Drift", "偏差"],
  page: ["Page", "页面"],
  openPage: ["Show", "显示"],
  openTab: ["In a new tab", "在新标签页打开"],
  pageOf: ["Page of the audit of {time}", "{time} 的审计页面"],
  missed: ["no audit ran", "未运行审计"],
  rotation: ["the signing key was replaced", "签名密钥已更换"],
  byPerson: ["asked for by a person", "由人员请求"],
  incompleteList: ["incomplete", "不完整"],
  notLooked: ["not looked for", "未检查"],
  notShown: ["The page is not shown, because it is not as the chain states:", "该页面与链上的记载不符，因此不显示："],
  lacks: ["failed parts: {parts}", "失败的部分：{parts}"],
} as const satisfies Texts;

export const EXPORT = {
  title: ["Export for an auditor", "供审计员使用的导出"],
  about: [
    "A tar of the chain entries of these days, of every object that they name, and of the rotations of the signing key: byte for byte as stored. The objects name streams and accusations.",
    "一个 tar 文件，包含这些日期的链条目、其列出的每个对象以及签名密钥的更换记录，与存储内容逐字节一致。对象中含有直播流名称和指控内容。",
  ],
  from: ["First day (UTC)", "首日（UTC）"],
  to: ["Last day (UTC)", "末日（UTC）"],
  act: ["Make the export", "生成导出"],
  making: ["Copying the objects … for {n} s", "正在复制对象……已 {n} 秒"],
  made: ["1 object, {bytes} bytes|{n} objects, {bytes} bytes", "{n} 个对象，{bytes} 字节"],
  download: ["Download {name}", "下载 {name}"],
  again: [
    "The download works once, within a minute. For another one, make the export again.",
    "下载链接一分钟内有效，仅能使用一次。如需再次下载，请重新生成导出。",
  ],
  beside: [
    "Send this over another channel, not with the file: with it, the auditor can show that nothing was cut off.",
    "请通过另一渠道发送以下内容，不要与文件一起：审计员可据此证明没有内容被截去。",
  ],
  head: ["SHA-256 of the last entry", "最后一个条目的 SHA-256"],
  key: ["Signed by the key", "签名密钥"],
  entries: ["Chain entries", "链条目"],
  entriesText: [
    "{first} to {last}, and 1 key rotation outside them|{first} to {last}, and {n} key rotations outside them",
    "{first} 至 {last}，另有 {n} 次密钥更换",
  ],
  hours: ["Hours", "时段"],
  verify: ["To verify", "验证命令"],
  keyHint: [
    "KEY.pem is the public key, which the auditor got over another channel too.",
    "KEY.pem 为公钥，审计员也应通过另一渠道取得。",
  ],
} as const satisfies Texts;
