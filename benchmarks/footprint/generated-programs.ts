const PROPERTIES = 200;
const QUERIES = 200;

/** EDM types for the generated properties, used in turn, with the TypeScript type of each. */
const TYPES = [
  ['Double', 'number'],
  ['String', 'string'],
  ['Int64', 'bigint'],
  ['DateTime', 'Date'],
  ['Boolean', 'boolean'],
] as const;

const properties = Array.from({ length: PROPERTIES }, (_, index) => {
  const [edm, type] = TYPES[index % TYPES.length]!;
  return { name: `p${index}`, edm, type };
});
const named = (wanted: string): readonly string[] =>
  properties.filter(({ type }) => type === wanted).map(({ name }) => name);
const [numbers, texts] = [named('number'), named('string')];

/** Generates queries of a number and a text, each in the form that `write` returns. */
function queries(write: (number: string, text: string) => string): readonly string[] {
  return Array.from(
    { length: QUERIES },
    (_, index) =>
      `export const q${index} = ${write(numbers[index % numbers.length]!, texts[(7 * index) % texts.length]!)};`,
  );
}

const entity = [
  "import { Entity, PartitionKey, Property, RowKey, type Repository } from 'entitable';",
  "@Entity({ table: 'Large' })",
  'export class Large {',
  '  @PartitionKey() tenant!: PartitionKey;',
  '  @RowKey() id!: RowKey;',
  ...properties.map(({ name, edm, type }) => `  @Property({ type: '${edm}' }) ${name}!: ${type};`),
  '}',
  'export declare const entities: Repository<Large>;',
];

const overSdk = [
  "import { odata, type TableClient } from '@azure/data-tables';",
  'export class Large {',
  '  partitionKey!: string;',
  '  rowKey!: string;',
  ...properties.map(({ name, type }) => `  ${name}!: ${type};`),
  '}',
  'declare const table: TableClient;',
];

/** The programs to compile. Each is compared with those above it. */
export const PROGRAMS: Readonly<Record<string, string>> = {
  'an empty file': 'export {};',
  [`the SDK: ${PROPERTIES} properties, ${QUERIES} queries`]: [
    ...overSdk,
    ...queries(
      (number, text) =>
        `table.listEntities<Pick<Large, '${number}' | '${text}'>>({ queryOptions: { filter: odata\`PartitionKey eq \${'x'} and ${number} gt \${1} and ${text} ge \${'a'}\`, select: ['${number}', '${text}'] } })`,
    ),
  ].join('\n'),
  [`entitable: ${PROPERTIES} properties`]: entity.join('\n'),
  [`entitable: ${PROPERTIES} properties, ${QUERIES} queries`]: [
    ...entity,
    ...queries(
      (number, text) =>
        `entities.query({ tenant: 'x' }).where((e) => e.${number}.gt(1).and(e.${text}.startsWith('a'))).select('${number}', '${text}')`,
    ),
  ].join('\n'),
};
