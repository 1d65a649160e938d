/** Storage of operators' requests by their ids, so that a request is carried out once, however often it is sent. */

/** The first attempt of a request, and the attempt that carries it out now. */
export interface RequestRecord {
  readonly requestedBy: string;
  /** SHA-256 of the request without its id. */
  readonly sha256: string;
  /** When the first attempt began. */
  readonly startedAt: string;
  /** The attempt that carries the request out. */
  readonly holder: string;
  /** The time from which another attempt may take over. */
  readonly heldUntil: string;
}

export interface StoredRequest extends RequestRecord {
  readonly answer?: string;
  /** The request was answered, and the answer has expired since. */
  readonly isAnswerGone?: true;
}

export interface RequestStore {
  /** Stores the first attempt of a request. @returns the stored record, which is an earlier one if the id is used. */
  beginRequest(id: string, record: RequestRecord): Promise<StoredRequest>;
  /** Gives the request to another attempt. @returns false if `holder` does not have it any more, or if it is answered. */
  passRequest(id: string, holder: string, to: Pick<RequestRecord, "holder" | "heldUntil">): Promise<boolean>;
  /** Stores the answer. @returns false, without storing it, if another attempt has taken over. */
  answerRequest(id: string, attempt: Pick<RequestRecord, "holder" | "startedAt">, answer: string): Promise<boolean>;
}
