/** Texts that several pages need. */
import type { Texts } from "./say.ts";

export const COMMON = {
  console: ["offair console", "offair 控制台"],
  skip: ["Skip to the content", "跳到内容"],
  pages: ["Pages", "页面"],
  as: ["as {who}", "身份：{who}"],
  version: ["version {version}", "版本 {version}"],
  language: ["Language", "语言"],
  shortcuts: ["Single-key shortcuts", "单键快捷键"],
  shortcutsHelp: ["Keys", "按键"],
  openTab: ["Open another tab", "打开另一个标签页"],
  loading: ["Loading …", "正在加载……"],
  reload: ["Reload", "重新加载"],
  retry: ["Try again", "重试"],
  none: ["None.", "无。"],
  close: ["Close", "关闭"],
  cancel: ["Cancel", "取消"],
  back: ["Back", "返回"],
  search: ["Search", "搜索"],
  filter: ["Filter", "筛选"],
  select: ["Select", "选择"],
  selected: ["1 selected|{n} selected", "已选 {n} 项"],
  shown: ["1 of {all} shown|{n} of {all} shown", "显示 {all} 项中的 {n} 项"],
  selectAll: ["Select all that are shown", "全选所显示的"],
  selectNone: ["Select none", "全不选"],
  reason: ["Reason", "原因"],
  reasonHint: ["It is stored in the ledger and in the evidence.", "它会存入账本和证据。"],
  required: ["is required", "为必填项"],
  tooLong: ["at most {n} characters", "最多 {n} 个字符"],
  duration: ["For how long", "时长"],
  hours: ["1 hour|{n} hours", "{n} 小时"],
  days: ["1 day|{n} days", "{n} 天"],
  stream: ["Stream", "直播流"],
  domain: ["Ingest domain", "推流域名"],
  app: ["App", "应用"],
  name: ["Name", "名称"],
  address: ["Address", "地址"],
  since: ["Since", "开始时间"],
  until: ["Until", "截止时间"],
  unknown: ["unknown", "未知"],
  ago: ["{time} ago", "{time}前"],
  in: ["in {time}", "{time}后"],
  more: ["… and {n} more", "……另有 {n} 项"],
  ofDeployment: ["The deployment says:", "部署返回："],
} as const satisfies Texts;

/** Failures: what happened, and what to do. The message of the local server follows. */
export const FAILURES = {
  link: ["This link cannot be used any more.", "此链接已失效。"],
  linkNext: [
    "Press Enter in the terminal that runs offair console: it prints a new link.",
    "请在运行 offair console 的终端中按回车键，它会打印新的链接。",
  ],
  session: ["The session is over.", "会话已结束。"],
  sessionNext: [
    "Nobody used this page for {n} minutes. Press Enter in the terminal that runs offair console: it prints a new link.",
    "此页面已有 {n} 分钟无人使用。请在运行 offair console 的终端中按回车键，它会打印新的链接。",
  ],
  unsent: [
    "1 decision of this tab is not sent yet. Open the new link in this tab: it is sent then.|{n} decisions of this tab are not sent yet. Open the new link in this tab: they are sent then.",
    "此标签页还有 {n} 个决定尚未发送。请在此标签页中打开新链接，随后会发送。",
  ],
  credentials: [
    "AWS does not accept your credentials for this: they are missing, have expired, or lack the right. This page goes on when they work.",
    "AWS 不接受您的凭证：凭证缺失、已过期，或缺少权限。凭证有效后页面会继续。",
  ],
  unanswered: ["The deployment does not answer now.", "部署目前没有响应。"],
  maybeDone: [
    "It is not known whether the request was carried out. Look before you send it again.",
    "无法确定请求是否已执行。再次发送前请先查看。",
  ],
  invalid: ["The request is not valid.", "请求无效。"],
  failed: ["The request failed.", "请求失败。"],
  unreachable: [
    "The command offair console does not answer: is it still running?",
    "offair console 命令没有响应：它还在运行吗？",
  ],
  stale: ["Shown is what was read {time} ago.", "显示的是{time}前读取的内容。"],
} as const satisfies Texts;

export const ACTIONS = {
  pause: ["pause", "暂停"],
  disable: ["disable", "禁推"],
  enable: ["enable", "恢复推流"],
  reject: ["reject", "驳回"],
  approve: ["approve", "批准"],
} as const satisfies Texts;
