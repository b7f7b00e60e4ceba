/** A number that is small in every run of the tests, and large where `ENTITABLE_STRESS=1` asks for the long form. */
export function stress(usual: number, long: number): number {
  return process.env['ENTITABLE_STRESS'] === '1' ? long : usual;
}
