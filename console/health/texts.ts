/** Texts of checks, mode and dead letters. */
import type { Texts } from "../i18n/say.ts";

export const HEALTH = {
  checks: ["Checks", "检查"],
  checking: [
    "Checking: Live, the keys, the queues, the audit … for {n} s",
    "正在检查：Live、密钥、队列、审计……已 {n} 秒",
  ],
  again: ["Check again", "重新检查"],
  checkedAt: ["Checked", "检查时间"],
  failed: ["Failed", "失败"],
  warning: ["Warnings", "警告"],
  ok: ["In order", "正常"],
  other: ["Other", "其他"],
  allOk: ["Every check is in order.", "所有检查均正常。"],
  summary: ["{n} checks: {failed} failed, {warnings} with a warning", "{n} 项检查：{failed} 项失败，{warnings} 项警告"],
  here: ["From this machine", "本机"],
  versionSame: ["The console and the deployment have the same version:", "控制台与部署的版本相同："],
  versionOther: ["The versions differ. The console:", "版本不同。控制台："],
  versionThere: ["the deployment:", "部署："],
  versionRemedy: [
    "Install the command of the deployment's commit: what only one of them knows is refused.",
    "请安装与部署提交一致的命令：只有一方认识的请求会被拒绝。",
  ],
  versionUnknown: ["The deployment does not state its version.", "部署未说明其版本。"],
  clockOk: ["This machine's clock is correct to within a minute.", "本机时钟误差在一分钟以内。"],
  clockAhead: ["This machine's clock is {time} ahead.", "本机时钟快了 {time}。"],
  clockBehind: ["This machine's clock is {time} behind.", "本机时钟慢了 {time}。"],
  clockUnknown: ["The gateway's answer has no date to compare with.", "网关的响应没有可比对的日期。"],
  clockRemedy: [
    "Set the clock: AWS rejects signatures that are five minutes off.",
    "请校准时钟：偏差五分钟的签名会被 AWS 拒绝。",
  ],
  alarms: ["Alarms", "告警"],
  alarmsWhere: [
    "The alarms themselves are CloudWatch's, in AWS. This console cannot see them, because it uses the operator's route only. The checks above look at the same queues, runs and subscribers. To see the alarms, with your own rights in AWS:",
    "告警本身属于 AWS 的 CloudWatch。本控制台只使用操作员路由，看不到它们。上面的检查查看的是相同的队列、运行和订阅者。若要查看告警，请使用您自己的 AWS 权限：",
  ],
  alarmsStage: [
    "STAGE is the stage of the deployment. docs/errors.md says what to do about each alarm.",
    "STAGE 为部署的阶段。docs/errors.md 说明如何处理每个告警。",
  ],
} as const satisfies Texts;

export const MODE = {
  title: ["Mode", "模式"],
  observe: ["observe: decisions are recorded, and none is carried out", "observe：只记录决定，不执行"],
  enforce: ["enforce: decisions are carried out", "enforce：执行决定"],
  frozen: ["1 source is frozen|{n} sources are frozen", "{n} 个来源已冻结"],
  change: ["Change to {mode} …", "改为 {mode}……"],
  title2: ["Change the mode to {mode}", "将模式改为 {mode}"],
  askEnforce: [
    "From now on, shall rules pause and disable streams by themselves, without a person?",
    "从现在起，是否允许规则在没有人工参与的情况下自行暂停和禁推直播流？",
  ],
  askObserve: [
    "From now on, shall rules no longer pause or disable anything? Decisions are still recorded, and operators' orders are still carried out. What is off the air stays off.",
    "从现在起，是否不再让规则暂停或禁推任何直播流？决定仍会记录，操作员的指令仍会执行。已下线的保持下线。",
  ],
  yesEnforce: ["Yes, rules shall act", "是，允许规则行动"],
  yesObserve: ["Yes, no rule shall act", "是，不让规则行动"],
  act: ["Change the mode", "更改模式"],
  changed: ["The mode is {mode}.", "模式为 {mode}。"],
} as const satisfies Texts;

export const REDRIVE = {
  title: ["Dead letters", "死信"],
  about: [
    "Messages that could not be worked on rest apart from their queue, until a person sends them back. Repair the cause first.",
    "无法处理的消息会单独存放，直到有人将其送回队列。请先排除原因。",
  ],
  open: ["Dead letters of the queue {queue} …", "队列 {queue} 的死信……"],
  of: ["Dead letters of the queue {queue}", "队列 {queue} 的死信"],
  none: ["There are none.", "没有死信。"],
  found: ["1 dead letter:|{n} dead letters:", "{n} 条死信："],
  more: ["More remain than one answer can name.", "数量超出单次响应的容量。"],
  asks: [
    "They go back with their original times. A report that is too old by then is held for review and causes no action. An operator's pause of that age, and an order past its time of precedence, are refused.",
    "它们会以原有的时间送回。届时过旧的举报会被保留待审核，不触发处置；过旧的操作员暂停以及超过优先时限的指令会被拒绝。",
  ],
  repaired: ["What was repaired?", "排除了什么原因？"],
  act: ["Send 1 dead letter back|Send {n} dead letters back", "送回 {n} 条死信"],
  done: ["Sent back: 1 dead letter.|Sent back: {n} dead letters.", "已送回：{n} 条死信。"],
  remain: ["More remain: do it again.", "仍有剩余：请再次执行。"],
} as const satisfies Texts;
