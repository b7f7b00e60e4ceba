import { mapConcurrently } from '../../async/map-concurrently.js';
import { notify } from '../../async/notify.js';
import { checkCount } from '../../options/check-option.js';
import { checkFunction } from '../../options/operation-options.js';
import { IndexComparison } from './index-comparison.js';
import type { IndexFinding, VerifyIndexesOptions, VerifyIndexesReport } from './index-options.js';
import type { IndexedClass } from './indexed-class.js';

const SAMPLE = 20;

/** Compares the entities of a class with the entries of its indexes, and counts the differences. */
export async function verifyIndexes(
  indexed: IndexedClass,
  { sample = SAMPLE, onProgress, signal, timeout }: VerifyIndexesOptions,
): Promise<VerifyIndexesReport> {
  checkCount('sample', sample, 0);
  if (onProgress !== undefined) checkFunction('onProgress', onProgress);
  const counts = { missing: 0, stale: 0, refused: 0 };
  const findings: IndexFinding[] = [];
  const find = (finding: IndexFinding): void => {
    counts[finding.kind]++;
    if (findings.length < sample) findings.push(Object.freeze(finding));
  };
  const begin = performance.now();
  const comparison = new IndexComparison(indexed, { signal, timeout }, () => {
    if (onProgress === undefined) return;
    const { entities, entries } = comparison;
    const seconds = (performance.now() - begin) / 1000;
    const ratePerSecond = seconds > 0 ? Math.round((entities + entries) / seconds) : 0;
    notify(onProgress, { entities, entries, missing: counts.missing, stale: counts.stale, ratePerSecond });
  });

  for await (const { partitionKey, rowKey, refusals } of comparison.readEntities()) {
    for (const { index, error } of refusals) {
      find({ kind: 'refused', index, partitionKey, rowKey, error });
    }
  }
  for await (const entries of comparison.staleEntries()) {
    const stored = await mapConcurrently(entries, 16, (entry) => comparison.isStored(entry), signal);
    for (const [at, { maker, entity, partitionKey }] of entries.entries()) {
      if (stored[at] === true) find({ kind: 'stale', index: maker.index.name, ...(entity ?? { partitionKey }) });
    }
  }
  for await (const gaps of comparison.gaps()) {
    for (const { problem, maker, entity } of gaps) {
      const { partitionKey, rowKey } = entity;
      find({ kind: problem, index: maker.index.name, partitionKey, rowKey });
    }
  }
  const { entities, entries } = comparison;
  return Object.freeze({ entities, entries, ...counts, sample: Object.freeze(findings) });
}
