/** Is `true` if two types are identical, not only assignable to each other. */
export type Equal<A, B> = (<G>() => G extends A ? 1 : 2) extends <G>() => G extends B ? 1 : 2 ? true : false;

/** Compiles only if its type parameter is `true`. */
export function assertType<_T extends true>(): void {
  // The type argument of the call is the assertion.
}
