/** The words that offair puts into the placeholders of templates, in English and in Simplified Chinese. */
import type { StatementLanguage } from "../policy/statement-schema.ts";
import type { Category } from "../reports/claim.ts";
import type { Action, Decider } from "./action.ts";
import type { EuStatement } from "./eu/eu-statement.ts";

type Words<K extends string> = Readonly<Record<K, Readonly<Record<StatementLanguage, string>>>>;

const ACTION_WORDS: Words<"pause" | "disable" | "renew"> = {
  pause: { en: "the live stream was interrupted", zh: "直播已被中断" },
  disable: {
    en: "the live stream was interrupted and may not be pushed until the end date",
    zh: "直播已被中断，在截止时间之前不得推流",
  },
  renew: {
    en: "the time in which the live stream may not be pushed was prolonged until the end date",
    zh: "禁止推流的期限已延长至截止时间",
  },
};

/** A disable that prolongs an earlier one interrupts nothing. */
export const actionWords = ({ action, isRenewal }: Action): Readonly<Record<StatementLanguage, string>> =>
  ACTION_WORDS[isRenewal ? "renew" : action];

export const CATEGORY_WORDS: Words<Category> = {
  csam: { en: "child sexual abuse material", zh: "儿童性虐待内容" },
  terrorism: { en: "terrorist content", zh: "恐怖主义内容" },
  "self-harm": { en: "self-harm or suicide", zh: "自残或自杀" },
  violence: { en: "violence", zh: "暴力" },
  weapons: { en: "weapons", zh: "武器" },
  nudity: { en: "nudity or sexual content", zh: "裸露或色情内容" },
  hate: { en: "incitement to hatred", zh: "煽动仇恨" },
  harassment: { en: "harassment", zh: "骚扰" },
  fraud: { en: "fraud", zh: "欺诈" },
  ip: { en: "infringement of intellectual property", zh: "侵犯知识产权" },
  spam: { en: "spam", zh: "垃圾信息" },
  other: { en: "another violation", zh: "其他违规" },
};

export const SOURCE_WORDS: Words<EuStatement["source_type"]> = {
  SOURCE_ARTICLE_16: {
    en: "a notice submitted in accordance with Article 16 of the Digital Services Act",
    zh: "根据《数字服务法》第16条提交的通知",
  },
  SOURCE_TRUSTED_FLAGGER: { en: "a notice submitted by a trusted flagger", zh: "可信举报者提交的通知" },
  SOURCE_TYPE_OTHER_NOTIFICATION: { en: "another type of notification", zh: "其他类型的通知" },
  SOURCE_VOLUNTARY: { en: "an investigation on the platform's own initiative", zh: "平台主动开展的审查" },
};

export const DETECTION_WORDS: Words<EuStatement["automated_detection"]> = {
  Yes: { en: "The content was detected by automated means.", zh: "内容由自动化手段识别。" },
  No: { en: "The content was not detected by automated means.", zh: "内容并非由自动化手段识别。" },
};

export const DECISION_WORDS: Words<Decider> = {
  rule: { en: "The decision was taken by automated means.", zh: "该决定由自动化手段作出。" },
  "rule-and-person": {
    en: "The decision was taken by automated means and by a person.",
    zh: "该决定由自动化手段和人工共同作出。",
  },
  person: { en: "The decision was taken by a person.", zh: "该决定由人工作出。" },
};

type Restriction =
  | NonNullable<EuStatement["decision_visibility"]>[number]
  | NonNullable<EuStatement["decision_provision"]>
  | NonNullable<EuStatement["decision_account"]>;

export const RESTRICTION_WORDS: Words<Restriction> = {
  DECISION_VISIBILITY_CONTENT_REMOVED: { en: "removal of the content", zh: "移除内容" },
  DECISION_VISIBILITY_CONTENT_DISABLED: { en: "disabling of access to the content", zh: "禁止访问内容" },
  DECISION_VISIBILITY_CONTENT_DEMOTED: { en: "demotion of the content", zh: "降低内容的推荐排序" },
  DECISION_VISIBILITY_CONTENT_AGE_RESTRICTED: { en: "age restriction of the content", zh: "对内容设置年龄限制" },
  DECISION_VISIBILITY_CONTENT_INTERACTION_RESTRICTED: {
    en: "restriction of interaction with the content",
    zh: "限制与内容的互动",
  },
  DECISION_VISIBILITY_CONTENT_LABELLED: { en: "labelling of the content", zh: "为内容添加标签" },
  DECISION_VISIBILITY_OTHER: { en: "another restriction of visibility", zh: "其他可见性限制" },
  DECISION_PROVISION_PARTIAL_SUSPENSION: { en: "partial suspension of the service", zh: "部分中止提供服务" },
  DECISION_PROVISION_TOTAL_SUSPENSION: { en: "total suspension of the service", zh: "全部中止提供服务" },
  DECISION_PROVISION_PARTIAL_TERMINATION: { en: "partial termination of the service", zh: "部分终止提供服务" },
  DECISION_PROVISION_TOTAL_TERMINATION: { en: "total termination of the service", zh: "全部终止提供服务" },
  DECISION_ACCOUNT_SUSPENDED: { en: "suspension of the account", zh: "暂停账户" },
  DECISION_ACCOUNT_TERMINATED: { en: "termination of the account", zh: "终止账户" },
};

/** The end of a pause: the broadcaster may push again at once. */
export const AT_ONCE: Readonly<Record<StatementLanguage, string>> = {
  en: "the end of this transmission",
  zh: "本次推流结束",
};

export const LIST_SEPARATOR: Readonly<Record<StatementLanguage, string>> = { en: ", ", zh: "、" };

/** The facts, unless the policy has a text of its own. */
export const DEFAULT_FACTS: Readonly<Record<StatementLanguage, string>> = {
  en: "On {date}, {action}. Reason: {category}. Source: {source}. {detection} {decision}",
  zh: "{date}，{action}。原因：{category}。来源：{source}。{detection}{decision}",
};
