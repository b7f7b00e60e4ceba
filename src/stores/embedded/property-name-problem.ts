import type { ServiceLimits } from '../../store/limits.js';
import { refusal, type Refusal } from './refusal.js';

const IDENTIFIER = /^[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Nd}\p{Mn}\p{Mc}\p{Pc}\p{Cf}]*$/u;

/** Why the service would refuse a property for its name. */
export function propertyNameProblem(name: string, limits: ServiceLimits): Refusal | undefined {
  if (name === 'PartitionKey' || name === 'RowKey') {
    return refusal('InvalidInput', `${name} is a key of the row and cannot be written as a property.`);
  }
  if (name.length > limits.propertyNameUnits) {
    return refusal(
      'PropertyNameTooLong',
      `A property name has ${name.length} characters; the store takes ${limits.propertyNameUnits}. Shorten it.`,
    );
  }
  if (!IDENTIFIER.test(name)) {
    return refusal(
      'PropertyNameInvalid',
      `The property name ${JSON.stringify(name)} is not an identifier: letters, digits and underscores, no digit first.`,
    );
  }
  return limits.reservedNames.includes(name.toLowerCase())
    ? refusal(
        'PropertyNameInvalid',
        `The store keeps the property name ${JSON.stringify(name)} to itself. Choose another.`,
      )
    : undefined;
}
