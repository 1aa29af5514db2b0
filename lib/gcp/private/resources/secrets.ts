import { invalidBinding, invalidResourceId } from '../../../core/native-errors';
import { Token } from '../../../terraform/core';
import { onlyVersionsOf } from '../conditions';
import { type Owned, projectIn, projectInReference, safe, safeOptional, scope, subjectOf, written, writtenProject } from '../scopes';
import { at, type Binding, fixed, inProject } from './binding';

/** A secret: a `SecretManagerSecret`, or what is known of one made elsewhere. */
export interface SecretReference extends Owned {
  readonly secretId: string;
}

/** A regional secret: a `SecretManagerRegionalSecret`, or what is known of one made elsewhere. */
export interface RegionalSecretReference extends SecretReference {
  readonly location: string;
}

/** A parameter: a `ParameterManagerParameter`, a regional one, or what is known of one made elsewhere. */
export interface ParameterReference extends Owned {
  readonly parameterId: string;
  /** Region of a regional parameter. @default global */
  readonly location?: string;
}

export interface ParameterOptions {
  /** Number of the parameter's project: conditions name parameters by it, never by the project's id. */
  readonly projectNumber: string;
}

/** A key: a `KmsCryptoKey`, or what is known of one made elsewhere. */
export interface KeyReference extends Owned {
  /** `projects/P/locations/L/keyRings/R/cryptoKeys/K`. */
  readonly id: string;
}

export function bindSecret(secret: SecretReference): Binding {
  const project = safeOptional('secret', 'project', writtenProject(secret) ?? projectIn(secret.secretId));
  return fixed('secret', { secret: at(scope('secret', { secretId: safe('secret', 'secretId', secret.secretId), project })) });
}

export function bindRegionalSecret(secret: RegionalSecretReference): Binding {
  const kind = 'regional-secret';
  const place = scope(kind, {
    secretId: safe(kind, 'secretId', secret.secretId),
    location: safe(kind, 'location', secret.location),
    project: safeOptional(kind, 'project', writtenProject(secret)),
  });
  return fixed(kind, { secret: at(place) });
}

/** Parameters have no policy of their own: the grant lies on the project, and holds below this parameter only. */
export function bindParameter(parameter: ParameterReference, { projectNumber }: ParameterOptions): Binding {
  const kind = 'parameter';
  if (!Token.isUnresolved(projectNumber) && !/^\d+$/.test(projectNumber)) {
    const why = 'a condition on a parameter names the project by number, and one with the id never holds';
    throw invalidBinding(subjectOf(kind), {
      rule: "needs 'projectNumber' in digits",
      reason: why,
      value: projectNumber,
      fix: "give the project's number",
    });
  }
  const location = safe(kind, 'location', parameter.location ?? 'global');
  const name = `projects/${projectNumber}/locations/${location}/parameters/${safe(kind, 'parameterId', parameter.parameterId)}`;
  return (context) => ({ kind, targets: { parameter: at(inProject(kind, { of: parameter }, context), onlyVersionsOf(name)) } });
}

export function bindKey(kind: 'crypto-key' | 'signing-key' | 'mac-key', key: KeyReference): Binding {
  const ring = written(key, 'keyRing');
  // A key has no project argument, and a role can be granted only in the project it is made in: often one for keys alone.
  const found = writtenProject(key) ?? projectIn(key.id) ?? projectIn(ring) ?? projectInReference(ring) ?? projectInReference(key.id);
  const project = safeOptional(kind, 'project', found);
  return fixed(kind, { key: at(scope('crypto-key', { cryptoKeyId: checkKeyId(kind, safe(kind, 'id', key.id)), project })) });
}

function checkKeyId(kind: string, id: string): string {
  if (Token.isUnresolved(id) || /^projects(\/[^/]+)\/locations(\/[^/]+)\/keyRings(\/[^/]+)\/cryptoKeys(\/[^/]+)$/.test(id)) return id;
  throw invalidResourceId(subjectOf(kind), 'projects/P/locations/L/keyRings/R/cryptoKeys/K', id);
}
