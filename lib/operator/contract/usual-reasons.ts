/** The reasons that are offered for a verdict, by number. They are stored in the ledger, and are in English there for every reader. */
export const USUAL_REASONS: Readonly<Record<"approve" | "reject", readonly string[]>> = {
  approve: ["seen on the stream", "seen in the evidence", "other reports agree"],
  reject: [
    "false positive: not what was reported",
    "context: allowed here, such as news, art or a game",
    "policy: not against the rules",
    "cannot be judged: no evidence, and not live",
  ],
};
