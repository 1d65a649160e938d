/** Texts of the list of live streams. */
import type { Texts } from "../i18n/say.ts";

export const LIVE = {
  delay: [
    "Live lists a new push after two to four minutes. The list is read again every minute; what is selected stays selected.",
    "Live 在推流开始两到四分钟后才会列出该流。列表每分钟重新读取一次；已选的直播流保持选中。",
  ],
  readAt: ["Read {time} ago.", "{time}前读取。"],
  none: ["No stream is live, as far as Live lists it.", "Live 的列表中没有正在直播的流。"],
  noneShown: ["No live stream matches the filter.", "没有符合筛选条件的直播流。"],
  truncated: [
    "The list is longer than one answer can hold: the newest are shown. To reach the others, plan by a selector.",
    "列表超出单次响应的容量：仅显示最新的部分。若要涉及其余部分，请按条件生成计划。",
  ],
  unreadable: [
    "1 row of Live's list cannot be read: this stream may be live too, and is not shown.|{n} rows of Live's list cannot be read: these streams may be live too, and are not shown.",
    "Live 的列表中有 {n} 行无法读取：这些流也可能正在直播，但未显示。",
  ],
  search: ["Search name, app, domain, address", "搜索名称、应用、域名、地址"],
  nameHint: ["* any text, ? one character: {example}", "* 表示任意文本，? 表示一个字符：{example}"],
  addressHint: ["an address, or its beginning", "地址或其开头部分"],
  any: ["all", "全部"],
  whenever: ["whenever", "不限"],
  lastMinutes: ["in the last 1 minute|in the last {n} minutes", "最近 {n} 分钟内"],
  lastHours: ["in the last hour|in the last {n} hours", "最近 {n} 小时内"],
  onlySelected: ["Only what is selected", "仅显示已选"],
  sort: ["Sort", "排序"],
  newest: ["newest first", "最新在前"],
  oldest: ["oldest first", "最早在前"],
  byName: ["by name", "按名称"],
  byAddress: ["by address", "按地址"],
  clear: ["Clear the filter", "清除筛选"],
  keys: [
    "Space or a click selects a row; with {key}, all from the last one on.",
    "按空格键或单击可选中一行；按住 {key} 可选中从上次所选到此处的全部行。",
  ],
  gone: [
    "1 selected stream is not listed any more: it stays selected.|{n} selected streams are not listed any more: they stay selected.",
    "{n} 路已选的直播流不再列出：仍保持选中。",
  ],
  tooMany: ["A plan has at most {n} streams: select fewer.", "一个计划最多 {n} 路直播流：请减少选择。"],
  planSelected: ["Plan for 1 stream …|Plan for {n} streams …", "为 {n} 路直播流生成计划……"],
  planFilter: ["Plan by this filter …", "按此筛选条件生成计划……"],
  planFilterWhy: [
    "To plan by the filter, choose one domain, no search, and a whole address or none: a selector has no others.",
    "按筛选条件生成计划需选择一个域名，不使用搜索，地址须完整或留空：条件不支持其他形式。",
  ],
  titleSelected: ["Plan for 1 stream|Plan for {n} streams", "为 {n} 路直播流生成计划"],
  titleSelector: ["Plan by a selector", "按条件生成计划"],
  selectorSays: [
    "The plan gets the streams that match when it is made, not only those that are shown:",
    "计划包含生成时符合条件的直播流，而不仅是当前显示的：",
  ],
  exactly: [
    "The plan gets exactly these streams. Nothing is changed until it is applied.",
    "计划只包含这些直播流。应用之前不会更改任何内容。",
  ],
  nothingYet: ["Nothing is changed until the plan is applied.", "计划应用之前不会更改任何内容。"],
  wanted: ["What to do", "操作"],
  pause: [
    "Pause: cuts the push once; the broadcaster may push again at once",
    "暂停：切断一次推流；主播可立即重新推流",
  ],
  disable: ["Disable: no push until the end", "禁推：到期前不能推流"],
  protected: [
    "Include 1 protected stream. A second person then has to approve the plan.|Include {n} protected streams. A second person then has to approve the plan.",
    "包含 {n} 路受保护的直播流。此时须由另一人批准该计划。",
  ],
  protectedAny: [
    "Include protected streams. A second person then has to approve the plan.",
    "包含受保护的直播流。此时须由另一人批准该计划。",
  ],
  undocumented: [
    "Include 1 name with characters that Live does not document (it documents digits, letters, - _ * /).|Include {n} names with characters that Live does not document (it documents digits, letters, - _ * /).",
    "包含 {n} 个含有 Live 文档未列出字符的名称（文档列出的字符：数字、字母、- _ * /）。",
  ],
  makePlan: ["Make the plan", "生成计划"],
  refused: ["Refused: no plan was made.", "已拒绝：未生成计划。"],
} as const satisfies Texts;

/** Why a plan leaves a stream out. */
export const LEFT_OUT = {
  "protected-stream": ["protected", "受保护"],
  "out-of-scope": ["outside the domains and apps of the policy", "不在策略的域名和应用范围内"],
  "already-off": ["disabled already", "已被禁推"],
  "already-on": ["not disabled", "未被禁推"],
  "wanted-by-another-order": [
    "stays disabled, because another order wants it disabled",
    "保持禁推，因为另有指令要求禁推",
  ],
  "undocumented-name": ["its name has characters that Live does not document", "名称含有 Live 文档未列出的字符"],
  "unusable-name": ["the API of Live does not accept its name", "Live 的接口不接受其名称"],
  "not-returned-by-live": ["Live did not return the field that the selector uses", "Live 未返回条件所用的字段"],
} as const satisfies Texts;
