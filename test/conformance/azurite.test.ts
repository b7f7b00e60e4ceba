import { openAzure } from '../../src/stores/azure/open-azure.js';
import { startAzurite } from '../azurite/azurite.js';
import { conformance } from './conformance.js';

const NOT_CHECKED = 'Azurite does not check this';
const OBJECT_NAMES = 'Azurite drops properties whose names objects have of their own';
const MILLISECONDS = 'Azurite compares DateTimes by the millisecond';
const NO_CODE = 'Azurite answers 400 without the code';

conformance('Azurite', async () => openAzure((await startAzurite()).connectionString), {
  'table names ignore case, where the store says so': 'Azurite tells them apart in requests for entities',
  'tables are listed by their lower-case names': 'Azurite lists them by their names as given',
  'a table name with another character, or a digit first, is InvalidResourceName': NO_CODE,
  'a table name of less than 3 characters is OutOfRangeInput': NO_CODE,
  'a key may be ,': 'Azurite does not find such a key in a transaction',
  'names that objects have of their own comes back exactly': OBJECT_NAMES,
  'a property named __proto__ is an ordinary one': OBJECT_NAMES,
  'a negative zero stays negative': 'Azurite stores 0.0',
  'an entity has at most 252 properties': NOT_CHECKED,
  'an entity has at most 252 properties after a merge, too': NOT_CHECKED,
  'a property name has at most 255 characters': NOT_CHECKED,
  'a property cannot be named "a-b"': NOT_CHECKED,
  'a property cannot be named "1a"': NOT_CHECKED,
  'a property cannot be named "a b"': NOT_CHECKED,
  'a property cannot be named "a\\u0001"': NOT_CHECKED,
  'a String of 64 KiB may be of any characters':
    'Azurite corrupts text that is not ASCII in bodies of more than 64 KiB',
  'an entity has at most 1 MiB': NOT_CHECKED,
  'an entity has at most 1 MiB after a merge, too': NOT_CHECKED,
  'DateTime 1600-12-31T23:59:59.9999999Z is before the first and refused': NOT_CHECKED,
  'DateTime 1500-01-01T00:00:00Z is before the first and refused': NOT_CHECKED,
  'Int32 2147483648 is refused': NOT_CHECKED,
  'Int32 -2147483649 is refused': NOT_CHECKED,
  'Int64 9223372036854775808 is refused': NOT_CHECKED,
  'Guid c9da6455 is refused': NOT_CHECKED,
  'a merge under a malformed ETag is InvalidInput': 'Azurite answers InvalidOperation',
  'a transaction stays in one partition': NOT_CHECKED,
  'an invalid entity undoes the whole transaction and says its index': NOT_CHECKED,
  'filter: t eq a moment, at 100 ns': MILLISECONDS,
  'filter: t gt a moment, at 100 ns': MILLISECONDS,
  'filter: x gt a Binary, in byte order': 'Azurite compares the base64 text',
  'filter: a String does not match a DateTime': 'Azurite compares the text',
  'PartitionKey compared with a number is InvalidInput': NOT_CHECKED,
  'RowKey compared with a number is InvalidInput': NOT_CHECKED,
  'Timestamp compared with a number is InvalidInput': NOT_CHECKED,
  'a filter has at most 15 comparisons': NOT_CHECKED,
  'a page size of 0 or less is refused': NOT_CHECKED,
  'a page size above 1000 is refused': NOT_CHECKED,
  'a signal that is aborted stops the administration of tables, with its reason as the cause':
    'the Azure store answers store.outcome-unknown, although nothing was sent',
});
