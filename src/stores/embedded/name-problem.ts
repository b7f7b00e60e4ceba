import { isSystemName, propertyNameProblem } from '../../edm/property-name.js';
import type { ServiceLimits } from '../../store/limits.js';
import { refusal, type Refusal } from './refusal.js';

/** Why the service would refuse a property for its name. */
export function nameProblem(name: string, limits: ServiceLimits): Refusal | undefined {
  if (isSystemName(name))
    return refusal('InvalidInput', `Every row has a ${name} of its own; it is not written as a property.`);
  const named = `The property name ${JSON.stringify(name)} is refused:`;
  if (name.length > limits.propertyNameUnits) {
    return refusal(
      'PropertyNameTooLong',
      `${named} the store takes ${limits.propertyNameUnits} UTF-16 units, not ${name.length}.`,
    );
  }
  const invalid = propertyNameProblem(name);
  if (invalid !== undefined) return refusal('PropertyNameInvalid', `${named} ${invalid}.`);
  return limits.reservedNames.includes(name.toLowerCase())
    ? refusal('PropertyNameInvalid', `${named} the store keeps it to itself.`)
    : undefined;
}
