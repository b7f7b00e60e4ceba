import { INTEGRATIONS } from './integrations.js';
import { MAIN_FACE } from './main-face.js';
import type { Subject } from './subject.js';
import { TESTING_FACE } from './testing-face.js';
import { VERBS } from './verbs.js';

/** Everything public that has functions. */
export const SUBJECTS: readonly Subject[] = [...MAIN_FACE, ...VERBS, ...INTEGRATIONS, ...TESTING_FACE];
