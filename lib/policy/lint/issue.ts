export interface PolicyIssue {
  readonly path: readonly (string | number)[];
  readonly message: string;
}
