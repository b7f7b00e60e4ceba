/** One thing that a schema finds wrong. */
export interface StandardIssue {
  /** In words; kept out of errors, since it may quote the value. */
  readonly message: string;
  /** The way to the property. */
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** What a schema says of a value. */
export type StandardResult = { readonly issues?: undefined } | { readonly issues: readonly StandardIssue[] };

/** What is used of a schema of Standard Schema: zod, valibot, arktype and others make such. */
export interface StandardSchema {
  /** The entry point that Standard Schema prescribes. */
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => StandardResult | Promise<StandardResult>;
  };
}
