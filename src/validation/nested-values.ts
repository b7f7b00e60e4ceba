import { classOf } from '../metadata/class-of.js';
import { asInstance, withMembers } from './as-instance.js';

type AnyClass = abstract new (...args: never) => object;
type Members = Record<string, unknown>;

/**
 * The function of class-transformer that is used here. It creates an instance to find the class that `@Type` declares.
 */
interface ClassTransformer {
  readonly plainToInstance: (target: AnyClass, plain: object, options: object) => object;
}

/**
 * Returns the names of the properties of a class that have `@ValidateNested`. class-validator validates the values of
 * such properties by the constraints of their own classes.
 */
export type NestedNames = (target: AnyClass) => readonly string[];

/**
 * Presents an entity to class-validator with its nested values as instances of their classes. Values that were read
 * from JSON are plain objects, and a value without a class has no constraints. The entity itself and its stored form do
 * not change.
 */
export class NestedValues {
  readonly #namesOf: NestedNames;
  readonly #standIns = new WeakMap<AnyClass, AnyClass>();
  #loading: Promise<ClassTransformer | undefined> | undefined;

  constructor(namesOf: NestedNames) {
    this.#namesOf = namesOf;
  }

  /** Returns the entity with typed nested values; the entity itself if all of them are instances already. */
  async typed(entity: object): Promise<object> {
    if (!this.#hasPlain(entity, new Set())) return entity;
    const transformer = await (this.#loading ??= load());
    return this.#view(entity, transformer);
  }

  #hasPlain(holder: object, path: Set<object>): boolean {
    if (path.has(holder)) return false;
    path.add(holder);
    const members = holder as Members;
    const found = this.#namesOf(classOf(holder) ?? Object).some((name) => this.#isOrHasPlain(members[name], path));
    path.delete(holder);
    return found;
  }

  #isOrHasPlain(value: unknown, path: Set<object>): boolean {
    if (Array.isArray(value)) return value.some((item) => this.#isOrHasPlain(item, path));
    return isObject(value) && (isPlain(value) || this.#hasPlain(value, path));
  }

  #view(holder: object, transformer: ClassTransformer | undefined): object {
    return withMembers(holder, this.#replaced(holder, classOf(holder) ?? Object, transformer));
  }

  #replaced(holder: object, target: AnyClass, transformer: ClassTransformer | undefined): Map<string, unknown> {
    const replaced = new Map<string, unknown>();
    for (const name of this.#namesOf(target)) {
      const value = (holder as Members)[name];
      if (!this.#isOrHasPlain(value, new Set([holder]))) continue;
      replaced.set(name, this.#typedValue(value, { target, name, transformer }));
    }
    return replaced;
  }

  #typedValue(value: unknown, place: Place): unknown {
    if (Array.isArray(value)) return value.map((item) => this.#typedValue(item, place));
    if (!isObject(value)) return value;
    if (!isPlain(value)) return this.#view(value, place.transformer);
    const nestedClass = this.#classAt(value, place);
    if (nestedClass === undefined) return value;
    const replaced = Object.fromEntries(this.#replaced(value, nestedClass, place.transformer));
    return asInstance({ ...value, ...replaced }, nestedClass);
  }

  /** Returns the class of a nested value, as declared by `@Type` or by the compiler's decorator metadata. */
  #classAt(value: object, { target, name, transformer }: Place): AnyClass | undefined {
    const declared = transformer === undefined ? undefined : this.#declaredClass(value, target, name, transformer);
    if (declared !== undefined) return declared;
    const reflect = Reflect as { getMetadata?(key: string, target: object, property: string): unknown };
    const told = reflect.getMetadata?.('design:type', target.prototype as object, name);
    return typeof told === 'function' && told !== Object && told !== Array ? (told as AnyClass) : undefined;
  }

  #declaredClass(value: object, target: AnyClass, name: string, transformer: ClassTransformer): AnyClass | undefined {
    // `@Type` may choose the class by a member, so the sample has all members except nested objects. It is a copy
    // because class-transformer changes it.
    const sample = Object.fromEntries(Object.entries(value).filter(([, member]) => !isObject(member)));
    try {
      const made = transformer.plainToInstance(this.#standIn(target), { [name]: sample }, { ignoreDecorators: true });
      const typed = (made as Members)[name];
      return isObject(typed) && !isPlain(typed) ? classOf(typed) : undefined;
    } catch {
      return undefined; // a constructor or a transformation fails without the other members
    }
  }

  /** Returns a class with the decorators of another class and a constructor that does nothing. */
  #standIn(target: AnyClass): AnyClass {
    let standIn = this.#standIns.get(target);
    if (standIn === undefined) {
      standIn = Object.setPrototypeOf(class StandIn {}, target) as AnyClass;
      this.#standIns.set(target, standIn);
    }
    return standIn;
  }
}

interface Place {
  readonly target: AnyClass;
  readonly name: string;
  readonly transformer: ClassTransformer | undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/**
 * Loads class-transformer, whose `@Type` declares classes. `undefined` if it is not installed, in which case nobody
 * uses `@Type`.
 */
async function load(): Promise<ClassTransformer | undefined> {
  try {
    return (await import('class-transformer')) as unknown as ClassTransformer;
  } catch {
    return undefined;
  }
}
