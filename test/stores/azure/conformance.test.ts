import { openAzure } from '../../../src/stores/azure/open-azure.js';
import { startAzurite } from '../../azurite/azurite.js';
import { conformance, type Deviations } from '../../../src/testing/conformance/conformance.js';

const UNCHECKED = 'the emulator takes it';

/** Where the emulator is not the service; what it lets through the library refuses before it is sent. */
const AZURITE: Deviations = {
  'table names ignore case, where the store says so': 'rows are only found under the case the table was created with',
  'tables are listed by their lower-case names': 'it lists by the names as they are',
  'a table name with another character, or a digit first, is InvalidResourceName': 'the refusal has no code',
  'a table name of less than 3 characters is OutOfRangeInput': 'the refusal has no code',
  'a key may be ,': 'a key with a comma is not found within a transaction',
  'names that objects have of their own comes back exactly': 'it loses properties whose names plain objects inherit',
  'a property named __proto__ is an ordinary one': 'it loses the property',
  'a negative zero stays negative': 'it is stored as 0.0',
  'an entity has at most 252 properties': UNCHECKED,
  'an entity has at most 252 properties after a merge, too': UNCHECKED,
  'a property name has at most 255 characters': UNCHECKED,
  'a property cannot be named "a-b"': UNCHECKED,
  'a property cannot be named "1a"': UNCHECKED,
  'a property cannot be named "a b"': UNCHECKED,
  'a property cannot be named "a\\u0001"': UNCHECKED,
  'a String of 64 KiB may be of any characters': 'it corrupts text that is not ASCII in bodies over 64 KiB',
  'an entity has at most 1 MiB': UNCHECKED,
  'an entity has at most 1 MiB after a merge, too': UNCHECKED,
  'DateTime 1600-12-31T23:59:59.9999999Z is before the first and refused': UNCHECKED,
  'DateTime 1500-01-01T00:00:00Z is before the first and refused': UNCHECKED,
  'Int32 2147483648 is refused': UNCHECKED,
  'Int32 -2147483649 is refused': UNCHECKED,
  'Int64 9223372036854775808 is refused': UNCHECKED,
  'Guid c9da6455 is refused': UNCHECKED,
  'a merge under a malformed ETag is InvalidInput': 'the code is InvalidOperation',
  'a merge under its ETag as a strong one is InvalidInput': 'the code is InvalidOperation',
  'a merge under its ETag without quotes is InvalidInput': 'the code is InvalidOperation',
  'a merge under two ETags is InvalidInput': 'the code is InvalidOperation',
  'a transaction stays in one partition': UNCHECKED,
  'an invalid entity undoes the whole transaction and says its index': UNCHECKED,
  'filter: t eq a moment, at 100 ns': 'it compares milliseconds',
  'filter: t gt a moment, at 100 ns': 'it compares milliseconds',
  'filter: x gt a Binary, in byte order': 'it finds nothing',
  'filter: a String does not match a DateTime': 'it compares the texts',
  'PartitionKey compared with a number is InvalidInput': 'it finds nothing',
  'RowKey compared with a number is InvalidInput': 'it finds nothing',
  'Timestamp compared with a number is InvalidInput': 'it finds nothing',
  'a filter has at most 15 comparisons': UNCHECKED,
  'a page size of 0 or less is refused': UNCHECKED,
  'a page size above 1000 is refused': UNCHECKED,
};

conformance('Azurite', async () => openAzure((await startAzurite()).connectionString), AZURITE);
