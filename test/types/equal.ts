/** Whether two types are the same, not only assignable. */
export type Equal<A, B> = (<G>() => G extends A ? 1 : 2) extends <G>() => G extends B ? 1 : 2 ? true : false;

/** Compiles if, and only if, its parameter is `true`. */
export function assertType<_T extends true>(): void {
  // The assertion is the call's type.
}
