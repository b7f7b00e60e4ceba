/** Milliseconds that a run may take to end after its last test. */
const GRACE = 10_000;

/**
 * Called by Mocha after the last test. If something keeps the process alive, the run reports it and fails in place of
 * hanging.
 */
export function mochaGlobalTeardown(): void {
  const alarm = setTimeout(() => {
    process.stderr.write(
      `Still open ${GRACE} ms after the last test: ${process.getActiveResourcesInfo().join(', ')}\n`,
    );
    process.exit(1);
  }, GRACE);
  alarm.unref(); // this timer must not keep the process alive
}
