/** How long a run may take to end after its last test. */
const GRACE = 10_000;

/** Mocha calls it after the last test. What then keeps the process alive is told, and the run fails instead of never ending. */
export function mochaGlobalTeardown(): void {
  const alarm = setTimeout(() => {
    process.stderr.write(
      `Still open ${GRACE} ms after the last test: ${process.getActiveResourcesInfo().join(', ')}\n`,
    );
    process.exit(1);
  }, GRACE);
  alarm.unref(); // it keeps nothing alive itself
}
