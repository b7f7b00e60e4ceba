/** One issue that a schema reports. */
export interface StandardIssue {
  /** A description of the issue. It may quote the value, so errors do not include it. */
  readonly message: string;
  /** The path of the property. */
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** The result of validating a value. */
export type StandardResult = { readonly issues?: undefined } | { readonly issues: readonly StandardIssue[] };

/** The part of Standard Schema that this package uses. Schemas of zod, valibot, arktype and others implement it. */
export interface StandardSchema {
  /** The property that Standard Schema specifies. */
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => StandardResult | Promise<StandardResult>;
  };
}
