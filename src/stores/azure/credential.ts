import { typeName } from '../../errors/type-name.js';
import { EntitableError } from '../../errors/entitable-error.js';
import { settingProblem } from '../../options/setting-problem.js';
import { unknownTarget } from '../../store/unknown-target.js';
import type { AzureCredential, NamedKey } from './azure-target.js';

const FORMS = 'Give { name, key }, { signature }, or a token credential such as those of @azure/identity.';

/**
 * Returns the credential of a target, or creates the one that its `identity` names. Throws `store.unknown-target`, or
 * `store.package-missing` if `@azure/identity` is not installed.
 */
export async function credentialOf(target: {
  readonly credential?: unknown;
  readonly identity?: unknown;
}): Promise<AzureCredential> {
  const { credential, identity } = target;
  if (identity !== undefined && credential !== undefined) {
    throw unknownTarget('The target has an identity and a credential: give one of them.');
  }
  if (identity === 'default') return defaultCredential();
  if (identity !== undefined)
    throw unknownTarget(
      "The identity is another than 'default', the only one there is by name. Give its credential instead.",
    );
  const problem = credentialProblem(credential);
  if (problem !== undefined) throw unknownTarget(problem);
  return credential as AzureCredential;
}

/**
 * Returns what is wrong with a credential, or `undefined` if it is valid. Like the SDK, it checks members instead of
 * classes, because the credential may come from another copy of a package.
 */
function credentialProblem(credential: unknown): string | undefined {
  if (typeof credential !== 'object' || credential === null) {
    return (
      settingProblem('The credential', credential ?? undefined) ??
      `The credential is of the type ${typeName(credential)}. ${FORMS}`
    );
  }
  const { getToken, signature, name, key } = credential as Readonly<Record<string, unknown>>;
  if (typeof getToken === 'function') return undefined;
  if (signature === undefined && ('name' in credential || 'key' in credential))
    return nameProblem(name) ?? keyProblem(key);
  if ('signature' in credential) return signatureProblem(signature);
  return `The credential has neither a name and a key, nor a signature, nor gives tokens. ${FORMS}`;
}

/**
 * Returns what is wrong with an account's name. The name becomes part of a header, so only characters of account names
 * are accepted.
 */
function nameProblem(name: unknown): string | undefined {
  const problem = settingProblem("The account's name", name);
  if (problem !== undefined) return problem;
  return typeof name === 'string' && /^[\w.-]{1,128}$/.test(name)
    ? undefined
    : "The account's name has a character that no account has in its name: it has letters, digits and -.";
}

function keyProblem(key: unknown): string | undefined {
  const problem = settingProblem("The account's key", key);
  if (problem !== undefined) return problem;
  if (typeof key !== 'string') return `The account's key is of the type ${typeName(key)}, where a text belongs.`;
  if (/\s/.test(key))
    return "The account's key has a line break or another white space within it: it is one text without any.";
  if (/%[\da-f]{2}/i.test(key)) return "The account's key is encoded for a URL: decode it.";
  const digits = key.replace(/={1,2}$/, '');
  return /^[\w+/-]+$/.test(digits) && digits.length % 4 !== 1
    ? undefined
    : "The account's key is no Base64 text: it was cut, masked, or is something else. Copy the whole of it.";
}

function signatureProblem(signature: unknown): string | undefined {
  const problem = settingProblem('The shared access signature', signature);
  if (problem !== undefined) return problem;
  if (typeof signature !== 'string')
    return `The shared access signature is of the type ${typeName(signature)}, where a text belongs.`;
  if (/^[a-z]+:\/\//i.test(signature))
    return 'The shared access signature is a whole URL: give what follows its question mark.';
  if (!/^[!-~]+$/.test(signature))
    return 'The shared access signature has a line break or another character that no URL has.';
  return /(?:^\??|&)sig=./.test(signature)
    ? undefined
    : 'The shared access signature has no sig=: give the whole query, such as sv=…&sig=….';
}

/** Returns whether a credential is the account's name and key, so that requests must be signed with that key. */
export function isNamedKey(credential: AzureCredential): credential is NamedKey {
  return 'name' in credential && 'key' in credential;
}

async function defaultCredential(): Promise<AzureCredential> {
  try {
    const { DefaultAzureCredential } = await import('@azure/identity');
    return new DefaultAzureCredential();
  } catch (cause) {
    if ((cause as { readonly code?: unknown }).code !== 'ERR_MODULE_NOT_FOUND') throw cause;
    throw new EntitableError(
      'store.package-missing',
      "{ identity: 'default' } needs the package @azure/identity. Install it, or give a credential.",
      { package: '@azure/identity' },
      { cause },
    );
  }
}
