export interface PolicyFault {
  readonly path: readonly (string | number)[];
  readonly message: string;
}
