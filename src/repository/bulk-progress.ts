import { notify } from '../async/notify.js';
import type { BulkProgress, Items } from './bulk-options.js';

/** Tells a listener how far a bulk write of some items is. */
export function progressReport(
  items: Items<unknown>,
  listener: ((progress: BulkProgress) => unknown) | undefined,
): (done: number, failed: number) => void {
  if (listener === undefined) return () => undefined;
  const begin = performance.now();
  const total = sizeOf(items);
  return (done, failed) => {
    const seconds = (performance.now() - begin) / 1000;
    notify(listener, {
      done,
      failed,
      ...(total !== undefined && { total }),
      ratePerSecond: seconds > 0 ? Math.round(done / seconds) : 0,
    });
  };
}

function sizeOf(items: Items<unknown>): number | undefined {
  if (Array.isArray(items)) return items.length;
  return items instanceof Set || items instanceof Map ? items.size : undefined;
}
