import { expect } from 'chai';
import { etagOf, instantOfEtag, parseDateTime } from '../../src/edm/date-time.js';
import { rule, type Rule } from './rule.js';
import { refusal } from './table-fixture.js';

const notFound = { code: 'store.not-found', status: 404, serviceCode: 'ResourceNotFound' };
const preconditionFailed = {
  code: 'store.precondition-failed',
  status: 412,
  serviceCode: 'UpdateConditionNotSatisfied',
};
const conditional = ['merge', 'replace', 'delete'] as const;
const upserts = ['upsert-merge', 'upsert-replace'] as const;

export const writeRules: readonly Rule[] = [
  rule('doc', 'an insert of a row that exists is EntityAlreadyExists and changes nothing', async (t) => {
    await t.write('insert', 'p', 'r', { i: 'Int32 1' });
    expect(await refusal(t.write('insert', 'p', 'r', { i: 'Int32 2' }))).to.deep.include({
      code: 'store.already-exists',
      status: 409,
      serviceCode: 'EntityAlreadyExists',
    });
    expect(await t.get('p', 'r')).to.deep.equal({ i: 'Int32 1' });
  }),
  ...conditional.map((mode) =>
    rule('doc', `a ${mode} of a missing row is ResourceNotFound`, async (t) => {
      expect(await refusal(t.write(mode, 'p', 'r'))).to.deep.include(notFound);
      expect(await refusal(t.write(mode, 'p', 'r', {}, { ifMatch: etagOf(0, 0) }))).to.deep.include(notFound);
    }),
  ),
  ...conditional.map((mode) =>
    rule('doc', `a ${mode} under an ETag wants that ETag`, async (t) => {
      const { etag } = await t.write('insert', 'p', 'r', { i: 'Int32 1' });
      const { etag: newer } = await t.write('merge', 'p', 'r', { i: 'Int32 2' });
      expect(await refusal(t.write(mode, 'p', 'r', { i: 'Int32 3' }, { ifMatch: etag! }))).to.deep.include(
        preconditionFailed,
      );
      expect(await t.get('p', 'r')).to.deep.equal({ i: 'Int32 2' });
      await t.write(mode, 'p', 'r', { i: 'Int32 3' }, { ifMatch: newer! });
      expect(await t.get('p', 'r')).to.deep.equal(mode === 'delete' ? undefined : { i: 'Int32 3' });
    }),
  ),
  ...conditional.map((mode) =>
    rule('doc', `a ${mode} under "*" takes any row`, async (t) => {
      await t.write('insert', 'p', 'r', { i: 'Int32 1' });
      await t.write(mode, 'p', 'r', { i: 'Int32 2' }, { ifMatch: '*' });
      expect(await t.get('p', 'r')).to.deep.equal(mode === 'delete' ? undefined : { i: 'Int32 2' });
    }),
  ),
  ...conditional.map((mode) =>
    rule('doc', `a ${mode} under a malformed ETag is InvalidInput`, async (t) => {
      await t.write('insert', 'p', 'r');
      expect(await refusal(t.write(mode, 'p', 'r', {}, { ifMatch: 'no etag' }))).to.deep.include({
        code: 'store.rejected',
        status: 400,
        serviceCode: 'InvalidInput',
      });
    }),
  ),
  ...upserts.map((mode) =>
    rule('doc', `an ${mode} inserts a missing row`, async (t) => {
      await t.write(mode, 'p', 'r', { i: 'Int32 1' });
      expect(await t.get('p', 'r')).to.deep.equal({ i: 'Int32 1' });
    }),
  ),
  ...(['merge', 'upsert-merge'] as const).map((mode) =>
    rule('doc', `a ${mode} leaves unnamed properties alone, whatever their type`, async (t) => {
      await t.write('insert', 'p', 'r', {
        s: 'String a',
        i: 'Int32 1',
        other: 'DateTime 2020-01-01T00:00:00.1234567Z',
        blob: 'Binary 00ff',
      });
      await t.write(mode, 'p', 'r', { i: 'Int32 2', b: 'Boolean true' });
      expect(await t.get('p', 'r')).to.deep.equal({
        s: 'String a',
        i: 'Int32 2',
        other: 'DateTime 2020-01-01T00:00:00.1234567Z',
        blob: 'Binary 00ff',
        b: 'Boolean true',
      });
    }),
  ),
  ...(['replace', 'upsert-replace'] as const).map((mode) =>
    rule('doc', `a ${mode} drops what it does not send`, async (t) => {
      await t.write('insert', 'p', 'r', { s: 'String a', i: 'Int32 1', other: 'Int64 5' });
      await t.write(mode, 'p', 'r', { i: 'Int32 2' });
      expect(await t.get('p', 'r')).to.deep.equal({ i: 'Int32 2' });
    }),
  ),
  rule('doc', 'a merge may change the type of a property', async (t) => {
    await t.write('insert', 'p', 'r', { s: 'String a', i: 'Int32 1', l: 'Int64 1' });
    await t.write('merge', 'p', 'r', { i: 'String one' });
    expect(await t.get('p', 'r')).to.deep.equal({ s: 'String a', i: 'String one', l: 'Int64 1' });
  }),
  rule('doc', 'a merge of nothing still writes the row', async (t) => {
    const { etag } = await t.write('insert', 'p', 'r', { i: 'Int32 1' });
    const { etag: newer } = await t.write('merge', 'p', 'r');
    expect(newer).to.be.a('string').and.not.equal(etag);
    expect(await t.get('p', 'r')).to.deep.equal({ i: 'Int32 1' });
  }),
  rule('rec', 'the ETag is a function of the timestamp', async (t) => {
    const { etag } = await t.write('insert', 'p', 'r');
    expect(await t.etag('p', 'r')).to.equal(etag);
    expect(instantOfEtag(etag!)).to.deep.equal(parseDateTime((await t.timestamp('p', 'r'))!));
  }),
  rule('rec', 'every write gives a row a new ETag and a later timestamp', async (t) => {
    const seen: string[] = [];
    await t.write('insert', 'p', 'r');
    for (const mode of ['merge', 'replace', 'upsert-merge', 'upsert-replace', 'merge', 'merge'] as const) {
      seen.push((await t.timestamp('p', 'r'))!);
      await t.write(mode, 'p', 'r');
    }
    const instants = seen
      .map((text) => parseDateTime(text)!)
      .map(({ milliseconds, ticks }) => [milliseconds, ticks] as const);
    const sorted = instants.toSorted(([a, b], [c, d]) => a - c || b - d);
    expect(instants).to.deep.equal(sorted);
    expect(new Set(seen).size).to.equal(seen.length);
  }),
  rule('doc', 'a delete has no ETag in its receipt', async (t) => {
    await t.write('insert', 'p', 'r');
    expect(await t.write('delete', 'p', 'r')).to.not.have.property('etag');
  }),
  rule('doc', 'a removal takes properties away and keeps the rest exactly', async (t) => {
    await t.write('insert', 'p', 'r', {
      s: 'String a',
      i: 'Int32 1',
      extra: 'DateTime 2020-01-01T00:00:00.1234567Z',
      d: 'Double 0.1',
    });
    const { etag } = await t.write('merge', 'p', 'r', { b: 'Boolean true' });
    await t.write('merge', 'p', 'r', { i: 'Int32 2' }, { ifMatch: etag!, remove: ['s', 'd', 'absent'] });
    expect(await t.get('p', 'r')).to.deep.equal({
      i: 'Int32 2',
      extra: 'DateTime 2020-01-01T00:00:00.1234567Z',
      b: 'Boolean true',
    });
  }),
  rule('doc', 'a removal under an old ETag is refused', async (t) => {
    const { etag } = await t.write('insert', 'p', 'r', { s: 'String a' });
    await t.write('merge', 'p', 'r');
    expect(await refusal(t.write('merge', 'p', 'r', {}, { ifMatch: etag!, remove: ['s'] }))).to.deep.include(
      preconditionFailed,
    );
    expect(await t.get('p', 'r')).to.deep.equal({ s: 'String a' });
  }),
];
