/** Returns the first number in ordinary test runs, and the second, larger one if `ENTITABLE_STRESS=1` is set. */
export function stress(usual: number, long: number): number {
  return process.env['ENTITABLE_STRESS'] === '1' ? long : usual;
}
