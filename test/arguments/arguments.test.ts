import { expect } from 'chai';
import { inspect } from 'node:util';
import { EntitableError } from '../../src/index.js';
import { textOf } from '../architecture/project.js';
import { SUBJECTS } from './subjects.js';
import { newPlace, type Arguments, type Place, type Subject } from './subject.js';
import { unknownNames, variationsOf } from './wrong-values.js';

type Callable = (...args: readonly unknown[]) => unknown;

describe('Public functions with invalid arguments', () => {
  it('Every entry point of the package has its public functions tested with invalid arguments', () => {
    const { exports } = JSON.parse(textOf('package.json')) as { readonly exports: object };
    const entries = Object.keys(exports).filter((entry) => entry !== './package.json');
    const names = SUBJECTS.map(({ name }) => name).filter((name) => name.startsWith('entitable'));
    expect(names).to.have.members(entries.map((entry) => entry.replace('.', 'entitable')));
  });

  for (const subject of SUBJECTS) {
    describe(`The public functions of ${subject.name}`, () => {
      it(`Every public function of ${subject.name} is listed in this test`, async () => {
        const place = await newPlace();
        const known = [...Object.keys(subject.functions), ...Object.keys(subject.others ?? {})];
        expect(functionsOf(await subject.object(place), subject.isInstance).toSorted()).to.deep.equal(known.toSorted());
        await place.tables.close();
      });

      for (const [name, args] of Object.entries(subject.functions)) {
        it(`${subject.name}: ${name}() with invalid arguments throws an EntitableError or succeeds`, async () => {
          const raw: string[] = [];
          for (const { title, vary } of variationsOf(await sampleOf(args))) {
            const error = await thrownBy(subject, name, (place) => vary(argumentsOf(args, place)));
            if (
              error !== undefined &&
              !EntitableError.is(error) &&
              !isCalledClass(error) &&
              !isOfDeclaration(title, error)
            )
              raw.push(`${title}: ${firstLine(error)}`);
          }
          expect(raw).to.deep.equal([]);
        });

        it(`${subject.name}: ${name}() refuses options with an unknown name`, async () => {
          const accepted: string[] = [];
          for (const { title, vary } of unknownNames(await sampleOf(args))) {
            const error = await thrownBy(subject, name, (place) => vary(argumentsOf(args, place)));
            if (!isOfUnknownName(error)) accepted.push(`${title}: ${String(error)}`);
          }
          expect(accepted).to.deep.equal([]);
        });
      }
    });
  }
});

/** Returns whether an error names the unknown option and lists the known ones. */
function isOfUnknownName(error: unknown): boolean {
  const isOfOptions =
    EntitableError.is(error, 'validation.invalid-option') || EntitableError.is(error, 'metadata.invalid-decorator');
  return isOfOptions && /no (?:option )?"unknownName".* The known names are \w+/.test(error.message);
}

/** Returns the names of an object's functions, including those of its prototypes if it is an instance. */
function functionsOf(object: unknown, isInstance: true | undefined): readonly string[] {
  const names = new Set<string>();
  for (let holder = object as object; isOwnHolder(holder); holder = Object.getPrototypeOf(holder) as object) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(holder))) {
      if (typeof value === 'function' && name !== 'constructor') names.add(name);
    }
    if (isInstance === undefined) break;
  }
  return [...names];
}

function isOwnHolder(holder: object | null): boolean {
  return holder !== null && holder !== Object.prototype && holder.constructor?.name !== 'EventEmitter';
}

function argumentsOf(args: Arguments, place: Place): readonly unknown[] {
  return typeof args === 'function' ? args(place) : args;
}

async function sampleOf(args: Arguments): Promise<readonly unknown[]> {
  const place = await newPlace();
  await place.tables.close();
  return argumentsOf(args, place);
}

/** Returns what a call throws, rejects with, or throws at the first of its results. */
async function thrownBy(
  subject: Subject,
  name: string,
  argumentsIn: (place: Place) => readonly unknown[],
): Promise<unknown> {
  const place = await newPlace();
  try {
    const object = (await subject.object(place)) as Readonly<Record<string, Callable>>;
    const result: unknown = await called(object, name, argumentsIn(place));
    subject.use?.(name, result);
    if (isAsyncIterable(result)) for await (const _ of result) break;
    return undefined;
  } catch (error) {
    return error ?? new Error(`${String(error)} was thrown`);
  } finally {
    await place.tables.close();
  }
}

/** Calls a method, or creates an instance if the member is a class. */
function called(object: Readonly<Record<string, Callable>>, name: string, args: readonly unknown[]): unknown {
  const callable = object[name]!;
  return isClass(callable) ? Reflect.construct(callable, args) : callable.apply(object, [...args]);
}

function isClass(callable: Callable): boolean {
  return /^class\b/.test(Function.prototype.toString.call(callable));
}

function isAsyncIterable(result: unknown): result is AsyncIterable<unknown> {
  return typeof result === 'object' && result !== null && Symbol.asyncIterator in result;
}

/** Returns whether an error is the language's own refusal to call a class that was passed as a callback. */
function isCalledClass(error: unknown): boolean {
  return error instanceof TypeError && /^Class constructor \w+ cannot be invoked without 'new'/.test(error.message);
}

/**
 * Returns whether an error comes from a declaration, which is code of the program and not data: an error of its getters
 * is thrown where it is declared. The same applies to what class-transformer reads by itself, and to code that only
 * tests use.
 */
function isOfDeclaration(title: string, error: unknown): boolean {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  return / (?:throws?|was revoked)$/.test(title) && DECLARING.test(stack);
}

const DECLARING =
  /\/(?:decorators\/\w|src\/metadata\/(?:define-entity|registry)|src\/testing\/|(?:ClassTransformer|TransformOperationExecutor)\.ts)/;

/** Describes an error and the place where it was thrown. */
function firstLine(error: unknown): string {
  if (!(error instanceof Error)) return inspect(error);
  const place = /\((?:file:\/\/)?[^)]*?\/((?:src|decorators)\/[^)]*)\)/.exec(error.stack ?? '')?.[1] ?? 'elsewhere';
  return `${String(error)} (${place})`;
}
