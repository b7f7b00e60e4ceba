import { openAzure } from '../../../src/stores/azure/open-azure.js';
import { startAzurite } from '../../azurite/azurite.js';
import { conformance, type Deviations } from '../../../src/testing/conformance/conformance.js';

const UNCHECKED = 'the emulator accepts it';

/**
 * Conformance rules that the emulator violates. Requests that it wrongly accepts are rejected by the library before
 * they are sent.
 */
const AZURITE: Deviations = {
  'table names are case-insensitive if the store declares it':
    'rows are only found under the case the table was created with',
  'tables are listed in the order of their lower-case names': 'it orders the names case-sensitively',
  'a table name with a forbidden character or a leading digit fails with InvalidResourceName': 'the error has no code',
  'a table name shorter than 3 characters fails with OutOfRangeInput': 'the error has no code',
  'a key may be ,': 'a key with a comma is not found within a transaction',
  'an entity with properties named like members of Object is read back exactly':
    'it loses properties whose names plain objects inherit',
  'a property named __proto__ is an ordinary property': 'it loses the property',
  'a negative zero stays negative': 'it is stored as 0.0',
  'an entity has at most 252 properties': UNCHECKED,
  'a merged entity has at most 252 properties': UNCHECKED,
  'a property name has at most 255 characters': UNCHECKED,
  'a property cannot be named "a-b"': UNCHECKED,
  'a property cannot be named "1a"': UNCHECKED,
  'a property cannot be named "a b"': UNCHECKED,
  'a property cannot be named "a\\u0001"': UNCHECKED,
  'a String of 64 KiB may contain any characters': 'it corrupts text that is not ASCII in bodies over 64 KiB',
  'an entity has at most 1 MiB': UNCHECKED,
  'a merged entity has at most 1 MiB': UNCHECKED,
  'DateTime 1600-12-31T23:59:59.9999999Z is refused because it is earlier than the first DateTime': UNCHECKED,
  'DateTime 1500-01-01T00:00:00Z is refused because it is earlier than the first DateTime': UNCHECKED,
  'Int32 2147483648 is refused': UNCHECKED,
  'Int32 -2147483649 is refused': UNCHECKED,
  'Int64 9223372036854775808 is refused': UNCHECKED,
  'Guid c9da6455 is refused': UNCHECKED,
  'a merge with a malformed ETag fails with InvalidInput': 'the code is InvalidOperation',
  "a merge with the row's ETag in strong form fails with InvalidInput": 'the code is InvalidOperation',
  "a merge with the row's ETag without quotes fails with InvalidInput": 'the code is InvalidOperation',
  'a merge with two ETags fails with InvalidInput': 'the code is InvalidOperation',
  'all writes of a transaction must be in one partition': UNCHECKED,
  'an invalid entity undoes the whole transaction, and the error has its index': UNCHECKED,
  'filter: t eq a moment compares at 100 ns': 'it compares milliseconds',
  'filter: t gt a moment compares at 100 ns': 'it compares milliseconds',
  'filter: x gt a Binary compares in byte order': 'it finds nothing',
  'filter: a String does not match a DateTime': 'it compares the texts',
  'a filter that compares PartitionKey with a number fails with InvalidInput': 'it finds nothing',
  'a filter that compares RowKey with a number fails with InvalidInput': 'it finds nothing',
  'a filter that compares Timestamp with a number fails with InvalidInput': 'it finds nothing',
  'a filter has at most 15 comparisons': UNCHECKED,
  'a page size of 0 or less is refused': UNCHECKED,
  'a page size above 1000 is refused': UNCHECKED,
};

conformance('Azurite', async () => openAzure((await startAzurite()).connectionString), AZURITE);
