import { EntitableError } from '../errors/entitable-error.js';

const TARGETS: readonly string[] = Object.freeze([
  "'memory:'",
  "'sqlite:PATH'",
  "'lmdb:PATH'",
  "'UseDevelopmentStorage=true'",
  'a connection string of Azure Storage or Cosmos DB',
  '{ endpoint, credential }: an http or https URL, and a named key, a shared access signature or a token credential',
  "{ endpoint, identity: 'default' }",
  '{ serviceClient }',
  '{ tableClient }',
  'a TableStore',
]);

/**
 * Creates the error for a target that cannot be opened.
 *
 * @param problem The fault and its remedy, in complete sentences that do not quote the target, because it may contain a
 * secret.
 */
export function unknownTarget(problem: string): EntitableError<'store.unknown-target'> {
  return new EntitableError(
    'store.unknown-target',
    `This is no target of a data source. ${problem} What was given is not shown, because it may hold a key. ` +
      `A target is one of: ${TARGETS.join('; ')}.`,
    { problem, expected: TARGETS },
  );
}
